package io.holdfast.commands;

import io.holdfast.churn.PinnedSet;
import io.holdfast.cli.Csv;
import io.holdfast.cli.Options;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.config.Settings;
import io.holdfast.lake.Lake;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the very rows that a model was trained, calibrated and tested on. */
@Command(
    name = "dataset",
    mixinStandardHelpOptions = true,
    description = "Writes the rows that a model learned from, the same whenever it is asked for.")
public final class DatasetCommand implements Callable<Integer> {

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Option(names = "--model", paramLabel = "ID", required = true, description = "see `model list`")
  private String model = "";

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      required = true,
      description = "the file to write: a column each feature, slice, is_churned")
  private Path csv = Path.of("");

  public DatasetCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    Settings settings = options.settings(program);
    SparkSession spark = Session.open("dataset " + model);
    Lake lake = Options.existingLake(spark, settings);
    Dataset<Row> rows = PinnedSet.rows(lake::read, model);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%,d rows of model %s written to %s%n", Csv.write(rows, csv), model, csv);
    out.flush();
    return 0;
  }
}
