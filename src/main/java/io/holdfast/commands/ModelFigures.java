package io.holdfast.commands;

import io.holdfast.churn.Models;
import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import java.sql.Date;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How good the models of the latest training are, beside what needs no model. */
public final class ModelFigures {

  public static final View VIEW = new View(Models.TABLE, ModelFigures::text);

  /** A figure of a model and the columns that hold its baselines, or an empty text. */
  private record Figure(String name, String column, String baseRate, String idleDays) {}

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("ROC-AUC", "roc_auc", "", "idle_days_roc_auc"),
          new Figure("PR-AUC", "pr_auc", "test_base_rate", "idle_days_pr_auc"),
          new Figure("log loss (less is better)", "log_loss", "base_rate_log_loss", ""),
          new Figure("Brier score (less is better)", "brier", "base_rate_brier", ""),
          new Figure("Brier skill", "brier_skill", "", ""),
          new Figure("Brier skill, lower bound", "brier_skill_low", "", ""),
          new Figure("calibration slope (ideal: 1)", "calibration_slope", "", ""),
          new Figure("calibration error, ECE", "calibration_error", "", ""),
          new Figure("lift, top 5%", "lift_5pct", "", ""),
          new Figure("lift, top 10%", "lift_10pct", "", "idle_days_lift_10pct"),
          new Figure("lift, top 20%", "lift_20pct", "", ""),
          new Figure("recall, top 10%", "recall_10pct", "", "idle_days_recall_10pct"),
          new Figure("recall, top 20%", "recall_20pct", "", "idle_days_recall_20pct"));

  private ModelFigures() {}

  static String text(Dataset<Row> rows, Page page) {
    List<Row> all = rows.drop("artifact", "card_markdown").collectAsList();
    Optional<Date> latest =
        all.stream().map(row -> row.<Date>getAs("as_of_date")).max(Comparator.naturalOrder());
    if (latest.isEmpty()) {
      return "No model was ever trained.%n".formatted();
    }
    List<Row> models =
        all.stream()
            .filter(row -> row.<Date>getAs("as_of_date").equals(latest.get()))
            .sorted(Comparator.comparing((Row row) -> row.<String>getAs("algorithm")))
            .toList();
    StringBuilder text = new StringBuilder();
    trained(text, models.get(0), latest.get());
    for (Row model : models) {
      text.append(
          "%s %s: %s%n"
              .formatted(
                  isChampion(model) ? "*" : " ", name(model), model.<String>getAs("status")));
    }
    text.append("%n".formatted());
    if (models.stream().anyMatch(model -> model.getAs("pr_auc") != null)) {
      figures(text, models, page);
    }
    serving(text, all, latest.get());
    return text.toString();
  }

  private static void trained(StringBuilder text, Row model, Date night) {
    text.append(
        "Trained on the night of %s: %s observations of %s customers, %s of which left; base rate %s.%n"
            .formatted(
                night,
                TextTable.cell(model.getAs("observations")),
                TextTable.cell(model.getAs("customers")),
                TextTable.cell(model.getAs("churned_customers")),
                share(model.getAs("base_rate"))));
    if (model.getAs("split") != null) {
      text.append(
          "Split %s; figures are of the untouched test slice, %s to %s: %s observations, %s left.%n"
              .formatted(
                  model.<String>getAs("split"),
                  model.<Date>getAs("test_from"),
                  model.<Date>getAs("test_to"),
                  TextTable.cell(model.getAs("test_observations")),
                  TextTable.cell(model.getAs("test_churned"))));
    }
    text.append("%n".formatted());
  }

  private static void figures(StringBuilder text, List<Row> models, Page page) {
    List<String> heads = new ArrayList<>();
    heads.add("figure");
    models.forEach(model -> heads.add(name(model) + (isChampion(model) ? "*" : "")));
    heads.addAll(List.of("base rate", "days since last use"));
    TextTable table = new TextTable(heads);
    Row first = models.get(0);
    for (Figure figure : FIGURES) {
      List<Object> cells = new ArrayList<>();
      cells.add(figure.name());
      models.forEach(model -> cells.add(decimal(model, figure.column())));
      cells.add(decimal(first, figure.baseRate()));
      cells.add(decimal(first, figure.idleDays()));
      table.row(cells);
    }
    text.append(table.text(page))
        .append("The last two columns need no model: a model is worth its distance to them.")
        .append(models.stream().anyMatch(ModelFigures::isChampion) ? " * champion" : "")
        .append("%n%n".formatted());
  }

  private static void serving(StringBuilder text, List<Row> all, Date latest) {
    Optional<Row> champion =
        all.stream()
            .filter(ModelFigures::isChampion)
            .max(Comparator.comparing((Row row) -> row.<Date>getAs("as_of_date")));
    if (champion.isEmpty()) {
      text.append("No champion yet: nobody is scored.%n".formatted());
    } else if (!champion.get().<Date>getAs("as_of_date").equals(latest)) {
      text.append(
          "Serving since %s: %s.%n"
              .formatted(
                  champion.get().<Date>getAs("as_of_date"),
                  champion.get().<String>getAs("model_id")));
    } else {
      text.append("Serving: %s.%n".formatted(champion.get().<String>getAs("model_id")));
    }
  }

  private static boolean isChampion(Row model) {
    return Boolean.TRUE.equals(model.<Boolean>getAs("is_champion"));
  }

  private static String name(Row model) {
    return model.<String>getAs("algorithm").replace('_', ' ');
  }

  private static String decimal(Row model, String column) {
    Double figure = column.isEmpty() ? null : model.<Double>getAs(column);
    return figure == null || figure.isNaN() ? TextTable.NONE : "%.3f".formatted(figure);
  }

  private static String share(Double share) {
    return share == null ? TextTable.NONE : "%.1f%%".formatted(share * 100);
  }
}
