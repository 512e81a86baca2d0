package io.holdfast.sources;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import io.holdfast.config.Settings;
import io.holdfast.job.Landing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each contract takes and rejects, from files to reasons. */
class ContractRowsTest {

  @TempDir private Path folder;

  private Preview preview(String contract, String columns, String csv) throws IOException {
    Path file = folder.resolve(contract + ".csv");
    Files.writeString(file, csv);
    Settings settings =
        Settings.load(
            Optional.of(
                "sources.feeds.%s { format = csv, path = \"%s\", arrives = once, columns { %s } }"
                    .formatted(contract, file, columns)),
            "test",
            Map.of(),
            Map.of());
    return Preview.all(
            settings.get(Feeds.SETTING),
            settings.get(Company.SETTING),
            settings.get(ExchangeRates.SETTING),
            Landing.of(SharedSpark.session()),
            Optional.empty(),
            table -> SharedSpark.session().createDataFrame(List.of(), table.schema()))
        .get(0);
  }

  @Test
  void aShareLiesBetweenNoughtAndOne() throws IOException {
    Preview preview =
        preview(
            "subscriptions",
            "subscription_id = id, customer_id = c, amount = a, amount_period = p, start_date = s,"
                + " discount_rate = d, past_due_since = o",
            """
            id,c,a,p,s,d,o
            1,x,10,month,2026-01-01,0.2,2026-03-01
            2,x,10,month,2026-01-01,1,
            3,x,10,month,2026-01-01,20,
            4,x,10,month,2026-01-01,-0.1,
            """);
    assertThat(preview.reasons())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "discount_rate is 20.0, and a share lies between 0 and 1", 1L,
                "discount_rate is -0.1, and a share lies between 0 and 1", 1L));
    assertThat(preview.samples().get(0))
        .containsEntry("discount_rate", "0.2")
        .containsEntry("past_due_since", "2026-03-01");
  }

  @Test
  void aPaymentIsNotNegativeButACostMayBe() throws IOException {
    assertThat(
            preview(
                    "payments",
                    "payment_id = id, customer_id = c, attempted = t, amount = a, status = s",
                    """
                    id,c,t,a,s
                    1,x,2026-01-01T10:00:00Z,10,paid
                    2,x,2026-01-01,-10,refunded
                    3,x,,10,paid
                    """)
                .reasons())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("amount is negative: -10.0000", 1L, "has no attempted", 1L));
    assertThat(
            preview(
                    "costs",
                    "cost_date = d, category = k, amount = a",
                    "d,k,a\n2026-01-01,support,-10\n")
                .rejected())
        .isZero();
  }

  @Test
  void anAliasIsOfACustomerOrAUser() throws IOException {
    Preview preview =
        preview(
            "id_aliases",
            "alias_id = a, unit = u, canonical_id = c",
            "a,u,c\n1,Account,2\n3,USER,4\n5,robot,6\n");
    assertThat(preview.reasons()).isEqualTo(Map.of("cannot read unit '...' as unit", 1L));
    assertThat(preview.samples().stream().map(row -> row.get("unit")))
        .containsExactly("customer", "user");
  }

  @Test
  void anExpressionCanBeMadeOfSeveralColumns() throws IOException {
    Preview preview =
        preview(
            "survey_responses",
            "response_id = id, customer_id = c, survey = { constant = csat }, sent = s, responded ="
                + " { expression = \"case when length(trim(m)) > 0 then s end\" }, score = m",
            """
            id,c,s,m
            1,x,2026-01-01,4
            2,x,2026-01-02,
            """);
    assertThat(preview.problem()).isEmpty();
    assertThat(preview.samples().stream().map(row -> row.get("responded")))
        .containsExactly("2026-01-01", "null");
  }

  @Test
  void aThingIsLookedUpWhereItCanBe() throws IOException {
    Preview preview =
        preview(
            "messages",
            "message_id = m, channel = k, sent = t, customer_id = { lookup = payments, by = p }",
            "m,k,t,p\n1,email,2026-01-01,7\n");
    assertThat(preview.problem().orElseThrow())
        .contains(
            "messages can be looked up in [customers, users, subscriptions, features, tickets], not"
                + " in payments");
  }
}
