package io.holdfast.cli;

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
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.OpenLineage.RunFacetsBuilder;
import io.openlineage.client.OpenLineageClient;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.client.utils.UUIDUtils;
import io.openlineage.client.utils.filesystem.FilesystemDatasetUtils;
import io.openlineage.client.utils.jdbc.JdbcDatasetUtils;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * conventions</a>: a table is the dataset at its path. What goes wrong is said once and stops
 * nothing.
 */
final class Lineage implements AutoCloseable {

  private static final URI PRODUCER = URI.create("urn:holdfast:openlineage");

  private static final String ENGINE = "spark";

  private final Optional<OpenLineageClient> client;
  private final OpenLineage facets = new OpenLineage(PRODUCER);
  private final String namespace;
  private final Program program;
  private final Settings settings;
  private final String root;
  private final PrintWriter err;
  private boolean isBroken;

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
      return Clients.newClient(() -> List.of(path));
    } catch (RuntimeException e) {
      throw new BadInput(
          "Cannot tell OpenLineage of the run: %s is no OpenLineage configuration: %s. It needs a transport, such as 'transport: {type: file, location: /path}'."
              .formatted(path.toAbsolutePath(), e.getMessage()),
          e);
    }
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
    OpenLineage.Job job = facets.newJob(namespace, name, jobFacets("RUN", Optional.empty()));
    emit(EventType.START, Instant.now(), id, runFacets(asOf), job, List.of(), List.of());
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
      RunFacetsBuilder about = runFacets(asOf);
      failure.ifPresent(it -> about.errorMessage(message(it)));
      emit(end, Instant.now(), id, about, job, List.of(), List.of());
    }
  }

  @Override
  public void close() {
    client.ifPresent(
        it -> {
          try {
            it.close();
          } catch (Exception e) { // Its interface declares all.
            broken(e);
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
        tell(outcome);
      }
    }

    private void tell(Outcome outcome) {
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
      emit(EventType.START, end.minus(outcome.elapsed()), id, ofTheRun(), what, inputs, outputs);
      RunFacetsBuilder about = ofTheRun();
      outcome.failure().ifPresent(it -> about.errorMessage(message(it)));
      emit(
          outcome.status() == Status.BUILT ? EventType.COMPLETE : EventType.FAIL,
          end,
          id,
          about,
          what,
          inputs,
          outputs);
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

  private OutputDataset output(Table table, Outcome outcome) {
    DatasetIdentifier at = dataset(table);
    return facets.newOutputDataset(
        at.getNamespace(),
        at.getName(),
        datasetFacets(table),
        facets
            .newOutputDatasetOutputFacetsBuilder()
            .outputStatistics(
                facets
                    .newOutputStatisticsOutputDatasetFacetBuilder()
                    .rowCount(outcome.rows())
                    .build())
            .build());
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

  static DatasetIdentifier dataset(Origin origin) {
    return origin
        .table()
        .map(
            table ->
                JdbcDatasetUtils.getDatasetIdentifier(origin.location(), table, new Properties()))
        .orElseGet(
            () ->
                FilesystemDatasetUtils.fromLocation(
                    new org.apache.hadoop.fs.Path(origin.location()).toUri()));
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
            facets
                .newProcessingEngineRunFacetBuilder()
                .name(ENGINE)
                .version(SparkSession.active().version())
                .build());
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

  private synchronized void emit(
      EventType type,
      Instant at,
      UUID id,
      RunFacetsBuilder about,
      OpenLineage.Job job,
      List<InputDataset> inputs,
      List<OutputDataset> outputs) {
    if (isBroken) {
      return;
    }
    try {
      client
          .orElseThrow()
          .emit(
              facets
                  .newRunEventBuilder()
                  .eventTime(ZonedDateTime.ofInstant(at, ZoneOffset.UTC))
                  .eventType(type)
                  .run(facets.newRun(id, about.build()))
                  .job(job)
                  .inputs(inputs)
                  .outputs(outputs)
                  .build());
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  private void broken(Exception why) {
    isBroken = true;
    err.printf(
        "Cannot tell OpenLineage of the run: %s. No more events of it are sent; the run itself is not affected.%n",
        why.getMessage());
    err.flush();
  }
}
