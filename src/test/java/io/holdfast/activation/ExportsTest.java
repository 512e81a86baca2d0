package io.holdfast.activation;

import static io.holdfast.Golden.assertGolden;
import static io.holdfast.Rows.rows;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.translate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.GivenInputs;
import io.holdfast.activation.Destination.Format;
import io.holdfast.activation.Destination.Mapped;
import io.holdfast.activation.Destination.Nulls;
import io.holdfast.activation.Destination.Unit;
import io.holdfast.activation.Destination.ValueType;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Publication.Output;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ExportsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDate AS_OF = LocalDate.parse("2026-11-21");
  private static final Destination.Id USER = new Destination.Id("user_id", "external_id");
  private static final Destination.Id CUSTOMER = new Destination.Id("customer_id", "Customer, id");
  private static final String BRAZE_LINE =
      "{\"external_id\": \"$id\", \"payload\": \"$attributes_text\"}";

  private static final List<Mapped> COLUMNS =
      List.of(
          new Mapped("segment", "segment", ValueType.TEXT),
          new Mapped("churn_probability", "churn_probability", ValueType.NUMBER),
          new Mapped("risk_decile", "risk_decile", ValueType.TEXT),
          new Mapped("reason_1", "reason", ValueType.TEXT),
          new Mapped("mrr", "mrr", ValueType.NUMBER),
          new Mapped("mrr_at_risk", "mrr_at_risk_rounded", ValueType.INTEGER),
          new Mapped("owner", "owner", ValueType.TEXT),
          new Mapped("renewal_date", "renewal_date", ValueType.DATE));

  private static final List<Mapped> CONSENT =
      List.of(new Mapped("has_marketing_consent", "consent", ValueType.BOOLEAN));

  private static final Destination BRAZE =
      new Destination(
          true,
          Unit.USER,
          Format.JSONL,
          USER,
          COLUMNS,
          BRAZE_LINE,
          Nulls.WRITE,
          "",
          false,
          false,
          100_000_000);

  private static final Destination CSV =
      new Destination(
          true,
          Unit.CUSTOMER,
          Format.CSV,
          CUSTOMER,
          COLUMNS,
          "",
          Nulls.OMIT,
          "",
          true,
          false,
          100_000_000);

  @Test
  void filesForBraze() throws IOException {
    Exported braze = export(BRAZE, audience());

    assertGolden("exports/braze.jsonl", braze.folder().file("part-00000.jsonl"));
    assertGolden("exports/braze-manifest.json", braze.folder().file("manifest.json"));
    assertThat(braze.notes()).containsExactly("Export to tool left out rows with no user_id: 2.");

    Map<String, JsonNode> payloads = payloads(braze);
    assertThat(payloads.keySet()).containsExactly("U9", "u1", "u10", "ü");
    JsonNode first = payloads.get("u1");
    assertThat(first.get("reason").asText()).isEqualTo("says \"slow\", \\ leaves\nsoon");
    assertThat(first.get("churn_probability").isNumber()).isTrue();
    assertThat(first.get("churn_probability").decimalValue()).isEqualByComparingTo("0.0001");
    assertThat(first.get("mrr").toString()).isEqualTo("1200");
    assertThat(first.get("renewal_date").asText()).isEqualTo("2027-01-31");
    assertThat(payloads.get("U9").get("owner").asText()).isEqualTo("Zoë 東京 🙂");
    assertThat(payloads.get("ü").get("segment").isNull()).isTrue();
  }

  @Test
  void filesAsCsv() {
    Exported csv = export(CSV, audience());

    assertGolden("exports/customers.csv", csv.folder().file("part-00000.csv"));
    assertThat(csv.notes()).isEmpty();
  }

  @Test
  void theManifestTellsTheBytesOfEachPartAndPartsStayBelowTheLimit() throws IOException {
    Destination tiny = limited(CSV, 200);
    Exported parts = export(tiny, audience());

    JsonNode manifest = JSON.readTree(parts.folder().file("manifest.json"));
    assertThat(manifest.get("files").size()).isGreaterThan(1);
    assertThat(manifest.get("rows").asLong()).isEqualTo(5);
    assertThat(manifest.get("base_batch").isNull()).isTrue();
    assertThat(manifest.get("kind").asText()).isEqualTo("full snapshot");
    String header = header(parts, "part-00000.csv");
    StringBuilder lines = new StringBuilder(header);
    for (JsonNode file : manifest.get("files")) {
      byte[] bytes = parts.folder().file(file.get("name").asText());
      assertThat(file.get("bytes").asInt()).isEqualTo(bytes.length);
      assertThat(file.get("sha256").asText()).isEqualTo(MemoryFolder.sha256(bytes));
      assertThat(bytes.length <= 160 || file.get("rows").asInt() == 1)
          .as("%s is at most 80%% of the limit, or one row", file)
          .isTrue();
      String text = new String(bytes, UTF_8);
      assertThat(text).startsWith(header);
      lines.append(text.substring(header.length()));
    }
    assertThat(lines.toString())
        .as("all parts together are the one file of a destination without a limit")
        .isEqualTo(export(CSV, audience()).folder().texts().get("part-00000.csv"));
  }

  @Test
  void theSameAudienceGivesTheSameBytesHoweverItIsSpread() {
    for (Destination destination : List.of(limited(BRAZE, 900), limited(CSV, 200))) {
      Exported once = export(destination, audience().coalesce(1));
      Exported again =
          export(destination, audience().sort(col("mrr").desc()).repartition(7, col("member_id")));
      assertThat(again.path()).isEqualTo(once.path());
      assertThat(again.folder().texts()).isEqualTo(once.folder().texts());
    }
  }

  @Test
  void theFolderIsAnotherOneWheneverItsContentWouldBe() {
    String path = path(BRAZE, 7);
    assertThat(path).matches("destination=tool/date=2026-11-21/run=[0-9a-f]{16}");
    assertThat(path(BRAZE, 7)).isEqualTo(path);
    assertThat(path(BRAZE, 8)).isNotEqualTo(path);
    assertThat(path(limited(BRAZE, 900), 7)).isNotEqualTo(path);
    assertThat(path(withNulls(BRAZE, Nulls.OMIT, ""), 7)).isNotEqualTo(path);
  }

  @Test
  void anUnknownValueIsLeftOutOrNullOrAText() {
    Dataset<Row> unknown =
        rows(Audiences.TABLE, "| customer_id | member_id | user_id |\n| c1 | u1 | u1 |");
    Destination braze = of(BRAZE, List.of(COLUMNS.get(0)));
    Destination csv = of(CSV, List.of(COLUMNS.get(0)));

    assertThat(line(withNulls(braze, Nulls.OMIT, ""), unknown))
        .isEqualTo("{\"external_id\":\"u1\",\"payload\":\"{}\"}\n");
    assertThat(line(withNulls(braze, Nulls.WRITE, ""), unknown))
        .isEqualTo("{\"external_id\":\"u1\",\"payload\":\"{\\\"segment\\\":null}\"}\n");
    assertThat(line(withNulls(braze, Nulls.TEXT, "none"), unknown))
        .isEqualTo("{\"external_id\":\"u1\",\"payload\":\"{\\\"segment\\\":\\\"none\\\"}\"}\n");
    assertThat(line(withNulls(csv, Nulls.OMIT, ""), unknown)).endsWith("\nc1,\n");
    assertThat(line(withNulls(csv, Nulls.TEXT, "#N/A"), unknown)).endsWith("\nc1,#N/A\n");
  }

  @Test
  void anEnvelopeIsConfigurationAndWithoutOneALineIsFlat() {
    Dataset<Row> one =
        rows(
            Audiences.TABLE,
            """
            | customer_id | member_id | user_id | segment     |
            | c1          | u1        | u1      | $attributes |
            """);
    Destination braze = of(BRAZE, List.of(COLUMNS.get(0)));
    Destination identify =
        enveloped(
            braze, "{\"type\":\"identify\",\"ids\":[{\"id\":\"$id\"}],\"traits\":\"$attributes\"}");

    assertThat(line(identify, one))
        .isEqualTo(
            "{\"type\":\"identify\",\"ids\":[{\"id\":\"u1\"}],"
                + "\"traits\":{\"segment\":\"$attributes\"}}\n");
    assertThat(line(enveloped(braze, ""), one))
        .isEqualTo("{\"external_id\":\"u1\",\"segment\":\"$attributes\"}\n");
  }

  @Test
  void usersWithoutKnownConsentOrWithoutAnIdOfTheirOwnAreLeftOutWhereThatIsAsked() {
    Dataset<Row> users =
        rows(
            Audiences.TABLE,
            """
            | customer_id | member_id | user_id | email | has_marketing_consent |
            | c1          | u1        | u1      | a@x   | true                  |
            | c1          | u2        | u2      | b@x   | false                 |
            | c1          | u3        | u3      | c@x   |                       |
            | c2          | u4        | u4      | a@x   | true                  |
            | c2          | u5        | u5      | ''    | true                  |
            """);
    Destination byEmail =
        new Destination(
            true,
            Unit.USER,
            Format.CSV,
            new Destination.Id("email", "email"),
            CONSENT,
            "",
            Nulls.OMIT,
            "",
            false,
            true,
            1000);

    Exported exported = export(byEmail, users);

    assertThat(exported.folder().texts())
        .containsEntry("part-00000.csv", "email,consent\na@x,true\n");
    assertThat(exported.notes())
        .containsExactly(
            "Export to tool left out rows with a repeated email: 1.",
            "Export to tool left out rows with no email: 1.",
            "Export to tool left out rows with no marketing consent: 2.");
  }

  @Test
  void anEmptyAudienceHasAManifestAndNoParts() throws IOException {
    Exported nothing = export(BRAZE, rows(Audiences.TABLE, "| customer_id |"));

    assertThat(nothing.folder().texts()).containsOnlyKeys("manifest.json");
    assertThat(JSON.readTree(nothing.folder().file("manifest.json")).get("rows").asInt()).isZero();
  }

  @Test
  void onlyEnabledDestinationsAreWritten() {
    var activation = new Activation(0.8, Map.of("braze", BRAZE, "off", disabled(CSV), "csv", CSV));
    var in =
        new GivenInputs(AS_OF)
            .with(Activation.SETTING, activation)
            .with(Audiences.TABLE, audience());

    assertThat(Exports.PUBLICATION.outputs().of(in))
        .extracting(output -> output.path().replaceFirst("/.*", ""))
        .containsExactly("destination=braze", "destination=csv");
  }

  @Test
  void whatCantWorkIsRefusedWithTheWayOut() {
    assertRefused(
        of(BRAZE, List.of(new Mapped("churn_probabilty", "p", ValueType.NUMBER))),
        "Cannot export to destination 'tool': columns names 'churn_probabilty', which is"
            + " no column of activation.audiences. Did you mean 'churn_probability'?");
    assertRefused(
        of(BRAZE, List.of(new Mapped("score_date", "d", ValueType.DATE))),
        "Cannot export to destination 'tool': score_date would make every row a change, every"
            + " night. Take it out of columns.");
    assertRefused(
        of(BRAZE, List.of(new Mapped("segment", "s", ValueType.NUMBER))),
        "Cannot export to destination 'tool': segment is string, not number. Set another type of"
            + " field 's'.");
    assertRefused(
        of(BRAZE, List.of(COLUMNS.get(0), new Mapped("owner", "segment", ValueType.TEXT))),
        "Cannot export to destination 'tool': two values go to field 'segment'. Give each a field"
            + " of its own.");
    assertRefused(
        of(CSV, CONSENT),
        "Cannot export to destination 'tool': has_marketing_consent is a user's, and a"
            + " row is a customer's. Take it out of columns, or set unit = USER.");
    assertRefused(
        enveloped(BRAZE, "{\"external_id\": \"$id\"}"),
        "Cannot export to destination 'tool': its envelope is {\"external_id\": \"$id\"}. Write a"
            + " JSON object with \"$id\" and \"$attributes\" or \"$attributes_text\" in it.");
    assertThatThrownBy(() -> Destinations.named(activation(BRAZE), "tol"))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot find destination 'tol': activation.destinations has [tool]. Did you mean"
                + " 'tool'?");
  }

  @Test
  void theListsOfDestinationsAndOfFieldsToCreate() {
    assertThat(Destinations.list(activation(disabled(CSV))))
        .containsExactly(
            new Destinations.Listed(
                "tool", false, Unit.CUSTOMER, Format.CSV, 8, "destination=tool"));
    assertThat(Fields.of(Destinations.named(activation(BRAZE), "tool")))
        .contains(
            new Fields.CustomField(
                "reason", ValueType.TEXT, "reason_1", "what raises the risk of churn most"))
        .hasSize(8);
  }

  @Test
  void theDefaultsWork() {
    Activation defaults =
        Settings.load(Optional.empty(), "none", Map.of(), Map.of()).get(Activation.SETTING);

    assertThat(Destinations.enabled(defaults)).containsOnlyKeys("braze", "csv");
    Exported braze = export(defaults, "braze", audience());
    assertThat(braze.folder().texts()).containsKey("part-00000.jsonl");
  }

  @Test
  void aNewToolIsACopyOfAnotherThatDiffers() {
    String file =
        "activation.destinations.crm = ${activation.destinations.csv}"
            + " { id.field = AccountId, nulls = TEXT, null_text = \"#N/A\" }";
    Activation activation =
        Settings.load(Optional.of(file), "mine.conf", Map.of(), Map.of()).get(Activation.SETTING);

    Destination csv = Destinations.named(activation, "csv");
    Destination crm = Destinations.named(activation, "crm");
    assertThat(crm.id()).isEqualTo(new Destination.Id("customer_id", "AccountId"));
    assertThat(crm.nullText()).isEqualTo("#N/A");
    assertThat(crm.columns()).isEqualTo(csv.columns());
  }

  @Test
  void brazesIdIsTheCustomersByConfiguration() {
    Activation byCustomer =
        Settings.load(
                Optional.empty(),
                "none",
                Map.of(),
                Map.of(
                    "activation.destinations.braze.unit", "CUSTOMER",
                    "activation.destinations.braze.id.column", "customer_id"))
            .get(Activation.SETTING);

    assertThat(export(byCustomer, "braze", audience()).folder().texts().get("part-00000.jsonl"))
        .startsWith("{\"external_id\":\"=c3\",\"payload\":\"{")
        .hasLineCount(5);
  }

  /** Two users of c1, customers without users, texts that break naive writers, unknown values. */
  private static Dataset<Row> audience() {
    return rows(
            Audiences.TABLE,
            """
            | customer_id | member_id | user_id | churn_probability | risk_decile | segment | reason_1                  | mrr    | mrr_at_risk | owner          | renewal_date |
            | c1          | u10       | u10     | 0.0001            | 10          | power   | says "slow", \\ leaves~soon | 1200   | 0.12        | Ann, CSM       | 2027-01-31   |
            | c1          | u1        | u1      | 0.0001            | 10          | power   | says "slow", \\ leaves~soon | 1200   | 0.12        | Ann, CSM       | 2027-01-31   |
            | c2          | c2        |         | 0.5               | 1           | at_risk | =1+1                      | 99.95  | 49.975      | @bob           |              |
            | =c3         | U9        | U9      | 1                 | 1           | at_risk | -                         | 0.1    | 0.1         | Zoë 東京 🙂      |              |
            | c4          | ü         | ü       |                   |             |         |                           |        |             |                |              |
            | c5          | c5        |         | 0.25              | 3           | casual  | ''                        | 10     | 2.5         | plain          | 2026-12-01   |
            """)
        .withColumn("reason_1", translate(col("reason_1"), "~", "\n"));
  }

  private record Exported(String path, MemoryFolder folder, List<String> notes) {}

  private static Exported export(Destination destination, Dataset<Row> audience) {
    return export(activation(destination), "tool", audience);
  }

  private static Exported export(Activation activation, String name, Dataset<Row> audience) {
    List<String> notes = new ArrayList<>();
    Output output =
        Exports.outputs(activation, audience, new Exports.Night(AS_OF, 7), notes::add).stream()
            .filter(each -> each.path().startsWith("destination=" + name + "/"))
            .findFirst()
            .orElseThrow();
    MemoryFolder folder = new MemoryFolder();
    output.fill().into(folder);
    return new Exported(output.path(), folder, notes);
  }

  private static String path(Destination destination, long audienceVersion) {
    return Exports.outputs(
            activation(destination),
            audience(),
            new Exports.Night(AS_OF, audienceVersion),
            note -> {})
        .get(0)
        .path();
  }

  private static String line(Destination destination, Dataset<Row> audience) {
    return export(destination, audience).folder().texts().entrySet().iterator().next().getValue();
  }

  private static String header(Exported exported, String name) {
    String text = exported.folder().texts().get(name);
    return text.substring(0, text.indexOf('\n') + 1);
  }

  /** The payloads of Braze's lines by their id, in the file's order. */
  private static Map<String, JsonNode> payloads(Exported braze) throws IOException {
    Map<String, JsonNode> payloads = new LinkedHashMap<>();
    for (String line : braze.folder().texts().get("part-00000.jsonl").lines().toList()) {
      JsonNode row = JSON.readTree(line);
      assertThat(row.get("payload").isTextual()).isTrue();
      payloads.put(row.get("external_id").asText(), JSON.readTree(row.get("payload").asText()));
    }
    return payloads;
  }

  private static void assertRefused(Destination destination, String message) {
    assertThatThrownBy(() -> path(destination, 7)).isInstanceOf(BadInput.class).hasMessage(message);
  }

  private static Activation activation(Destination destination) {
    return new Activation(0.8, Map.of("tool", destination));
  }

  private static Destination of(Destination d, List<Mapped> columns) {
    return new Destination(
        d.enabled(),
        d.unit(),
        d.format(),
        d.id(),
        columns,
        d.envelope(),
        d.nulls(),
        d.nullText(),
        d.guardFormulas(),
        d.requiresConsent(),
        d.maxFileBytes());
  }

  private static Destination withNulls(Destination d, Nulls nulls, String nullText) {
    return new Destination(
        d.enabled(),
        d.unit(),
        d.format(),
        d.id(),
        d.columns(),
        d.envelope(),
        nulls,
        nullText,
        d.guardFormulas(),
        d.requiresConsent(),
        d.maxFileBytes());
  }

  private static Destination enveloped(Destination d, String envelope) {
    return new Destination(
        d.enabled(),
        d.unit(),
        d.format(),
        d.id(),
        d.columns(),
        envelope,
        d.nulls(),
        d.nullText(),
        d.guardFormulas(),
        d.requiresConsent(),
        d.maxFileBytes());
  }

  private static Destination limited(Destination d, long maxFileBytes) {
    return new Destination(
        d.enabled(),
        d.unit(),
        d.format(),
        d.id(),
        d.columns(),
        d.envelope(),
        d.nulls(),
        d.nullText(),
        d.guardFormulas(),
        d.requiresConsent(),
        maxFileBytes);
  }

  private static Destination disabled(Destination d) {
    return new Destination(
        false,
        d.unit(),
        d.format(),
        d.id(),
        d.columns(),
        d.envelope(),
        d.nulls(),
        d.nullText(),
        d.guardFormulas(),
        d.requiresConsent(),
        d.maxFileBytes());
  }
}
