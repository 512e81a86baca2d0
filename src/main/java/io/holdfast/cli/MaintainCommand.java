package io.holdfast.cli;

import io.holdfast.config.LakeSettings;
import io.holdfast.config.MaintenanceSettings;
import io.holdfast.config.Settings;
import io.holdfast.lake.Lake;
import io.holdfast.lake.Lease;
import io.holdfast.lake.Maintenance;
import io.holdfast.lake.Maintenance.Work;
import io.holdfast.table.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compacts the files of the lake and deletes those that nothing needs any more. */
@Command(
    name = "maintain",
    mixinStandardHelpOptions = true,
    description = {
      "Compacts small files (OPTIMIZE) and deletes those of replaced versions (VACUUM).",
      "Without --run it says what it would do, and changes nothing."
    })
final class MaintainCommand implements Callable<Integer>, EndsWithResult {

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Option(names = "--run", description = "do it")
  private boolean isRun;

  MaintainCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    Settings settings = options.settings(program);
    MaintenanceSettings rules = settings.get(MaintenanceSettings.SETTING);
    SparkSession spark = Session.open("maintain");
    Lake lake = Options.existingLake(spark, settings);
    long start = System.nanoTime();
    Maintenance maintenance = new Maintenance(spark, lake, rules);
    List<Work> work =
        isRun
            ? run(maintenance, lake, settings)
            : program.tables().stream().map(maintenance::plan).toList();
    PrintWriter out = spec.commandLine().getOut();
    print(work, out);
    new Console(out, false, true).print(result(work, System.nanoTime() - start));
    return 0;
  }

  private List<Work> run(Maintenance maintenance, Lake lake, Settings settings) {
    String runId = "maintain-" + UUID.randomUUID().toString().substring(0, 8);
    Duration patience = Duration.ofSeconds(settings.get(LakeSettings.SETTING).waitSeconds());
    List<Work> work = new ArrayList<>();
    try (Lease lease = Lease.acquire(lake.fileSystem(), lake.root(), runId, patience)) {
      for (Table table : program.tables()) {
        work.add(maintenance.run(table, lease));
      }
    }
    return work;
  }

  private void print(List<Work> work, PrintWriter out) {
    List<Work> some = work.stream().filter(it -> !it.isNothing()).toList();
    TextTable text =
        new TextTable(
            "table", "files before", "files after", "compacted", "deleted", "deleted bytes");
    for (Work it : some) {
      text.row(
          it.table().id(),
          it.filesBefore(),
          it.filesAfter(),
          it.compacted(),
          it.deleted(),
          it.deletedBytes());
    }
    if (!some.isEmpty()) {
      out.print(text.text(Page.of(Integer.MAX_VALUE)));
    }
    Map<String, Long> properties = new TreeMap<>();
    some.forEach(
        it -> it.properties().forEach((k, v) -> properties.merge(k + " = " + v, 1L, Long::sum)));
    properties.forEach((property, tables) -> out.printf("%s: %d tables%n", property, tables));
    out.printf(
        "%d of %d tables %s.%n",
        some.size(), work.size(), isRun ? "were maintained" : "would be maintained");
    if (!isRun && !some.isEmpty()) {
      out.println("Nothing was changed: --run does it.");
    }
  }

  private Map<String, Object> result(List<Work> work, long nanos) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("exit_code", 0);
    result.put("is_dry_run", !isRun);
    result.put("tables", work.stream().filter(it -> !it.isNothing()).count());
    result.put("compacted_files", sum(work, Work::compacted));
    result.put("deleted_files", sum(work, Work::deleted));
    result.put("deleted_bytes", sum(work, Work::deletedBytes));
    result.put("seconds", Duration.ofNanos(nanos).toMillis() / 1000.0);
    return result;
  }

  private static long sum(List<Work> work, ToLongFunction<Work> figure) {
    return work.stream().mapToLong(figure).sum();
  }
}
