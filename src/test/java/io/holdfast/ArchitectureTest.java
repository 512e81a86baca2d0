package io.holdfast;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The layers: data flows down the stages, and only the platform knows Spark's and Delta's doors.
 */
class ArchitectureTest {

  private static final List<String> STAGES =
      List.of(
          "sources",
          "conformed",
          "activity",
          "metrics",
          "churn",
          "programs",
          "activation",
          "kpi",
          "ops",
          "report");

  private static final List<String> PLATFORM = List.of("table", "job", "lake", "config", "cli");

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.holdfast");
  }

  @Test
  void aStageReadsEarlierStagesAlone() {
    for (int i = 0; i < STAGES.size() - 1; i++) {
      String[] later =
          STAGES.subList(i + 1, STAGES.size()).stream()
              .map(stage -> "io.holdfast." + stage + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("io.holdfast." + STAGES.get(i) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(later)
          .check(classes);
    }
  }

  @Test
  void theJobsReadWhatTheirStageMay() {
    for (Job job : Catalog.JOBS) {
      for (Table read : job.reads()) {
        int own = STAGES.indexOf(job.table().stage());
        assertThat(STAGES.indexOf(read.stage()))
            .as("%s reads %s", job.table(), read)
            .isBetween(0, own);
      }
    }
  }

  @Test
  void everyJobStandsAfterWhatItReads() {
    List<Table> order = Catalog.JOBS.stream().map(Job::table).toList();
    for (Job job : Catalog.JOBS) {
      assertThat(order.subList(0, order.indexOf(job.table()))).containsAll(job.reads());
    }
  }

  @Test
  void thePlatformKnowsNoDomain() {
    String[] domain =
        STAGES.stream().map(stage -> "io.holdfast." + stage + "..").toArray(String[]::new);
    for (String platform : PLATFORM) {
      noClasses()
          .that()
          .resideInAPackage("io.holdfast." + platform + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(domain)
          .check(classes);
    }
  }

  @Test
  void thePlatformHasNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.holdfast.(*)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void theDomainOpensNoDoorOfItsOwn() {
    noClasses()
        .that()
        .resideInAnyPackage(
            STAGES.stream().map(stage -> "io.holdfast." + stage + "..").toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.spark.sql.DataFrameWriter")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("com.typesafe.config..", "io.delta..", "io.holdfast.lake..")
        .orShould()
        .callMethod(java.time.LocalDate.class, "now")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(classes);
  }

  @Test
  void deltaIsKnownToTheLakeAndTheLandingAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.holdfast.lake..", "io.holdfast.job..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.delta..", "org.apache.spark.sql.delta..")
        .check(classes);
  }

  @Test
  void utilityClassesAndRecordsAreFinal() {
    classes()
        .that()
        .resideInAnyPackage("io.holdfast..")
        .and()
        .areTopLevelClasses()
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .doNotHaveFullyQualifiedName("io.holdfast.failure.Failure")
        .should()
        .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
        .check(classes);
  }
}
