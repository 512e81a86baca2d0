package io.holdfast.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import io.holdfast.config.MonitoringSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.job.Job;
import io.holdfast.job.Origin;
import io.holdfast.job.Progress;
import io.holdfast.job.Publication;
import io.holdfast.job.RunReport;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.RunReport.Status;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import io.openlineage.client.Clients;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.InputDataset;
import io.openlineage.client.OpenLineage.OutputDataset;
import io.openlineage.client.OpenLineage.RunEvent;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.OpenLineage.RunFacetsBuilder;
import io.openlineage.client.OpenLineageClient;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.OpenLineageConfig;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.client.utils.UUIDUtils;
import io.openlineage.client.utils.filesystem.FilesystemDatasetUtils;
import io.openlineage.client.utils.jdbc.JdbcDatasetUtils;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;

/**
 * Tells OpenLineage of a run: an event when it starts and when it ends, and two for each table and
 * publication that was made or failed, with what it read and what it wrote. Tells nobody unless
 * {@code monitoring.openlineage_config} names a file.
 *
 * <p>Spark's own OpenLineage listener sees plans, and not which table of the catalog they are for,
 * nor small tables, whose files are committed without a plan.
 *
 * <p>Names follow OpenLineage's <a href="https://openlineage.io/docs/spec/naming">naming
 * conventions</a>: a table is the dataset at its path. Events are sent in order by a thread of
 * their own: no table waits for them. What goes wrong is said once and stops nothing.
 */
final class Lineage implements AutoCloseable {

  private static final URI PRODUCER = URI.create("urn:holdfast:openlineage");

  private static final String ENGINE = "spark";

  /** How long the end of a run waits for what is not sent yet. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Optional<OpenLineageClient> client;
  private final ExecutorService sender =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "openlineage");
            thread.setDaemon(true);
            return thread;
          });
  private final OpenLineage facets = new OpenLineage(PRODUCER);
  private final String namespace;
  private final Program program;
  private final Settings settings;
  private final String root;
  private final String version;
  private final PrintWriter err;
  private final AtomicBoolean isBroken = new AtomicBoolean();

  private Lineage(
      Optional<OpenLineageClient> client,
      Program program,
      Settings settings,
      Lake lake,
      PrintWriter err) {
    this.client = client;
    this.namespace = settings.get(MonitoringSettings.SETTING).openlineageNamespace();
    this.program = program;
    this.settings = settings;
    this.root = lake.root().toString();
    this.version = SparkSession.active().version();
    this.err = err;
  }

  /**
   * What the configuration says.
   *
   * @param err where it is said if events cannot be sent
   * @throws BadInput if OpenLineage's configuration cannot be read
   */
  static Lineage of(Settings settings, Program program, Lake lake, PrintWriter err) {
    Optional<OpenLineageClient> client =
        settings.get(MonitoringSettings.SETTING).openlineageConfig().map(Lineage::client);
    return new Lineage(client, program, settings, lake, err);
  }

  private static OpenLineageClient client(String file) {
    Path path = Path.of(file);
    if (!Files.isReadable(path)) {
      throw new BadInput(
          "Cannot tell OpenLineage of the run: there is no file %s that can be read. Mend monitoring.openlineage_config, or leave it out."
              .formatted(path.toAbsolutePath()));
    }
    try {
      // Clients.newClient with a path would take the environment's variables for a file that is
      // wrong, and say nothing.
      return Clients.newClient(
          OpenLineageClientUtils.loadOpenLineageConfigYaml(
              () -> List.of(path), new TypeReference<OpenLineageConfig<?>>() {}));
    } catch (RuntimeException | LinkageError e) {
      throw new BadInput(
          "Cannot tell OpenLineage of the run: %s is no OpenLineage configuration, or what it names is not on the class path: %s. It needs a transport, such as 'transport: {type: file, location: /path}'."
              .formatted(path.toAbsolutePath(), why(e)),
          e);
    }
  }

  /** The message of the first cause that has one, which says most. */
  private static String why(Throwable thrown) {
    String said = thrown.getClass().getSimpleName();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      said = cause.getMessage() == null ? said : cause.getMessage();
    }
    return said;
  }

  /**
   * Makes a run, and tells of it however it ends.
   *
   * @param name what is run, such as {@code run nightly}
   * @param progress who else is told
   * @param run makes the run and tells its progress
   */
  RunReport around(
      String name, LocalDate asOf, Progress progress, Function<Progress, RunReport> run) {
    if (client.isEmpty()) {
      return run.apply(progress);
    }
    UUID id = UUIDUtils.generateNewUUID();
    tell(() -> ofRun(EventType.START, name, id, runFacets(asOf)));
    Optional<Failure> failure = Optional.empty();
    EventType end = EventType.FAIL;
    try {
      RunReport report = run.apply(new Told(progress, asOf, id, name));
      failure = report.failure();
      end = failure.isPresent() ? EventType.FAIL : EventType.COMPLETE;
      return report;
    } catch (Failure thrown) {
      failure = Optional.of(thrown);
      throw thrown;
    } finally {
      Optional<Failure> why = failure;
      EventType how = end;
      tell(
          () -> {
            RunFacetsBuilder about = runFacets(asOf);
            why.ifPresent(it -> about.errorMessage(message(it)));
            return ofRun(how, name, id, about);
          });
    }
  }

  private List<RunEvent> ofRun(EventType type, String name, UUID id, RunFacetsBuilder about) {
    OpenLineage.Job job = facets.newJob(namespace, name, jobFacets("RUN", Optional.empty()));
    return List.of(event(type, Instant.now(), id, about, job, List.of(), List.of()));
  }

  @Override
  public void close() {
    sender.shutdown();
    client.ifPresent(
        it -> {
          try {
            if (!sender.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
              int unsent = sender.shutdownNow().size() + 1;
              broken("%d events were not sent in %s".formatted(unsent, PATIENCE));
            }
            it.close();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (Exception e) { // Its interface declares all.
            broken(why(e));
          }
        });
  }

  /** A run whose tables and publications are told of as they end. */
  private final class Told implements Progress {
    private final Progress also;
    private final LocalDate asOf;
    private final UUID run;
    private final String name;
    private final Map<String, Job> jobs =
        program.jobs().stream().collect(Collectors.toMap(job -> job.table().id(), job -> job));
    private final Map<String, Publication> publications =
        program.publications().stream().collect(Collectors.toMap(Publication::name, it -> it));

    Told(Progress also, LocalDate asOf, UUID run, String name) {
      this.also = also;
      this.asOf = asOf;
      this.run = run;
      this.name = name;
    }

    @Override
    public void started(String name) {
      also.started(name);
    }

    @Override
    public void ended(Outcome outcome, int done, int total) {
      also.ended(outcome, done, total);
      if (outcome.status() == Status.BUILT || outcome.status() == Status.FAILED) {
        tell(() -> events(outcome));
      }
    }

    private List<RunEvent> events(Outcome outcome) {
      Optional<Job> job = Optional.ofNullable(jobs.get(outcome.name()));
      Instant end = Instant.now();
      UUID id = UUIDUtils.generateNewUUID();
      OpenLineage.Job what =
          facets.newJob(
              namespace,
              outcome.name(),
              jobFacets(
                  job.isPresent() ? "TABLE" : "PUBLICATION", job.map(it -> it.table().grain())));
      List<InputDataset> inputs = inputs(outcome.name(), job);
      List<OutputDataset> outputs = job.stream().map(it -> output(it.table(), outcome)).toList();
      RunFacetsBuilder about = ofTheRun();
      outcome.failure().ifPresent(it -> about.errorMessage(message(it)));
      EventType how = outcome.status() == Status.BUILT ? EventType.COMPLETE : EventType.FAIL;
      return List.of(
          event(
              EventType.START, end.minus(outcome.elapsed()), id, ofTheRun(), what, inputs, outputs),
          event(how, end, id, about, what, inputs, outputs));
    }

    private RunFacetsBuilder ofTheRun() {
      return runFacets(asOf)
          .parent(
              facets
                  .newParentRunFacetBuilder()
                  .run(facets.newParentRunFacetRunBuilder().runId(run).build())
                  .job(facets.newParentRunFacetJobBuilder().namespace(namespace).name(name).build())
                  .build());
    }

    private List<InputDataset> inputs(String name, Optional<Job> job) {
      List<Table> tables =
          job.map(it -> it.needs().apply(settings::get))
              .orElseGet(() -> publications.get(name).reads());
      Stream<Origin> origins =
          job.stream().flatMap(it -> it.origins().apply(settings::get).stream());
      return Stream.concat(
              tables.stream().map(table -> input(dataset(table), table)),
              origins.map(
                  origin -> {
                    DatasetIdentifier at = dataset(origin);
                    return facets.newInputDataset(at.getNamespace(), at.getName(), null, null);
                  }))
          .toList();
    }
  }

  private InputDataset input(DatasetIdentifier at, Table table) {
    return facets.newInputDataset(at.getNamespace(), at.getName(), datasetFacets(table), null);
  }

  /** What was written; of a table that failed, what stands as it stood: nobody knows its rows. */
  private OutputDataset output(Table table, Outcome outcome) {
    DatasetIdentifier at = dataset(table);
    OpenLineage.OutputDatasetOutputFacetsBuilder written =
        facets.newOutputDatasetOutputFacetsBuilder();
    if (outcome.status() == Status.BUILT) {
      written.outputStatistics(
          facets.newOutputStatisticsOutputDatasetFacetBuilder().rowCount(outcome.rows()).build());
    }
    return facets.newOutputDataset(
        at.getNamespace(), at.getName(), datasetFacets(table), written.build());
  }

  private OpenLineage.DatasetFacets datasetFacets(Table table) {
    return facets
        .newDatasetFacetsBuilder()
        .documentation(
            facets.newDocumentationDatasetFacetBuilder().description(table.grain()).build())
        .schema(
            facets
                .newSchemaDatasetFacetBuilder()
                .fields(
                    table.columns().stream()
                        .map(
                            field ->
                                facets
                                    .newSchemaDatasetFacetFieldsBuilder()
                                    .name(field.name())
                                    .type(field.type().simpleString())
                                    .description(field.meaning())
                                    .build())
                        .toList())
                .build())
        .build();
  }

  private DatasetIdentifier dataset(Table table) {
    return dataset(new Origin(root + "/" + table.id().replace('.', '/'), Optional.empty()));
  }

  /** The name of a place; a path without a file system is of the one that Hadoop calls default. */
  static DatasetIdentifier dataset(Origin origin) {
    return origin
        .table()
        .map(
            table ->
                withoutOptions(
                    JdbcDatasetUtils.getDatasetIdentifier(
                        origin.location(), table, new Properties()),
                    table))
        .orElseGet(() -> FilesystemDatasetUtils.fromLocation(qualified(origin.location())));
  }

  /** Of databases that it knows less well, OpenLineage takes users and passwords for a name. */
  private static DatasetIdentifier withoutOptions(DatasetIdentifier at, String table) {
    String options = "[?;].*|:\\w+=.*";
    String database = at.getName().substring(0, at.getName().length() - table.length());
    String cut = database.replaceFirst("\\.$", "").replaceFirst(options, "");
    return new DatasetIdentifier(
        cut.isEmpty() ? table : cut + "." + table, at.getNamespace().replaceFirst(options, ""));
  }

  private static URI qualified(String location) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
    if (path.toUri().getScheme() != null) {
      return path.toUri();
    }
    try {
      return FileSystem.get(SparkSession.active().sparkContext().hadoopConfiguration())
          .makeQualified(path)
          .toUri();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RunFacetsBuilder runFacets(LocalDate asOf) {
    return facets
        .newRunFacetsBuilder()
        .nominalTime(
            facets
                .newNominalTimeRunFacetBuilder()
                .nominalStartTime(asOf.atStartOfDay(ZoneOffset.UTC))
                .build())
        .processing_engine(
            facets.newProcessingEngineRunFacetBuilder().name(ENGINE).version(version).build());
  }

  private OpenLineage.JobFacets jobFacets(String type, Optional<String> meaning) {
    OpenLineage.JobFacetsBuilder builder =
        facets
            .newJobFacetsBuilder()
            .jobType(
                facets
                    .newJobTypeJobFacetBuilder()
                    .processingType("BATCH")
                    .integration("HOLDFAST")
                    .jobType(type)
                    .build());
    meaning.ifPresent(
        it ->
            builder.documentation(
                facets.newDocumentationJobFacetBuilder().description(it).build()));
    return builder.build();
  }

  private OpenLineage.ErrorMessageRunFacet message(Failure failure) {
    return facets
        .newErrorMessageRunFacetBuilder()
        .message(String.valueOf(failure.getMessage()))
        .programmingLanguage("JAVA")
        .build();
  }

  private RunEvent event(
      EventType type,
      Instant at,
      UUID id,
      RunFacetsBuilder about,
      OpenLineage.Job job,
      List<InputDataset> inputs,
      List<OutputDataset> outputs) {
    return facets
        .newRunEventBuilder()
        .eventTime(ZonedDateTime.ofInstant(at, ZoneOffset.UTC))
        .eventType(type)
        .run(facets.newRun(id, about.build()))
        .job(job)
        .inputs(inputs)
        .outputs(outputs)
        .build();
  }

  /** Makes events now, and has them sent after those before. */
  private void tell(Supplier<List<RunEvent>> events) {
    if (isBroken.get()) {
      return;
    }
    try {
      for (RunEvent event : events.get()) {
        sender.execute(() -> send(event));
      }
    } catch (RuntimeException | LinkageError e) {
      broken(why(e));
    }
  }

  private void send(RunEvent event) {
    if (isBroken.get()) {
      return;
    }
    try {
      client.orElseThrow().emit(event);
    } catch (RuntimeException | LinkageError e) {
      broken(why(e));
    }
  }

  private void broken(String why) {
    if (isBroken.compareAndSet(false, true)) {
      err.printf(
          "Cannot tell OpenLineage of the run: %s. No more events of it are sent; the run itself is not affected.%n",
          why);
      err.flush();
    }
  }
}
