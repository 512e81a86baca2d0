package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;

import io.holdfast.churn.Champion;
import io.holdfast.churn.DatasetSettings;
import io.holdfast.churn.Models;
import io.holdfast.churn.PinnedSet;
import io.holdfast.churn.Promotions;
import io.holdfast.cli.Options;
import io.holdfast.cli.Page;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.cli.TextTable;
import io.holdfast.config.LakeSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.lake.Lease;
import io.holdfast.table.Days;
import java.io.PrintWriter;
import java.sql.Date;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The registry of churn models: what was trained, what serves, and who decided. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = "The churn models that were trained, and which one serves.")
public final class ModelCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  private ModelCommand() {}

  /** The command with its own subcommands. */
  public static CommandLine of(Program program) {
    return new CommandLine(new ModelCommand())
        .addSubcommand(new ListCommand(program))
        .addSubcommand(new ShowOneCommand(program))
        .addSubcommand(new PromoteCommand(program))
        .addSubcommand(new RollbackCommand(program));
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Say what to do: list, show ID, promote ID, or rollback.");
  }

  /** The registry of a lake. */
  private record Registry(SparkSession spark, Lake lake, Settings settings, Program program) {

    static Registry open(Program program, Options options, String what) {
      Settings settings = options.settings(program);
      SparkSession spark = Session.open(what);
      Lake lake = Options.existingLake(spark, settings);
      if (lake.version(Models.TABLE) < 0) {
        throw new NotReady(
            "Cannot read the registry: %s was never built. Run `holdfast run nightly --as-of DATE` first."
                .formatted(Models.TABLE));
      }
      return new Registry(spark, lake, settings, program);
    }

    /** The latest night that was published, else built. */
    LocalDate latestNight() {
      return Ledger.latestNight(lake)
          .or(() -> lake.last(Models.TABLE).map(last -> LocalDate.parse(last.commit().asOf())))
          .orElseThrow();
    }

    List<Champion.Reign> reigns(LocalDate asOf) {
      return Champion.reigns(
          lake.read(Models.TABLE).drop("artifact"), lake.read(Promotions.TABLE), asOf);
    }

    /** Adds a decision, as the one writer of the lake. */
    void decide(LocalDate asOf, String modelId, String action, Decision decision) {
      String runId = asOf + "-" + UUID.randomUUID().toString().substring(0, 8);
      Duration patience = Duration.ofSeconds(settings.get(LakeSettings.SETTING).waitSeconds());
      try (Lease lease = Lease.acquire(lake.fileSystem(), lake.root(), runId, patience)) {
        long number = lake.read(Promotions.TABLE).count() + 1;
        Row row =
            RowFactory.create(
                number, Date.valueOf(asOf), modelId, action, decision.reason, decision.author);
        Commit commit =
            new Commit(
                runId,
                asOf.toString(),
                asOf.toString(),
                Map.of(),
                "",
                program.code(),
                Days.of(List.of(asOf)).toString(),
                List.of(),
                "",
                1,
                "",
                0,
                Map.of(),
                List.of("%s %s: %s".formatted(action, modelId, decision.reason)));
        lease.require();
        lake.write(
            Promotions.TABLE,
            spark.createDataFrame(List.of(row), Promotions.TABLE.schema()),
            Days.NONE,
            commit,
            asOf,
            lake.version(Promotions.TABLE));
      }
    }
  }

  /** What every decision says of itself. */
  private static final class Decision {
    @Option(
        names = "--as-of",
        paramLabel = "DATE",
        description = "the first night that it holds for; the latest one published by default")
    private Optional<LocalDate> asOf = Optional.empty();

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why")
    private String reason = "";

    @Option(names = "--author", paramLabel = "NAME", required = true, description = "who decides")
    private String author = "";

    LocalDate night(Registry registry) {
      return asOf.orElseGet(registry::latestNight);
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Every model that was trained, the latest first.")
  private static final class ListCommand implements Callable<Integer> {
    private final Program program;
    @Spec private CommandSpec spec;
    @Mixin private Options options = new Options();

    ListCommand(Program program) {
      this.program = program;
    }

    @Override
    public Integer call() {
      Registry registry = Registry.open(program, options, "model list");
      List<Champion.Reign> reigns = registry.reigns(LocalDate.MAX.withYear(9999));
      String serving = reigns.isEmpty() ? "" : reigns.get(reigns.size() - 1).modelId();
      TextTable table =
          new TextTable("", "model", "algorithm", "trained", "ROC-AUC", "PR-AUC", "status");
      for (Row row :
          registry
              .lake()
              .read(Models.TABLE)
              .select("model_id", "algorithm", "as_of_date", "roc_auc", "pr_auc", "status")
              .orderBy(col("as_of_date").desc(), col("model_id"))
              .collectAsList()) {
        table.row(
            row.getString(0).equals(serving) ? "*" : "",
            row.getString(0),
            row.getString(1),
            row.getDate(2),
            figure(row.get(3)),
            figure(row.get(4)),
            row.getString(5));
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(table.text(Page.of(Integer.MAX_VALUE)));
      for (Champion.Reign reign : reigns) {
        out.printf("%s served from %s on, by %s%n", reign.modelId(), reign.from(), reign.by());
      }
      out.flush();
      return 0;
    }

    private static String figure(Object value) {
      return value == null ? TextTable.NONE : "%.3f".formatted((Double) value);
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "A model's card: its data, figures, gates and limits.")
  private static final class ShowOneCommand implements Callable<Integer> {
    private final Program program;
    @Spec private CommandSpec spec;
    @Mixin private Options options = new Options();

    @Parameters(paramLabel = "ID", description = "see `model list`")
    private String id = "";

    @Option(names = "--json", description = "for programs")
    private boolean isJson;

    ShowOneCommand(Program program) {
      this.program = program;
    }

    @Override
    public Integer call() {
      Registry registry = Registry.open(program, options, "model show " + id);
      Row model = PinnedSet.model(registry.lake().read(Models.TABLE), id);
      PrintWriter out = spec.commandLine().getOut();
      out.println(model.<String>getAs(isJson ? "card_json" : "card_markdown"));
      out.flush();
      return 0;
    }
  }

  @Command(
      name = "promote",
      mixinStandardHelpOptions = true,
      description = "Makes a model serve from a night on.")
  private static final class PromoteCommand implements Callable<Integer> {
    private final Program program;
    @Spec private CommandSpec spec;
    @Mixin private Options options = new Options();

    @Parameters(paramLabel = "ID", description = "see `model list`")
    private String id = "";

    @Mixin private Decision decision = new Decision();

    PromoteCommand(Program program) {
      this.program = program;
    }

    @Override
    public Integer call() {
      Registry registry = Registry.open(program, options, "model promote " + id);
      Row model = PinnedSet.model(registry.lake().read(Models.TABLE), id);
      LocalDate night = decision.night(registry);
      LocalDate trained = model.getDate(model.fieldIndex("as_of_date")).toLocalDate();
      if (night.isBefore(trained)) {
        throw new BadInput(
            "Cannot promote %s for %s: it was trained on %s, and must not score what it has seen. Name a later night."
                .formatted(id, night, trained));
      }
      Champion.refusal(model, registry.settings().get(DatasetSettings.SETTING))
          .ifPresent(
              why -> {
                throw new BadInput(why);
              });
      registry.decide(night, id, "promote", decision);
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "%s serves from %s on (%s). Run that night again to score with it.%n",
          id, night, model.<String>getAs("status"));
      out.flush();
      return 0;
    }
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = "Makes the model serve that served before the present one.")
  private static final class RollbackCommand implements Callable<Integer> {
    private final Program program;
    @Spec private CommandSpec spec;
    @Mixin private Options options = new Options();

    @Mixin private Decision decision = new Decision();

    RollbackCommand(Program program) {
      this.program = program;
    }

    @Override
    public Integer call() {
      Registry registry = Registry.open(program, options, "model rollback");
      LocalDate night = decision.night(registry);
      List<Champion.Reign> reigns = registry.reigns(night);
      String present = reigns.isEmpty() ? "" : reigns.get(reigns.size() - 1).modelId();
      String before =
          reigns.stream()
              .map(Champion.Reign::modelId)
              .filter(id -> !id.equals(present))
              .reduce((first, second) -> second)
              .orElseThrow(
                  () ->
                      new BadInput(
                          "Cannot roll back for %s: no other model ever served before. `holdfast model list` shows which could: `holdfast model promote ID`."
                              .formatted(night)));
      registry.decide(night, before, "rollback", decision);
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "%s serves again from %s on, instead of %s. Run that night again to score with it.%n",
          before, night, present);
      out.flush();
      return 0;
    }
  }
}
