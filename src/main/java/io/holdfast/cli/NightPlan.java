package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.config.Application;
import io.holdfast.config.Profile;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Job;
import io.holdfast.job.Publication;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a scheduler has to know of a night, as JSON: the applications in order, what each waits for,
 * its size, deadline, retries and owner, the arguments of spark-submit, and the tables that come of
 * it. Texts in braces are the scheduler's to fill in: {@code {command}} is run or backfill.
 */
final class NightPlan {

  private final Program program;
  private final Map<String, Application> applications;
  private final Map<String, Profile> profiles;
  private final Map<String, String> builders = new LinkedHashMap<>();

  NightPlan(Program program, Map<String, Application> applications, Map<String, Profile> profiles) {
    this.program = program;
    this.applications = applications;
    this.profiles = profiles;
    applications.forEach(
        (name, application) -> application.tables().forEach(table -> builders.put(table, name)));
  }

  /** The plan's text, the same for the same program. */
  String json() {
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("class", "io.holdfast.Main");
    plan.put("applications", applications.keySet().stream().map(this::application).toList());
    plan.put("tables", program.jobs().stream().map(this::table).toList());
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    try {
      return new ObjectMapper()
              .writer(new DefaultPrettyPrinter().withArrayIndenter(lines).withObjectIndenter(lines))
              .writeValueAsString(plan)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts, numbers and lists are always JSON.", e);
    }
  }

  int applications() {
    return applications.size();
  }

  private Map<String, Object> application(String name) {
    Application application = applications.get(name);
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", name);
    one.put("after", after(name, application));
    one.put("tables", application.tables());
    one.put("publications", application.publications());
    one.put("profile", application.profile());
    one.put("deadline_minutes", application.deadlineMinutes());
    one.put("retries", application.retries());
    one.put("owner", application.owner());
    one.put("runbook", application.runbook());
    one.put("conf", profile(name, application.profile()).sparkConf());
    one.put("arguments", List.of("{command}", name, "--as-of", "{as_of}", "--config", "{config}"));
    return one;
  }

  private Profile profile(String name, String profile) {
    return Optional.ofNullable(profiles.get(profile))
        .orElseThrow(
            () ->
                new BadInput(
                    "Cannot plan %s: jobs/%s.conf asks for the profile '%s', and conf/profiles.conf has %s."
                        .formatted(name, name, profile, profiles.keySet())));
  }

  /** The other applications that build what this one reads, in the order of the night. */
  private List<String> after(String name, Application application) {
    Set<String> read = new LinkedHashSet<>();
    for (Job job : program.jobs()) {
      if (application.tables().contains(job.table().id())) {
        job.reads().forEach(table -> read.add(table.id()));
      }
    }
    for (Publication publication : program.publications()) {
      if (application.publications().contains(publication.name())) {
        publication.reads().forEach(table -> read.add(table.id()));
      }
    }
    List<String> after = new ArrayList<>();
    for (String other : applications.keySet()) {
      if (!other.equals(name) && read.stream().anyMatch(t -> other.equals(builders.get(t)))) {
        after.add(other);
      }
    }
    return after;
  }

  private Map<String, Object> table(Job job) {
    Table table = job.table();
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("table", table.id());
    one.put("grain", table.grain());
    one.put("application", builders.get(table.id()));
    one.put("is_published", table.published());
    one.put("reads", job.reads().stream().map(Table::id).toList());
    return one;
  }
}
