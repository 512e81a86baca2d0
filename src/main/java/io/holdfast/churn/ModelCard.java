package io.holdfast.churn;

import io.holdfast.churn.Training.Gate;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a person should know of a model before trusting it, as Markdown. */
final class ModelCard {

  private static final Set<String> NOT_IN_JSON =
      Set.of("artifact", "card_markdown", "profile", "calibration");

  private ModelCard() {}

  /**
   * Writes a card.
   *
   * @param model a row of {@code churn.models}, by column
   * @param gates what it had to meet
   */
  static String of(Map<String, Object> model, List<Gate> gates) {
    StringBuilder card = new StringBuilder();
    card.append("# Churn model ").append(model.get("model_id")).append("\n\n");
    card.append("**").append(model.get("status")).append("**\n\n");
    card.append("## Data\n\n");
    card.append(
        "%s mature observations of %s customers; %s churned customers; base rate %s.\n"
            .formatted(
                model.get("observations"),
                model.get("customers"),
                model.get("churned_customers"),
                text(model.get("base_rate"))));
    card.append(
        "\nRead from %s, definitions %s, hash %s: `holdfast dataset --model %s` writes the rows.\n"
            .formatted(
                model.get("input_versions"),
                model.get("training_set"),
                model.get("data_hash"),
                model.get("model_id")));
    if (model.get("split") == null) {
      card.append("\nNothing was trained. Scores stay empty, and the base rate stands instead.\n");
      return card.toString();
    }
    split(card, model);
    figures(card, model);
    card.append("\n## Gates\n\n");
    for (Gate gate : gates) {
      card.append(gate.isPassed() ? "- passed: " : "- FAILED: ")
          .append(gate.sentence())
          .append('\n');
    }
    limits(card, model);
    return card.toString();
  }

  /** The same for programs: every column but the artifact, and the gates. */
  static String json(Map<String, Object> model, List<Gate> gates) {
    Map<String, Object> card = new LinkedHashMap<>();
    model.forEach(
        (name, value) -> {
          if (!NOT_IN_JSON.contains(name)) {
            card.put(name, value instanceof LocalDate day ? day.toString() : value);
          }
        });
    card.put("gates", gates);
    return Training.json(card);
  }

  static String text(Object figure) {
    if (figure == null || figure.equals(Double.NaN)) {
      return "unknown";
    }
    return figure instanceof Double number
        ? String.format(Locale.ROOT, "%.4f", number)
        : figure.toString();
  }

  private static void split(StringBuilder card, Map<String, Object> model) {
    card.append("\n## Training\n\n");
    card.append(
        "%s with %s on %s; %s observations, %s churned.\n\n"
            .formatted(
                model.get("algorithm"),
                model.get("parameters"),
                model.get("features"),
                model.get("train_observations"),
                model.get("train_churned")));
    card.append("| slice | from | to |\n| --- | --- | --- |\n");
    for (String slice : List.of(Slices.TRAIN, Slices.CALIBRATION, Slices.TEST)) {
      card.append(
          "| %s | %s | %s |\n"
              .formatted(slice, model.get(slice + "_from"), model.get(slice + "_to")));
    }
  }

  private static void figures(StringBuilder card, Map<String, Object> model) {
    card.append(
        "\n## Test slice: %s observations, %s churned\n\n"
            .formatted(model.get("test_observations"), model.get("test_churned")));
    card.append(
        "| figure | model | base rate | days since last use |\n| --- | --- | --- | --- |\n");
    interval(card, "ROC-AUC, 95% interval", model, "roc_auc");
    interval(card, "PR-AUC, 95% interval", model, "pr_auc");
    line(card, "PR-AUC", model, "pr_auc", "test_base_rate", "idle_days_pr_auc");
    line(card, "ROC-AUC", model, "roc_auc", "", "idle_days_roc_auc");
    line(card, "lift, top 5%", model, "lift_5pct", "", "");
    line(card, "lift, top 10%", model, "lift_10pct", "", "idle_days_lift_10pct");
    line(card, "lift, top 20%", model, "lift_20pct", "", "");
    line(card, "recall, top 10%", model, "recall_10pct", "", "idle_days_recall_10pct");
    line(card, "recall, top 20%", model, "recall_20pct", "", "idle_days_recall_20pct");
    line(card, "log loss", model, "log_loss", "base_rate_log_loss", "");
    line(card, "Brier score", model, "brier", "base_rate_brier", "");
    line(card, "Brier skill", model, "brier_skill", "", "");
    line(card, "Brier skill, lower bound", model, "brier_skill_low", "", "");
    line(card, "calibration slope", model, "calibration_slope", "", "");
    line(card, "calibration error", model, "calibration_error", "", "");
  }

  private static void line(
      StringBuilder card,
      String name,
      Map<String, Object> model,
      String figure,
      String baseRate,
      String idleDays) {
    card.append(
        "| %s | %s | %s | %s |\n"
            .formatted(
                name,
                text(model.get(figure)),
                baseRate.isEmpty() ? "" : text(model.get(baseRate)),
                idleDays.isEmpty() ? "" : text(model.get(idleDays))));
  }

  private static void interval(
      StringBuilder card, String name, Map<String, Object> model, String figure) {
    card.append(
        "| %s | %s to %s | | |\n"
            .formatted(name, text(model.get(figure + "_low")), text(model.get(figure + "_high"))));
  }

  private static void limits(StringBuilder card, Map<String, Object> model) {
    card.append("\n## Limits\n\n");
    if ("by customer".equals(model.get("split"))) {
      card.append(
          "- Too few observation dates to split by time: the slices hold different customers of"
              + " the same weeks. Expect less of the future than these figures say.\n");
    }
    card.append(
        "- The strongest feature is %s. By plan: %s\n"
            .formatted(model.get("strongest_feature"), model.get("segment_figures")));
    card.append(
        "- The same data, seed and partitions give the same model to the last digit; with other"
            + " churn.training.partitions sums may differ in the last digit, and splits with them.\n");
    card.append("- It learned from what went together, not from what causes churn.\n");
    card.append("- It knows nothing of customers in their first weeks: they are not observed.\n");
    card.append("- Bins of the calibration error hold equally many observations.\n");
  }
}
