package io.holdfast.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.metrics.CohortRetention;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a browser: a whole company, nothing at all, one cohort, and names that try to become
 * markup. Needs Chromium: Debian's package, or {@code CHROMIUM} names the program.
 */
@Tag("integration")
class ReportBrowserTest {

  private static final List<Chromium.View> VIEWS =
      List.of(
          new Chromium.View(1280, "light", "screen"),
          new Chromium.View(1280, "dark", "screen"),
          new Chromium.View(390, "light", "screen"),
          new Chromium.View(390, "dark", "screen"));

  private static final Map<String, ReportTest.Files> REPORTS = new LinkedHashMap<>();

  @TempDir private static Path dir;
  private static Chromium browser;

  @BeforeAll
  static void start() throws IOException {
    Optional<Path> chromium = Chromium.installed();
    Assumptions.assumeTrue(
        chromium.isPresent(), "Chromium is missing: apt-get install chromium, or set CHROMIUM");
    REPORTS.put("whole", ReportTest.report(ReportTest.company("pro")));
    REPORTS.put("hostile", ReportTest.report(ReportTest.company(ReportTest.HOSTILE)));
    REPORTS.put("empty", ReportTest.report(Map.of()));
    REPORTS.put(
        "one-cohort",
        ReportTest.report(Map.of(CohortRetention.TABLE.id(), ReportTest.oneCohort())));
    for (Map.Entry<String, ReportTest.Files> report : REPORTS.entrySet()) {
      Files.writeString(file(report.getKey()), report.getValue().html(), UTF_8);
    }
    browser = Chromium.start(chromium.get(), dir.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static Path file(String report) {
    return dir.resolve(report + ".html");
  }

  @Test
  void theBrowserComplainsOfNothingAndAsksForNothing() {
    for (String report : REPORTS.keySet()) {
      for (Chromium.View view : VIEWS) {
        Chromium.Page page = browser.open(file(report), view);
        assertThat(page.complaints()).as("%s %s", report, view).isEmpty();
        page.close();
      }
    }
  }

  @Test
  void nothingIsWiderThanTheScreen() {
    for (String report : REPORTS.keySet()) {
      for (Chromium.View view : VIEWS) {
        Chromium.Page page = browser.open(file(report), view);
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
        int width = page.evaluate("document.documentElement.scrollWidth").asInt();
        assertThat(width).as("%s %s", report, view).isLessThanOrEqualTo(view.width());
        page.close();
      }
    }
  }

  @Test
  void everyFigureThatIsSeenIsWhatTheTablesHold() {
    ReportTest.Files whole = REPORTS.get("whole");
    Chromium.Page page = browser.open(file("whole"), VIEWS.get(0));
    JsonNode seen =
        page.evaluate("[...document.querySelectorAll('data')].map(d => [d.value, d.innerText])");
    List<String> figures = new ArrayList<>();
    for (JsonNode one : seen) {
      figures.add(one.get(0).asText());
      // A share stands in percent beside its value.
      String text = one.get(1).asText();
      if (text.endsWith("%") && !text.contains(",")) {
        double percent = Double.parseDouble(text.substring(0, text.length() - 1));
        assertThat(percent / 100)
            .isCloseTo(Double.parseDouble(one.get(0).asText()), within(0.0051));
      }
    }
    assertThat(figures).hasSizeGreaterThan(150);
    assertThat(whole.figures()).containsAll(figures);
    page.close();
  }

  @Test
  void axeFindsNothing() throws IOException {
    String axe = axe();
    for (String report : REPORTS.keySet()) {
      for (Chromium.View view : VIEWS) {
        Chromium.Page page = browser.open(file(report), view);
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
        page.evaluate(axe + "; 1");
        JsonNode found =
            page.evaluate(
                "axe.run(document).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html + ' ' + v.nodes[0].failureSummary))");
        assertThat(found).as("%s %s", report, view).isEmpty();
        page.close();
      }
    }
  }

  private static String axe() throws IOException {
    try (InputStream in = ReportBrowserTest.class.getResourceAsStream("/axe.min.js")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void aNameThatTriesToBecomeMarkupIsText() {
    for (Chromium.View view : VIEWS) {
      Chromium.Page page = browser.open(file("hostile"), view);
      assertThat(page.evaluate("document.scripts.length").asInt()).isZero();
      assertThat(page.evaluate("document.images.length").asInt()).isZero();
      assertThat(page.evaluate("document.querySelectorAll('[onload],[onerror]').length").asInt())
          .isZero();
      assertThat(
              page.evaluate("document.body.innerText.includes('<script>alert(1)</script>')")
                  .asBoolean())
          .isTrue();
      page.close();
    }
  }

  @Test
  void onPaperTheChartsStayAndWhatIsCountedIsSaid() {
    Chromium.Page page = browser.open(file("whole"), new Chromium.View(1280, "dark", "print"));
    String height = "(s => document.querySelector(s).getBoundingClientRect().height)('%s')";

    assertThat(page.evaluate(height.formatted("nav")).asDouble()).isZero();
    assertThat(page.evaluate(height.formatted("#churn .chart.wide")).asDouble()).isPositive();
    assertThat(page.evaluate(height.formatted("#churn .how p")).asDouble()).isPositive();
    assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor").asText())
        .isEqualTo("rgb(255, 255, 255)");
    byte[] pdf = Base64.getDecoder().decode(page.pdf());
    assertThat(new String(pdf, 0, 5, UTF_8)).isEqualTo("%PDF-");
    page.close();
  }

  @Test
  void aTelephoneSeesTheDrawingsThatAreMadeForIt() {
    String shown =
        "[...document.querySelectorAll('svg.chart')].filter(s => s.getBoundingClientRect().width > 0).map(s => s.classList[1])";
    Chromium.Page narrow = browser.open(file("whole"), VIEWS.get(2));
    assertThat(narrow.evaluate(shown).toString()).contains("narrow").doesNotContain("wide");
    narrow.close();
    Chromium.Page wide = browser.open(file("whole"), VIEWS.get(0));
    assertThat(wide.evaluate(shown).toString()).contains("wide").doesNotContain("narrow");
    wide.close();
  }
}
