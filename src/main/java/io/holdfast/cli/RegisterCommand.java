package io.holdfast.cli;

import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Gives the published tables names in a metastore, where SQL engines look for them, and those that
 * tell which nights were published.
 *
 * <p>A name leads to the table's path; what it holds is told by its Delta log. So a table is
 * registered once, and every later night is seen under its name.
 */
@Command(
    name = "register",
    mixinStandardHelpOptions = true,
    description = {
      "Gives the published tables names in the metastore of the Spark session, as STAGE_TABLE.",
      "Once is enough: later nights are seen under the same names."
    })
final class RegisterCommand implements Callable<Integer>, EndsWithResult {

  private static final String KIND = "spark.sql.catalogImplementation";

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Option(
      names = "--database",
      paramLabel = "NAME",
      defaultValue = "holdfast",
      description = "the database, or CATALOG.SCHEMA; made where there is none: ${DEFAULT-VALUE}")
  private String database;

  RegisterCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    requireName();
    Settings settings = options.settings(program);
    SparkSession spark = Session.open("register");
    requireMetastore(spark);
    Lake lake = Options.existingLake(spark, settings);
    List<Table> tables =
        Stream.concat(program.tables().stream().filter(Table::published), Ledger.TABLES.stream())
            .filter(table -> lake.version(table) >= 0)
            .toList();
    spark.sql("CREATE DATABASE IF NOT EXISTS " + quoted(database));
    PrintWriter out = spec.commandLine().getOut();
    int registered = 0;
    for (Table table : tables) {
      String name = database + "." + table.id().replace('.', '_');
      Path path = lake.path(table);
      if (spark.catalog().tableExists(quoted(name))) {
        requirePlace(spark, name, path);
      } else {
        spark.sql(
            "CREATE TABLE %s USING DELTA LOCATION '%s'"
                .formatted(quoted(name), path.toString().replace("'", "\\'")));
        out.printf("registered  %s%n", name);
        registered++;
      }
    }
    out.printf(
        "%d tables are registered in %s, %d of them now.%n", tables.size(), database, registered);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("exit_code", 0);
    result.put("database", database);
    result.put("tables", tables.size());
    result.put("registered", registered);
    new Console(out, false, true).print(result);
    return 0;
  }

  private void requireName() {
    if (!database.matches("\\w+(\\.\\w+)?")) {
      throw new BadInput(
          "Cannot register: --database %s is no name. Give letters, digits and underscores, or two such names with a dot between: a catalog and a schema."
              .formatted(database));
    }
  }

  /** A catalog in memory ends with the command: nobody would ever see the names. */
  private void requireMetastore(SparkSession spark) {
    boolean isOfAnotherCatalog = database.contains(".") && !database.startsWith("spark_catalog.");
    if (!isOfAnotherCatalog && spark.conf().get(KIND, "in-memory").equals("in-memory")) {
      throw new BadInput(
          "Cannot register in %s: this Spark session has no metastore. Submit with a Spark that has Hive, by `spark-submit --conf %s=hive`, and with the metastore's address in hive-site.xml; or name a catalog that the session has, as --database CATALOG.SCHEMA."
              .formatted(database, KIND));
    }
  }

  private static void requirePlace(SparkSession spark, String name, Path path) {
    String at = spark.sql("DESCRIBE DETAIL " + quoted(name)).select("location").head().getString(0);
    if (!new Path(at).equals(path)) {
      throw new BadInput(
          "Cannot register %s: the name leads to %s already, and this lake's table is %s. Drop the old name, or give another --database."
              .formatted(name, at, path));
    }
  }

  private static String quoted(String name) {
    return "`" + name.replace(".", "`.`") + "`";
  }
}
