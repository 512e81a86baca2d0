#!/usr/bin/env python3
"""Fits other libraries on the very rows that a Holdfast model was made of, and prints all side by side.

    holdfast model show ID --json > card.json
    holdfast dataset --model ID --csv rows.csv
    python bench/model/compare.py rows.csv card.json

Train and test are the model's own slices. What is fitted here (medians, categories, scaling) is fitted on the
training slice; probabilities are calibrated on the calibration slice by the same rule as in Holdfast: isotonic
with 200 positives, else Platt.
"""

import argparse
import json
import time

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

SEED = 20260101
NOT_FEATURES = {
    "observation_date", "customer_id", "slice", "attributes", "is_churned", "is_churned_voluntary",
    "is_churned_involuntary", "churn_date", "days_to_scheduled_end",
}
MOST_NAMES = 20
ISOTONIC_POSITIVES = 200
FIGURES = ("roc_auc", "pr_auc", "log_loss", "brier")


def inputs(rows: pd.DataFrame, train: pd.Series, kept: list[str]) -> pd.DataFrame:
    """Numbers as they are, categories as one column a frequent name of the training slice."""
    attributes = rows["attributes"].fillna("{}").map(json.loads)
    columns = {}
    for name in kept:
        if name.startswith("attribute_"):
            value = attributes.map(lambda one, key=name[len("attribute_"):]: one.get(key))
        else:
            value = rows[name]
        numbers = pd.to_numeric(value, errors="coerce")
        if numbers.notna().sum() == value.notna().sum():
            columns[name] = numbers.astype(float)
        else:
            for one in value[train].value_counts().index[:MOST_NAMES]:
                columns[f"{name}={one}"] = (value == one).astype(float)
    return pd.DataFrame(columns, index=rows.index)


def candidates():
    """Each with a small grid of its own, chosen by PR-AUC on the last fifth of the training dates."""
    for c in (0.01, 0.1, 1.0):
        yield "scikit-learn LogisticRegression", {"C": c}, lambda c=c: make_pipeline(
            StandardScaler(), LogisticRegression(C=c, max_iter=2000))
    for depth, rate in ((3, 0.05), (5, 0.05), (None, 0.05), (3, 0.1)):
        yield "scikit-learn HistGradientBoosting", {"max_depth": depth, "learning_rate": rate}, (
            lambda depth=depth, rate=rate: HistGradientBoostingClassifier(
                max_depth=depth, learning_rate=rate, max_iter=300, early_stopping=True,
                min_samples_leaf=20, random_state=SEED))
    for depth, rate, rounds in ((3, 0.05, 150), (5, 0.05, 100), (4, 0.1, 80), (3, 0.1, 80)):
        yield "XGBoost", {"max_depth": depth, "learning_rate": rate, "n_estimators": rounds}, (
            lambda depth=depth, rate=rate, rounds=rounds: XGBClassifier(
                max_depth=depth, learning_rate=rate, n_estimators=rounds, min_child_weight=5, subsample=0.8,
                colsample_bytree=0.8, tree_method="hist", n_jobs=2, random_state=SEED, eval_metric="logloss"))


def calibrated(calibrating, outcomes, scores):
    """Probabilities of scores, by the rule of the product."""
    if outcomes.sum() >= ISOTONIC_POSITIVES:
        fit = IsotonicRegression(out_of_bounds="clip").fit(calibrating, outcomes)
        found = fit.predict(scores)
    else:
        odds = lambda p: np.log(np.clip(p, 1e-9, 1 - 1e-9) / (1 - np.clip(p, 1e-9, 1 - 1e-9)))
        fit = LogisticRegression(C=1e6).fit(odds(calibrating).reshape(-1, 1), outcomes)
        found = fit.predict_proba(odds(scores).reshape(-1, 1))[:, 1]
    least = 0.5 / len(outcomes)
    return np.clip(found, least, 1 - least)


def compared(rows: pd.DataFrame, card: dict) -> list[dict]:
    """
    The figures of each on the test slice, Holdfast's own first.

    :param rows: what `holdfast dataset` writes
    :param card: what `holdfast model show ID --json` prints
    """
    y = rows["is_churned"].astype(str).str.lower().eq("true").astype(int).to_numpy()
    part = {name: (rows["slice"] == name).to_numpy() for name in ("train", "calibration", "test")}
    kept = [name for name in card["features"] if name not in NOT_FEATURES]
    x = inputs(rows, part["train"], kept)
    medians = x[part["train"]].median()
    filled = x.fillna(medians).fillna(0.0)
    x_missing = x.isna().astype(float).loc[:, x[part["train"]].isna().any()].add_prefix("unknown ")
    dense = pd.concat([filled, x_missing], axis=1)

    dates = rows["observation_date"].to_numpy()
    days = np.unique(dates[part["train"]])
    judged = part["train"] & np.isin(dates, days[-max(1, len(days) // 5):])
    # The outcome of the last date that fits is settled before the first that judges.
    purged = pd.to_datetime(dates) <= pd.Timestamp(dates[judged].min()) - pd.Timedelta(days=67)
    fits = part["train"] & purged
    if y[fits].sum() == 0 or y[judged].sum() == 0:
        customers = pd.util.hash_array(rows["customer_id"].astype(str).to_numpy()) % 5 == 0
        judged, fits = part["train"] & customers, part["train"] & ~customers

    best = {}
    for name, parameters, make in candidates():
        used = dense if "Logistic" in name else x
        model = make().fit(used[fits], y[fits])
        quality = average_precision_score(y[judged], model.predict_proba(used[judged])[:, 1])
        if name not in best or quality > best[name][0]:
            best[name] = (quality, parameters, make)

    for figure in FIGURES:
        assert card.get(figure) is not None, f"the card has no {figure}"
    found = [{"name": f"Holdfast {card['algorithm']}", **{figure: card[figure] for figure in FIGURES}}]
    for name, (_, parameters, make) in best.items():
        used = dense if "Logistic" in name else x
        begun = time.perf_counter()
        model = make().fit(used[part["train"]], y[part["train"]])
        seconds = time.perf_counter() - begun
        score = {one: model.predict_proba(used[part[one]])[:, 1] for one in ("calibration", "test")}
        p = calibrated(score["calibration"], y[part["calibration"]], score["test"])
        outcome = y[part["test"]]
        found.append({
            "name": name, "roc_auc": roc_auc_score(outcome, score["test"]),
            "pr_auc": average_precision_score(outcome, score["test"]), "log_loss": log_loss(outcome, p),
            "brier": brier_score_loss(outcome, p), "fit_seconds": round(seconds, 1), "parameters": parameters})
    return found


def show(found: list[dict]):
    """Prints them side by side."""
    print(f"{'':36} {'ROC-AUC':>8} {'PR-AUC':>8} {'log loss':>9} {'Brier':>8} {'fit, s':>7}")
    for one in found:
        print(f"{one['name']:36} {one['roc_auc']:8.4f} {one['pr_auc']:8.4f} {one['log_loss']:9.4f} {one['brier']:8.4f}"
              + (f" {one['fit_seconds']:7.1f}  {one['parameters']}" if "fit_seconds" in one else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", help="what `holdfast dataset` wrote")
    parser.add_argument("card", help="what `holdfast model show ID --json` printed")
    arguments = parser.parse_args()
    with open(arguments.card, encoding="utf-8") as file:
        card = json.load(file)
    rows = pd.read_csv(arguments.rows, low_memory=False)
    churned = rows["is_churned"].astype(str).str.lower().eq("true")
    of = {name: rows["slice"] == name for name in ("train", "test")}
    print(f"{of['train'].sum():,} training rows, {of['test'].sum():,} test rows, {churned[of['test']].sum():,} churned,"
          f" {len(card['features'])} features\n")
    show(compared(rows, card))


if __name__ == "__main__":
    main()
