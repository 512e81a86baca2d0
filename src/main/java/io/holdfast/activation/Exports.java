package io.holdfast.activation;

import static org.apache.spark.sql.functions.col;

import io.holdfast.activation.Destination.Unit;
import io.holdfast.job.Folder;
import io.holdfast.job.Publication;
import io.holdfast.job.Publication.Output;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DateType;

/**
 * The files that tools load: for each destination a full snapshot of the night's audience.
 *
 * <p>The same audience and configuration give the same bytes under the same name, however the rows
 * are spread over partitions. Rows pass through one by one: nothing grows with their number.
 *
 * <p>Source: activation "Files".
 */
public final class Exports {

  public static final Publication PUBLICATION =
      Publication.named("exports")
          .reads(Audiences.TABLE)
          .settings(Activation.SETTING)
          .as(
              in ->
                  outputs(
                      in.settings(Activation.SETTING),
                      in.rows(Audiences.TABLE),
                      new Night(in.asOf(), in.version(Audiences.TABLE)),
                      in::note));

  private Exports() {}

  /**
   * What is exported.
   *
   * @param asOf the night
   * @param audienceVersion the version of the audience's content
   */
  record Night(LocalDate asOf, long audienceVersion) {}

  static List<Output> outputs(
      Activation activation, Dataset<Row> audience, Night night, Consumer<String> note) {
    return Destinations.enabled(activation).entrySet().stream()
        .map(
            entry -> {
              Snapshot snapshot =
                  new Snapshot(entry.getKey(), entry.getValue(), activation.splitAt(), night);
              return new Output(snapshot.path(), folder -> fill(folder, snapshot, audience, note));
            })
        .toList();
  }

  private static void fill(
      Folder folder, Snapshot snapshot, Dataset<Row> audience, Consumer<String> note) {
    Destination destination = snapshot.destination();
    SendableLines lines =
        new SendableLines(destination, sorted(audience, destination).toLocalIterator());
    List<Snapshot.Part> parts = new ArrayList<>();
    while (lines.hasNext()) {
      PartContent content = new PartContent(lines, snapshot.bytesPerFile());
      Folder.Written written = folder.write(snapshot.partName(parts.size()), content);
      parts.add(
          new Snapshot.Part(written.name(), content.rows(), written.bytes(), written.sha256()));
    }
    byte[] manifest = snapshot.manifest(parts, lines.skipped());
    folder.write("manifest.json", out -> out.write(manifest));
    lines
        .skipped()
        .forEach(
            (reason, rows) ->
                note.accept(
                    "Export to %s left out rows with %s: %,d."
                        .formatted(snapshot.name(), reason, rows)));
  }

  /** The id and what is mapped, sorted by the id: one row for each user or customer. */
  private static Dataset<Row> sorted(Dataset<Row> audience, Destination destination) {
    Stream<Column> mapped = destination.columns().stream().map(each -> readable(each.column()));
    Column[] columns =
        Stream.concat(
                Stream.of(col(destination.id().column()).as("id"), col("has_marketing_consent")),
                mapped)
            .toArray(Column[]::new);
    // A customer's values are the same in each of its rows, so that it does not matter which stays.
    Dataset<Row> units =
        destination.unit() == Unit.CUSTOMER ? audience.dropDuplicates("customer_id") : audience;
    return units.orderBy(destination.id().column(), "customer_id", "member_id").select(columns);
  }

  /** Days as text: they reach the driver in the same form in every session. */
  private static Column readable(String column) {
    boolean isDay = Destinations.column(column).type() instanceof DateType;
    return isDay ? col(column).cast("string") : col(column);
  }
}
