package io.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.failure.BadInput;
import io.holdfast.sources.Company;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  enum Kind {
    APPEND_ONLY,
    ONCE
  }

  record Feed(String path, Kind kind, Optional<Duration> maxAge) {}

  record Everything(
      int days,
      long rows,
      double share,
      boolean isOn,
      BigDecimal price,
      LocalDate start,
      ZoneId zone,
      Duration deadline,
      List<String> names,
      Map<String, Feed> feeds,
      Map<Kind, Integer> ranks,
      List<Feed> more,
      Optional<Feed> extra) {}

  record Range(int low, int high) {
    Range {
      if (low > high) {
        throw new IllegalArgumentException("low %d is above high %d".formatted(low, high));
      }
    }
  }

  private static final Setting<Everything> ALL = Setting.of("all", Everything.class);
  private static final Setting<Range> RANGE = Setting.of("all.range", Range.class);
  private static final String EVERYTHING =
      """
      all {
        days = 28
        rows = 10000000000
        share = 0.25
        is_on = on
        price = 0.10
        start = "2026-01-31"
        zone = Asia/Tokyo
        deadline = 90 minutes
        names = [b, a]
        feeds {
          users { path = u.csv, kind = append-only, max_age = 2d }
          events { path = ${FOLDER}/e.csv, kind = Once }
        }
        ranks { once = 1 }
        more = [{ path = m, kind = ONCE }]
      }
      """;

  @Test
  void everyTypeIsBound() {
    Everything all = of(EVERYTHING, Map.of("FOLDER", "/data")).get(ALL);
    Feed events = new Feed("/data/e.csv", Kind.ONCE, Optional.empty());
    Feed users = new Feed("u.csv", Kind.APPEND_ONLY, Optional.of(Duration.ofDays(2)));
    assertThat(all)
        .isEqualTo(
            new Everything(
                28,
                10_000_000_000L,
                0.25,
                true,
                new BigDecimal("0.10"),
                LocalDate.of(2026, 1, 31),
                ZoneId.of("Asia/Tokyo"),
                Duration.ofMinutes(90),
                List.of("b", "a"),
                Map.of("events", events, "users", users),
                Map.of(Kind.ONCE, 1),
                List.of(new Feed("m", Kind.ONCE, Optional.empty())),
                Optional.empty()));
    assertThat(all.feeds().keySet()).containsExactly("events", "users");
  }

  @Test
  void theCommandLineWinsOverTheEnvironmentOverTheFileOverTheReference() {
    String file = "company { tz = Asia/Tokyo, currency = JPY }";
    Map<String, String> env =
        Map.of(
            "HOLDFAST_COMPANY__TZ", "Europe/Paris",
            "HOLDFAST_COMPANY__WEEK_STARTS_ON", "sunday",
            "HOLDFAST_CLASSPATH", "/opt/driver.jar",
            "HOLDFAST_HOME", "/opt/holdfast",
            "HOLDFAST_OPTS", "-Xmx1g",
            "COMPANY", "x");
    Settings settings =
        load(Optional.of(file), "f.conf", env, Map.of("company.tz", "Europe/Berlin"));
    assertThat(settings.get(Company.SETTING))
        .isEqualTo(new Company(ZoneId.of("Europe/Berlin"), DayOfWeek.SUNDAY, "JPY"));
    settings.check(List.of(Company.SETTING));
    assertThat(of("", Map.of()).get(Company.SETTING))
        .isEqualTo(new Company(ZoneId.of("UTC"), DayOfWeek.MONDAY, "USD"));
  }

  @Test
  void theProductsDefaultsAreRead() {
    Settings settings = Settings.load(Optional.empty(), "", Map.of(), Map.of());
    assertThat(settings.get(Company.SETTING).tz()).isEqualTo(ZoneId.of("UTC"));
  }

  @Test
  void aSetValueCanBeAPathAListOrAGroup() {
    Settings settings =
        load(
            Optional.of(EVERYTHING),
            "f.conf",
            Map.of("FOLDER", "/data"),
            Map.of(
                "all.names", "[\"s3a://b/c\", d]",
                "all.extra", "{path = x, kind = once}",
                "all.feeds.users.path", "s3a://bucket/users # 1",
                "all.days", "7"));
    assertThat(settings.get(ALL).names()).containsExactly("s3a://b/c", "d");
    assertThat(settings.get(ALL).extra()).contains(new Feed("x", Kind.ONCE, Optional.empty()));
    assertThat(settings.get(ALL).feeds().get("users").path()).isEqualTo("s3a://bucket/users # 1");
    assertThat(settings.get(ALL).days()).isEqualTo(7);
  }

  @Test
  void aWrongValueIsNamedWithItsPlaceAndTheRemedy() {
    fails(
        "\n\n\ncompany.tz = Europa/Berlin",
        Company.SETTING,
        "Cannot read company.tz: 'Europa/Berlin' is no time zone (line 4 of f.conf). Use an IANA"
            + " name such as Europe/Berlin.");
    fails(
        "company.week_starts_on = funday",
        Company.SETTING,
        "Cannot read company.week_starts_on: 'funday' is not known (line 1 of f.conf). Use one of"
            + " monday, tuesday, wednesday, thursday, friday, saturday, sunday.");
    fails(
        "company.currency = null",
        Company.SETTING,
        "Cannot read company.currency: it is missing. Set it in the configuration file or by --set"
            + " company.currency=...");
    fails(
        "company.currency = [USD]",
        Company.SETTING,
        "Cannot read company.currency: it is no single value (line 1 of f.conf). Write it as key ="
            + " value.");
    fails(
        "company = x",
        Company.SETTING,
        "Cannot read company: 'x' is no group of keys (line 1 of f.conf). Write it as { key = value }.");
    fails(
        "all.range { low = 3, high = 2 }",
        RANGE,
        "Cannot read all.range: low 3 is above high 2 (line 1 of f.conf).");
    failsIn("days = 1.5", "all.days: '1.5' is no whole number (line 18 of f.conf)");
    failsIn("share = 1/2", "all.share: '1/2' is no number (line 18 of f.conf)");
    failsIn("is_on = maybe", "all.is_on: 'maybe' is neither true nor false (line 18 of f.conf)");
    failsIn("start = 31.1.2026", "all.start: '31.1.2026' is no date (line 18 of f.conf)");
    failsIn("deadline = 90", "all.deadline: '90' has no unit (line 18 of f.conf)");
    failsIn("deadline = soon", "all.deadline: 'soon' is no duration (line 18 of f.conf)");
    failsIn("names = a", "all.names: 'a' is no list (line 18 of f.conf)");
    failsIn("more = [{ kind = ONCE }]", "all.more[0].path: it is missing");
    failsIn("feeds.users.kind = x", "all.feeds.users.kind: 'x' is not known (line 18 of f.conf)");
    failsIn("ranks { twice = 1 }", "all.ranks.twice: 'twice' is not known (line 18 of f.conf)");
  }

  @Test
  void aValueOfTheEnvironmentOrTheCommandLineIsNamedByIt() {
    assertThatThrownBy(
            () ->
                load(Optional.empty(), "", Map.of("HOLDFAST_COMPANY__TZ", "x"), Map.of())
                    .get(Company.SETTING))
        .hasMessageContaining("'x' is no time zone (environment variable HOLDFAST_COMPANY__TZ)");
    assertThatThrownBy(
            () ->
                load(Optional.empty(), "", Map.of(), Map.of("company.tz", "x"))
                    .get(Company.SETTING))
        .hasMessageContaining("'x' is no time zone (--set company.tz)");
  }

  @Test
  void aKeyThatNobodyReadsIsAnError() {
    Settings settings =
        load(
            Optional.of(
                EVERYTHING
                    + """
                    all.range { low = 1, high = 2 }
                    company.timezone = UTC
                    all.feeds.users.pth = x
                    all.more = [{ path = m, kind = ONCE, knd = ONCE }]
                    """),
            "f.conf",
            Map.of("FOLDER", "x", "HOLDFAST_COMPANI__TZ", "UTC"),
            Map.of("all.share_", "1"));
    assertThatThrownBy(() -> settings.check(List.of(Company.SETTING, ALL, RANGE)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            """
            Cannot read all.feeds.users.pth (line 20 of f.conf): there is no such key. The nearest known one is all.feeds.users.path.
            Cannot read all.more[0].knd (line 21 of f.conf): there is no such key. The nearest known one is all.more[0].kind.
            Cannot read all.share_ (--set all.share_): there is no such key. The nearest known one is all.share.
            Cannot read compani (environment variable HOLDFAST_COMPANI__TZ): there is no such key. The nearest known one is company.tz.
            Cannot read company.timezone (line 19 of f.conf): there is no such key. The nearest known one is company.tz.""");
  }

  @Test
  void theHashFollowsTheValuesAlone() {
    String hash = of("company { tz = Asia/Tokyo, currency = JPY }", Map.of()).hash(company());
    assertThat(hash).matches("[0-9a-f]{64}");
    assertThat(
            of("# x\nother=1\ncompany { currency = JPY\n tz = \"Asia/Tokyo\" }", Map.of())
                .hash(company()))
        .isEqualTo(hash);
    assertThat(of("company { tz = Asia/Seoul, currency = JPY }", Map.of()).hash(company()))
        .isNotEqualTo(hash);
  }

  @Test
  void aTextThatIsNoHoconIsNamedWithItsLine() {
    assertThatThrownBy(() -> of("company {\n tz = UTC\n", Map.of()))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("Cannot read the configuration: ")
        .hasMessageContaining("(line 3 of f.conf). It is HOCON: key = value, groups in { }.");
    assertThatThrownBy(() -> load(Optional.empty(), "", Map.of(), Map.of("company..tz", "UTC")))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot read --set company..tz: that is no key. Write it as company.tz=Asia/Tokyo.");
  }

  @Test
  void aVariableThatIsNotSetIsNamed() {
    String file = "\ncompany.currency = ${RAVENSTACK_DIR}/x";
    assertThatThrownBy(() -> of(file, Map.of()))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot read the configuration: ${RAVENSTACK_DIR} stands for nothing (line 2 of f.conf)."
                + " Set the environment variable RAVENSTACK_DIR, or write ${?RAVENSTACK_DIR} where"
                + " it may be missing.");
    assertThat(of(file, Map.of("RAVENSTACK_DIR", "/r")).get(Company.SETTING).currency())
        .isEqualTo("/r/x");
    assertThat(
            of("company.currency = ${?RAVENSTACK_DIR}", Map.of()).get(Company.SETTING).currency())
        .isEqualTo("USD");
  }

  @Test
  void aFileIncludesOthersBesideIt(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("money.conf"), "company.currency = EUR\ncompany.tz = Nowhere");
    String origin = folder.resolve("f.conf").toString();
    Settings settings = load(Optional.of("include \"money.conf\""), origin, Map.of(), Map.of());
    assertThatThrownBy(() -> settings.get(Company.SETTING))
        .hasMessageContaining("(line 2 of " + folder.resolve("money.conf"));
    assertThatThrownBy(() -> load(Optional.of("include \"no.conf\""), origin, Map.of(), Map.of()))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot read %1$s: it includes %2$s, which is no local file. Put it there, or its keys into %1$s itself."
                .formatted(origin, folder.resolve("no.conf")));
  }

  private static List<Setting<?>> company() {
    return List.of(Company.SETTING);
  }

  /** Over defaults of this test's own: those of the product change. */
  private static Settings load(
      Optional<String> text, String origin, Map<String, String> env, Map<String, String> sets) {
    return Settings.over("settings-test.conf", text, origin, env, sets);
  }

  private static Settings of(String text, Map<String, String> env) {
    return load(Optional.of(text), "f.conf", env, Map.of());
  }

  private static void fails(String text, Setting<?> setting, String message) {
    assertThatThrownBy(() -> of(text, Map.of()).get(setting))
        .isInstanceOf(BadInput.class)
        .hasMessage(message);
  }

  private static void failsIn(String key, String message) {
    String text = EVERYTHING + "all { " + key + " }";
    assertThatThrownBy(() -> of(text, Map.of("FOLDER", "/data")).get(ALL))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("Cannot read " + message);
  }
}
