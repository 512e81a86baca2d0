#!/usr/bin/env python3
"""Computes figures by the libraries that others trust, for the Java tests to equal.

    pip install -r src/test/python/requirements.txt
    python src/test/python/reference_figures.py write    # src/test/resources/reference/*.csv
    python src/test/python/reference_figures.py check    # the files are what the libraries say

survival_subjects.csv   who was followed, from when until when (days of tenure), and whether they left
survival.csv            Kaplan-Meier by lifelines: numbers at risk, estimate, log-log interval
wilson.csv              Wilson score intervals by statsmodels
newcombe.csv            Newcombe's interval of a difference of two rates, by statsmodels
survey_answers.csv      answers to two surveys
satisfaction.csv        their means, shares and net promoters by numpy
response_minutes.csv    minutes until first answers
response_quantiles.csv  their median and 90th percentile by numpy
"""

import csv
import io
import math
import sys
from pathlib import Path

import numpy as np
from lifelines import KaplanMeierFitter
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

OUT = Path(__file__).resolve().parents[1] / "resources" / "reference"


def subjects():
    """Four groups: plain, with ties, with late entry, and small enough to die out."""
    random = np.random.default_rng(20260101)
    for group, size, scale, late in (
        ("plain", 300, 200.0, 0.0),
        ("ties", 400, 12.0, 0.0),
        ("late", 300, 180.0, 0.6),
        ("few", 7, 40.0, 0.0),
    ):
        for _ in range(size):
            duration = 1 + int(random.exponential(scale))
            follow_up = 1 + int(random.uniform(0, 2.5 * scale))
            left = duration <= follow_up
            exit_day = min(duration, follow_up)
            entry = 0
            if random.uniform() < late:
                entry = int(random.uniform(0, exit_day))
            yield [group, entry, exit_day, int(left)]
    yield ["nobody_left", 0, 10, 0]
    yield ["nobody_left", 0, 20, 0]


def survival(rows):
    """One row per group and day on which somebody left."""
    for group in dict.fromkeys(row[0] for row in rows):
        of_group = [row for row in rows if row[0] == group]
        entry, exit_day, left = (np.array([row[i] for row in of_group]) for i in (1, 2, 3))
        fitter = KaplanMeierFitter(alpha=0.05)
        fitter.fit(exit_day, left, entry=entry if entry.any() else None)
        interval = fitter.confidence_interval_survival_function_
        for day in sorted(set(exit_day[left == 1])):
            at_risk = int(np.sum((entry < day) & (exit_day >= day)))
            gone = int(np.sum((exit_day == day) & (left == 1)))
            estimate = float(fitter.survival_function_.loc[day].iloc[0])
            low, high = (float(x) for x in interval.loc[day])
            if not 0 < estimate < 1:
                low = high = math.nan  # the log of the log of 0 or 1 is none
            yield [group, day, at_risk, gone, text(estimate), text(low), text(high)]


def wilson():
    for size in (1, 2, 5, 10, 29, 30, 100, 12345):
        for hits in sorted({0, 1, size // 3, size // 2, size - 1, size}):
            low, high = proportion_confint(hits, size, alpha=0.05, method="wilson")
            yield [f"{hits} of {size}", hits, size, text(hits / size), text(max(low, 0.0)), text(min(high, 1.0))]


def newcombe():
    for a, m, b, n in (
        (56, 70, 48, 80),
        (9, 10, 3, 10),
        (6, 7, 2, 7),
        (5, 56, 0, 29),
        (0, 10, 0, 20),
        (10, 10, 0, 10),
        (1, 1, 1, 2),
        (900, 1000, 850, 1100),
    ):
        low, high = confint_proportions_2indep(a, m, b, n, method="newcomb", compare="diff")
        yield [f"{a} of {m} and {b} of {n}", a, m, b, n, text(a / m - b / n), text(low), text(high)]


def answers():
    random = np.random.default_rng(20260102)
    for number in range(300):
        yield [f"n{number}", "nps", "", int(random.integers(0, 11)), 0, 10]
    for touchpoint, size, worst, best in (("support", 150, 1, 5), ("billing", 90, 0, 10), ("product", 7, 1, 7)):
        for number in range(size):
            yield [f"{touchpoint}{number}", "csat", touchpoint, int(random.integers(worst, best + 1)), worst, best]


def satisfaction(rows):
    scores = np.array([row[3] for row in rows if row[1] == "nps"])
    sides = (scores >= 9).astype(float) - (scores <= 6)
    reach = norm.ppf(0.975) * sides.std() / math.sqrt(len(sides))
    nps = [100 * x for x in (sides.mean(), sides.mean() - reach, sides.mean() + reach)]
    yield ["nps all", "nps", "all", len(sides), "", "", *map(text, nps)]
    csat = [row for row in rows if row[1] == "csat"]
    for touchpoint in ("all", "support", "billing", "product"):
        marks = [row for row in csat if touchpoint in ("all", row[2])]
        share = np.array([(row[3] - row[4]) / (row[5] - row[4]) for row in marks])
        top = np.mean([row[3] == row[5] for row in marks])
        yield [f"csat {touchpoint}", "csat", touchpoint, len(marks), text(share.mean()), text(top), "", "", ""]


def minutes():
    random = np.random.default_rng(20260103)
    for group, size in (("a", 1), ("b", 2), ("c", 11), ("d", 100)):
        for number in range(size):
            yield [f"{group}{number}", group, round(float(random.lognormal(4, 1)), 1)]


def quantiles(rows):
    for group in dict.fromkeys(row[1] for row in rows):
        values = np.array([row[2] for row in rows if row[1] == group])
        yield [group, text(np.quantile(values, 0.5)), text(np.quantile(values, 0.9))]


def text(number):
    return "" if math.isnan(number) else repr(float(number))


def files():
    rows = list(subjects())
    yield "survival_subjects.csv", ["case", "entry", "exit", "left"], rows
    yield (
        "survival.csv",
        ["case", "day", "at_risk", "gone", "survival", "low", "high"],
        list(survival(rows)),
    )
    yield "newcombe.csv", ["case", "a", "m", "b", "n", "difference", "low", "high"], list(newcombe())
    asked = list(answers())
    yield "survey_answers.csv", ["case", "survey", "touchpoint", "score", "scale_min", "scale_max"], asked
    yield (
        "satisfaction.csv",
        ["case", "measure", "touchpoint", "answers", "mean_score", "top_box_rate", "nps", "nps_low", "nps_high"],
        list(satisfaction(asked)),
    )
    waited = list(minutes())
    yield "response_minutes.csv", ["case", "customer_id", "first_response_minutes"], waited
    yield "response_quantiles.csv", ["case", "median", "p90"], list(quantiles(waited))
    yield "wilson.csv", ["case", "hits", "size", "rate", "low", "high"], list(wilson())


def main(task):
    OUT.mkdir(parents=True, exist_ok=True)
    for name, header, rows in files():
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
        if task == "write":
            (OUT / name).write_text(out.getvalue())
        else:
            equal(name, out.getvalue(), (OUT / name).read_text())
    print(f"{task}: done")


def equal(name, computed, committed):
    """To 1e-12: another processor may differ in the last digit."""
    one, other = (list(csv.reader(io.StringIO(text))) for text in (computed, committed))
    if len(one) != len(other):
        sys.exit(f"{name}: {len(other)} rows, but the libraries give {len(one)}")
    for mine, theirs in zip(one, other):
        for a, b in zip(mine, theirs):
            if a != b and not math.isclose(float(a), float(b), rel_tol=1e-12, abs_tol=1e-12):
                sys.exit(f"{name}: {theirs}, but the libraries give {mine}")


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit(__doc__)
    main(sys.argv[1])
