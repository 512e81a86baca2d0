#!/usr/bin/env python3
"""How good the churn model of a generated company is, held against the truth and other libraries. See README.md."""

import argparse
import gzip
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from deltalake import DeltaTable
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))

import common  # noqa: E402
import compare  # noqa: E402
from common import LAST, say  # noqa: E402

# The grid of the defaults; that of the example is a small one.
CONFIGURATION = """
include "generated.conf"
lake.path = "{lake}"
monitoring.prometheus_file = "{figures}"
churn.dataset.max_observation_weeks = {weeks}
churn.training.partitions = 2
churn.training.grid = {{
  logistic_regression = [
    {{ regularization = 0.01, elastic_net = 0.0 }}
    {{ regularization = 0.1, elastic_net = 0.0 }}
  ]
  random_forest = [{{ trees = 40, max_depth = 6 }}]
  gradient_boosted_trees = [
    {{ max_depth = 3, rounds = 80, step_size = 0.1 }}
    {{ max_depth = 5, rounds = 60, step_size = 0.1 }}
  ]
}}
"""

# What a planted effect of the generator is seen by. Written down before any model was looked at.
USE = ("active_", "days_since_active", "events_", "core_event", "quantity_", "lost_users", "used_seats", "logins_",
       "sessions_", "session_minutes", "dropped_features", "features_change", "tried_features")
SEEN_BY = {
    "falling_use": USE,
    "narrow_use": ("breadth_", "core_breadth", "advanced_breadth", "integration_breadth", "reporting_breadth",
                   "features_used", "dropped_features"),
    "late_value": ("has_seen_value", "days_to_value", "days_to_first_use"),
    "bad_support": ("tickets_", "open_tickets", "oldest_open", "escalations", "first_response", "resolution_days",
                    "ticket_satisfaction"),
    "price": ("mrr", "seats", "discount", "events_per_user", "quantity_", "plan"),
}

# Bounds as (figure, least, most); None: no bound on that side.
BOUNDS = {
    "full": [
        ("share of the way to the ceiling", 0.9, None),
        ("ROC-AUC below the best of the others", None, 0.005),
        ("Brier skill, lower bound", 0.0, None),
        ("calibration slope", 0.9, 1.1),
        ("calibration error", None, 0.02),
        ("lift of the first tenth", 1.5, None),
        ("planted causes among the first three reasons", 0.6, None),
    ],
    # What two thousand customers can tell apart from luck.
    "small": [
        ("share of the way to the ceiling", 0.7, None),
        ("ROC-AUC below the best of the others", None, 0.03),
        ("Brier skill, lower bound", -0.01, None),
        ("calibration slope", 0.6, 1.6),
        ("calibration error", None, 0.05),
        ("lift of the first tenth", 1.3, None),
        ("planted causes among the first three reasons", 0.5, None),
    ],
}


def ceiling(company: Path, first: date, last: date) -> dict:
    """ROC-AUC of the truth, where announced cancellations may not be read: of all dates, and of the test's."""
    rows = pd.read_csv(company / "truth" / "ceiling.csv", parse_dates=["observation_date"])
    of_test = rows[rows["observation_date"].between(pd.Timestamp(first), pd.Timestamp(last))]

    def auc(of: pd.DataFrame):
        churned = of["is_churned"].astype(str).str.lower().eq("true")
        return roc_auc_score(churned, of["unannounced"]) if churned.nunique() == 2 else None

    return {"all": auc(rows), "test dates": auc(of_test), "observations": len(rows),
            "observations of the test dates": len(of_test)}


def reasons(company: Path, predictions: pd.DataFrame, as_of: date) -> dict:
    """
    Of the scored customers for whom a planted effect at least doubled the chance to leave on the last day: the share
    with a feature of that effect among the three that raise the score most.
    """
    folder = company / "truth" / "hazards" / f"date={as_of}"
    hazards = pd.concat(pd.read_csv(gzip.open(file)) for file in sorted(folder.glob("*.csv.gz")))
    scored = predictions.merge(hazards, left_on="customer_id", right_on="account_id")
    found, all_of, right = {}, 0, 0
    for effect, names in SEEN_BY.items():
        concerned = scored[scored[effect] >= 2]
        shown = 0
        for contributions in concerned["contributions"]:
            raising = sorted(((added, name) for name, added in contributions if added > 0), reverse=True)[:3]
            shown += any(name.startswith(names) for _, name in raising)
        found[effect] = {"customers": len(concerned), "share": shown / len(concerned) if len(concerned) else None}
        all_of, right = all_of + len(concerned), right + shown
    return {"by effect": found, "customers": all_of, "share": right / all_of if all_of else None}


def scoring(work: Path, configuration: Path, lake: Path, model: str, customers: int, environment: dict) -> dict:
    """Scores customers with reasons in a process of its own: Scoring.java."""
    say(f"  scores of {customers:,} customers")
    classes = f"{ROOT / 'target' / 'classes'}:{(ROOT / 'target' / 'classpath.txt').read_text().strip()}"
    made = work / "classes"
    subprocess.run(["javac", "-nowarn", "-proc:none", "-cp", classes, "-d", str(made),
                    str(ROOT / "bench" / "model" / "Scoring.java")], check=True)
    command = ["java", f"@{ROOT / 'bin' / 'jvm.options'}", "-XX:+UseParallelGC", *environment["HOLDFAST_OPTS"].split(),
               f"-Dspark.master={environment['SPARK_MASTER']}", "-cp", f"{made}:{classes}", "io.holdfast.churn.Scoring",
               str(configuration), str(lake), model, str(customers), str(work / "scoring")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"Scoring ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--ceiling-runs", type=int, default=60)
    parser.add_argument("--weeks", type=int, default=104, help="Mondays that are observed")
    parser.add_argument("--scored", type=int, default=0, help="so many customers are scored once more, and timed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="6g", help="of Holdfast's JVM")
    parser.add_argument("--bounds", choices=sorted(BOUNDS), default="small", help="full: those of the goals")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "bench-model")
    parser.add_argument("--results", type=Path, help="a folder for the figures")
    args = parser.parse_args()
    work = args.work.resolve()
    work.mkdir(parents=True, exist_ok=True)

    company = common.generate(work, args.customers, args.days, args.seed, args.ceiling_runs)
    lake, configuration, figures = work / "lake", work / "quality.conf", work / "run.prom"
    (work / "generated.conf").write_text((ROOT / "conf" / "examples" / "generated.conf").read_text())
    configuration.write_text(CONFIGURATION.format(lake=lake, figures=figures, weeks=args.weeks))
    environment = common.environment(company, args.threads, args.memory)

    def run(*what: str) -> dict:
        return common.run(configuration, figures, environment, LAST, *what)

    def told(*arguments: str) -> str:
        return common.holdfast(environment, *arguments, "--config", str(configuration))

    runs = {"ingest": run("ingest"), "activity": run("activity"), "data set": run("churn_dataset"),
            "training": run("churn_training"), "scoring": run("scoring")}
    models = DeltaTable(str(lake / "churn" / "models")).to_pandas(
        columns=["model_id", "algorithm", "is_champion", "status", "observations"])
    say(models.drop(columns=["observations"]).to_string(index=False))
    champion = models[models["is_champion"]]
    if champion.empty:
        raise SystemExit("There is no champion, and so nothing to measure.")
    model = champion.iloc[0]["model_id"]
    card = json.loads(told("model", "show", model, "--json"))
    rows_file = work / "rows.csv"
    told("dataset", "--model", model, "--csv", str(rows_file))
    rows = pd.read_csv(rows_file, low_memory=False)
    side_by_side = compare.compared(rows, card)

    tests = pd.to_datetime(rows.loc[rows["slice"] == "test", "observation_date"])
    truth = ceiling(company, tests.min().date(), tests.max().date())
    predictions = DeltaTable(str(lake / "churn" / "predictions")).to_pandas(
        columns=["as_of_date", "customer_id", "contributions"])
    explained = reasons(company, predictions[predictions["as_of_date"].astype(str) == str(LAST)], LAST)
    best = max(one["roc_auc"] for one in side_by_side[1:])
    measured = {
        "share of the way to the ceiling": (card["roc_auc"] - 0.5) / (truth["all"] - 0.5),
        "ROC-AUC below the best of the others": best - card["roc_auc"],
        "Brier skill, lower bound": card["brier_skill_low"],
        "calibration slope": card["calibration_slope"],
        "calibration error": card["calibration_error"],
        "lift of the first tenth": card["lift_10pct"],
        "planted causes among the first three reasons": explained["share"],
    }
    say(f"\n{champion.iloc[0]['observations']:,} observations, {len(card['features'])} features;"
        f" the ceiling {truth['all']:.4f}, on the test's dates {truth['test dates'] or float('nan'):.4f}\n")
    compare.show(side_by_side)
    say("")
    for name, one in runs.items():
        say(f"{name:<12} {one['seconds']:9.1f} s   " + ", ".join(f"{t} {s:.0f}" for t, s in one["tables"].items()))
    scored = scoring(work, configuration, lake, model, args.scored, environment) if args.scored else {}
    if scored:
        say(f"{scored['customers']:,} customers scored with reasons in {scored['seconds']:.1f} s")
    say("")
    for effect, one in explained["by effect"].items():
        share = "-" if one["share"] is None else f"{one['share']:.2f}"
        say(f"{effect:<14} doubled it for {one['customers']:>6} scored customers; among the first three reasons of {share}")
    say("")
    missed = []
    for figure, least, most in BOUNDS[args.bounds]:
        value = measured[figure]
        holds = value is not None and np.isfinite(value) and (least is None or value >= least) and (
            most is None or value <= most)
        missed += [] if holds else [figure]
        bound = " to ".join(str(one) for one in (least, most) if one is not None)
        side = "" if least is not None and most is not None else "at least " if least is not None else "at most "
        say(f"{figure:<48} {value:9.4f}   {side}{bound}{'' if holds else '   MISSED'}")
    if args.results:
        args.results.mkdir(parents=True, exist_ok=True)
        path = args.results / f"model-{args.customers}-customers.json"
        path.write_text(json.dumps({
            "customers": args.customers, "days": args.days, "seed": args.seed, "memory": args.memory,
            "machine": common.machine(), "observations": int(champion.iloc[0]["observations"]),
            "features": len(card["features"]), "ceiling": truth, "measured": measured, "missed": missed,
            "side_by_side": side_by_side, "reasons": explained, "holdfast": runs, "scored": scored}, indent=1, default=float) + "\n")
        say(f"\nWritten to {path}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
