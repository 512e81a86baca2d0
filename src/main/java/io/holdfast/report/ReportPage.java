package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.report.Html.Element;
import io.holdfast.report.Html.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** The whole page: one file that asks for nothing else and runs nothing. */
record ReportPage(Night night, Parts parts, int cohorts) {

  private static final List<String> SECTIONS =
      List.of(
          "kpis", "retention", "revenue", "churn", "adoption", "service", "risk", "plan", "data");

  String html() {
    Words words = parts.words();
    String css = css();
    String title = words.of("page.title") + " · " + words.day(night.asOf());
    Element html =
        el(
            "html",
            at("lang", words.locale().getLanguage()),
            el(
                "head",
                el("meta", at("charset", "utf-8")),
                el(
                    "meta",
                    at("name", "viewport"),
                    at("content", "width=device-width, initial-scale=1")),
                el("meta", at("name", "color-scheme"), at("content", "light dark")),
                el(
                    "meta",
                    at("http-equiv", "Content-Security-Policy"),
                    at(
                        "content",
                        "default-src 'none'; style-src 'sha256-%s'".formatted(hash(css)))),
                el("title", title),
                new Html.Style(css)),
            el(
                "body",
                el("a", at("class", "skip"), at("href", "#main"), words.of("page.skip")),
                header(),
                navigation(),
                el("main", at("id", "main"), sections()),
                footer()));
    return Html.page(html);
  }

  private Node header() {
    Words words = parts.words();
    return el(
        "header",
        at("class", "top"),
        el("h1", words.of("page.title")),
        el(
            "p",
            at("class", "asof"),
            words.of("page.as_of") + " ",
            el("strong", parts.figures().day(night.asOf())),
            " · " + words.of("page.arrived") + " ",
            parts.figures().day(night.arrivedBy())),
        el(
            "p",
            at("class", "trust"),
            new DataSection(night, parts).facts(),
            " ",
            el("a", at("href", "#data"), words.of("page.trust"))),
        el("p", at("class", "intro"), words.of("page.intro")));
  }

  private Node navigation() {
    Words words = parts.words();
    return el(
        "nav",
        at("aria-label", words.of("page.contents")),
        el(
            "ul",
            SECTIONS.stream()
                .map(id -> el("li", el("a", at("href", "#" + id), words.of(id + ".short"))))
                .toList()));
  }

  private List<Node> sections() {
    return List.of(
        new KpiSection(night, parts).node(),
        new RetentionSection(night, parts, cohorts).node(),
        new RevenueSection(night, parts).node(),
        new ChurnSection(night, parts).node(),
        new AdoptionSection(night, parts).node(),
        new ServiceSection(night, parts).node(),
        new RiskSection(night, parts).node(),
        new PlanSection(night, parts).node(),
        new DataSection(night, parts).node());
  }

  private Node footer() {
    return el("footer", el("p", parts.words().of("page.footer")));
  }

  private static String css() {
    try (InputStream in = ReportPage.class.getResourceAsStream("/report/report.css")) {
      if (in == null) {
        throw new IllegalStateException("/report/report.css is not in the jar.");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String css) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(css.getBytes(UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
