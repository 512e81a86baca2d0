package io.holdfast.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holdfast.job.Folder;
import io.holdfast.job.Inputs;
import io.holdfast.job.Publication;
import io.holdfast.job.Publication.Output;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The page of a night, {@code report.html}, and its figures for programs, {@code report.json}.
 *
 * <p>It is the last of a night, as it reads what the run has booked, too. The same tables, settings
 * and program give the same bytes under the same name.
 */
public final class Report {

  public static final Publication PUBLICATION =
      Publication.named("report")
          .reads(Night.TABLES.toArray(Table[]::new))
          .settings(ReportSettings.SETTING)
          .settings(Company.SETTING)
          .as(in -> List.of(new Output(path(in), folder -> write(in, folder::write))));

  private static final int RUN_LENGTH = 16;
  private static final JsonMapper JSON = new JsonMapper();

  private Report() {}

  /** Where a report's rows come from. */
  public interface Source {
    /** Of a table by night the night's rows; else all. */
    Dataset<Row> rows(Table table);

    /** The rows of every kept night up to this one. */
    Dataset<Row> history(Table table);
  }

  /** Takes the files. */
  public interface Files {
    /** Writes one. */
    void write(String name, Folder.Content content);
  }

  /**
   * What a report is of.
   *
   * @param asOf the night
   * @param arrivedBy the last arrival date that counts
   * @param company whose time zone and currency it is written in
   */
  public record Of(LocalDate asOf, LocalDate arrivedBy, Company company) {}

  /** The tables of which a report is made. */
  public static List<Table> tables() {
    return Night.TABLES;
  }

  /** Reads a night and writes its files. */
  public static void write(Of of, ReportSettings settings, Source source, Files files) {
    Night night = Night.read(of.asOf(), of.arrivedBy(), source, settings.riskiestCustomers());
    String html = html(night, settings, of.company());
    String json = json(night, of.company());
    files.write("report.html", out -> out.write(html.getBytes(UTF_8)));
    files.write("report.json", out -> out.write(json.getBytes(UTF_8)));
  }

  private static void write(Inputs in, Files files) {
    Source source =
        new Source() {
          @Override
          public Dataset<Row> rows(Table table) {
            return in.rows(table);
          }

          @Override
          public Dataset<Row> history(Table table) {
            return in.history(table);
          }
        };
    Of of = new Of(in.asOf(), in.arrivedBy(), in.settings(Company.SETTING));
    write(of, in.settings(ReportSettings.SETTING), source, files);
  }

  /** Another folder whenever what would be in it is other. */
  private static String path(Inputs in) {
    StringBuilder key = new StringBuilder();
    Night.TABLES.forEach(table -> key.append(table).append(in.version(table)).append(' '));
    key.append(in.settings(ReportSettings.SETTING))
        .append(in.settings(Company.SETTING))
        .append(in.arrivedBy())
        .append(in.program());
    return "report/date=%s/run=%s".formatted(in.asOf(), sha256(key).substring(0, RUN_LENGTH));
  }

  static String html(Night night, ReportSettings settings, Company company) {
    Words words = Words.of(settings.language());
    Figures figures = new Figures(words, Currency.getInstance(company.currency()));
    return new ReportPage(night, new Parts(figures), settings.cohorts()).html();
  }

  /** Every row that the page is made of, with exact figures. */
  static String json(Night night, Company company) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("as_of", night.asOf().toString());
    report.put("arrived_by", night.arrivedBy().toString());
    report.put("currency", company.currency());
    Map<String, Object> tables = new LinkedHashMap<>();
    night
        .lines()
        .forEach((name, lines) -> tables.put(name, lines.stream().map(Report::values).toList()));
    report.put("tables", tables);
    DefaultIndenter indenter = new DefaultIndenter(" ", "\n");
    try {
      return JSON.writer(
                  new DefaultPrettyPrinter()
                      .withArrayIndenter(indenter)
                      .withObjectIndenter(new DefaultPrettyPrinter.NopIndenter()))
              .writeValueAsString(report)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Maps of texts and numbers are always JSON.", e);
    }
  }

  private static Map<String, Object> values(Line line) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String name : line.row().schema().fieldNames()) {
      values.put(name, plain(line.value(name)));
    }
    return values;
  }

  /** As JSON has it: days as texts, decimals without needless zeros. */
  private static Object plain(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.signum() == 0
          ? BigDecimal.ZERO
          : new BigDecimal(decimal.stripTrailingZeros().toPlainString());
    }
    boolean isPlain = value == null || value instanceof Number || value instanceof Boolean;
    return isPlain ? value : several(value);
  }

  private static Object several(Object value) {
    if (value instanceof scala.collection.Seq<?> seq) {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < seq.size(); i++) {
        values.add(plain(seq.apply(i)));
      }
      return values;
    }
    return value.toString();
  }

  private static String sha256(CharSequence text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.toString().getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
