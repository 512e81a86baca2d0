#!/usr/bin/env python3
"""Holdfast, DuckDB and Spark SQL side by side on the same questions. See bench/README.md."""

import argparse
import json
import os
import shutil
import subprocess
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from deltalake import DeltaTable

import common
import questions
from common import LAST, ROOT, generate, program, say

TZ = ZoneInfo("America/New_York")
RECENT_DAYS = 90
NAMES = tuple(questions.DEFINITIONS)
INPUTS = {
    "raw_events": "conformed/events",
    "customers": "conformed/customers",
    "users": "conformed/users",
    "aliases": "activity/aliases",
    "mrr": "activity/customer_mrr",
    "spells": "activity/paying_spells",
}
TABLES = ("activity", "retention")


class Holdfast:
    """The product on one lake: each run in a process of its own, as a scheduler starts it."""

    def __init__(self, work: Path, company: Path, lake: str, threads: int):
        self.lake = work / lake
        self.folder = work / f"conf-{lake}"
        self.figures = self.folder / "run.prom"
        self.ingested = work / f"{lake}-ingested"
        self.threads = threads
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "conf" / "examples" / "generated.conf", self.folder / "generated.conf")
        self.configure(NAMES)
        self.environment = common.environment(company, threads, "4g")

    def configure(self, definitions):
        (self.folder / "bench.conf").write_text(
            'include "generated.conf"\n' + f'lake.path = "{self.lake}"\n'
            + f'monitoring.prometheus_file = "{self.figures}"\n' + questions.configuration(definitions))

    def run(self, as_of: date, *what: str) -> dict:
        return common.run(self.folder / "bench.conf", self.figures, self.environment, as_of, *what)

    def ingest(self, as_of: date) -> dict:
        """Takes all history in, or takes what an earlier run of the same program took in."""
        done = self.ingested / "done.json"
        made = {"program": program(), "as_of": str(as_of), "threads": self.threads}
        shutil.rmtree(self.lake, ignore_errors=True)
        if done.exists():
            before = json.loads(done.read_text())
            if before["made"] == made:
                say(f"  what was ingested before, by {self.ingested}")
                copy_lake(self.ingested / "lake", self.lake)
                return {**before["run"], "is_of_an_earlier_run": True}
        run = self.run(as_of, "ingest")
        shutil.rmtree(self.ingested, ignore_errors=True)
        copy_lake(self.lake, self.ingested / "lake")
        done.write_text(json.dumps({"made": made, "run": run}))
        return run

    def load(self) -> dict[str, dict]:
        """The first load and all tables of it, the night after it, and a night that brings nothing."""
        loaded, empty = LAST - timedelta(days=1), LAST + timedelta(days=1)
        return {
            "ingest of all history": self.ingest(loaded),
            "rebuild": self.run(loaded, *TABLES),
            "night's ingest": self.run(LAST, "ingest"),
            "night": self.run(LAST, *TABLES),
            "inputs": self.inputs(),
            "empty night's ingest": self.run(empty, "ingest"),
            "empty night": self.run(empty, *TABLES),
        }

    def inputs(self) -> dict[str, list[str]]:
        return {name: DeltaTable(str(self.lake / table)).file_uris() for name, table in INPUTS.items()}

    def rows(self, table: str) -> str:
        files = DeltaTable(str(self.lake / table)).file_uris()
        return f"read_parquet({files!r}, hive_partitioning = true, union_by_name = true)"


def copy_lake(lake: Path, to: Path):
    """Files of rows are never written again, and are linked; those of logs are, and are copied."""

    def copied(one: str, other: str):
        is_of_rows = one.endswith(".parquet") and "_delta_log" not in one
        return os.link(one, other) if is_of_rows else shutil.copy2(one, other)

    shutil.copytree(lake, to, copy_function=copied)


def recent(work: Path, company: Path) -> Path:
    """The same company, whose events begin so many days before its last day."""
    out = fresh(work / "recent")
    first = f"date={LAST - timedelta(days=RECENT_DAYS - 1)}"
    for feed in sorted((company / "landing").iterdir()):
        for folder in sorted(feed.iterdir()):
            if feed.name != "events" or folder.name >= first:
                shutil.copytree(folder, out / "landing" / feed.name / folder.name, copy_function=os.link)
    return out


def days_of(work: Path, days: int) -> str:
    """
    Each local day and the microsecond in which it begins, for contenders that keep no time zones: from a year and more
    before the events, when the first customers signed up, to the day on which the night ends.
    """
    path = work / "days.parquet"
    con = duckdb.connect()
    con.execute("CREATE TABLE days (day DATE, first_us BIGINT)")
    first = LAST - timedelta(days=days + 400)
    for day in (first + timedelta(days=i) for i in range(days + 402)):
        begins = datetime(day.year, day.month, day.day, tzinfo=TZ).astimezone(timezone.utc)
        con.execute("INSERT INTO days VALUES (?, ?)", (day, int(begins.timestamp() * 1_000_000)))
    con.execute(f"COPY days TO '{path}' (FORMAT parquet)")
    return str(path)


def duck(work: Path, inputs: dict[str, list[str]], threads: int) -> dict[str, float]:
    say("  DuckDB")
    out = fresh(work / "answers" / "duckdb")
    con = duckdb.connect()
    con.execute(f"SET threads = {threads}; SET memory_limit = '4GB'; SET temp_directory = '{work / 'spill'}'; "
                "SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    for name, files in inputs.items():
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({files!r}, hive_partitioning = true)")
    seconds = {}
    start = time.monotonic()
    for name, sql in questions.views(questions.DUCKDB, LAST).items():
        con.execute(f"CREATE TEMP TABLE {name} AS {sql}")
    seconds["views"] = time.monotonic() - start
    for name, sql in questions.all_of(questions.DUCKDB, LAST).items():
        start = time.monotonic()
        con.execute(f"COPY ({sql}) TO '{out / name}.parquet' (FORMAT parquet)")
        seconds[name] = time.monotonic() - start
    return seconds


def spark(work: Path, inputs: dict[str, list[str]], threads: int) -> dict[str, float]:
    say("  Spark SQL")
    out = fresh(work / "answers" / "spark")
    job, times = work / "naive.json", work / "naive-times.json"
    job.write_text(json.dumps({
        "tables": inputs, "views": questions.views(questions.SPARK, LAST),
        "questions": questions.all_of(questions.SPARK, LAST),
        "made": str(fresh(work / "views")), "out": str(out), "times": str(times)}))
    command = ["java", f"@{ROOT / 'bin' / 'jvm.options'}", "-Xmx4g", "-XX:+UseParallelGC",
               f"-Dspark.master=local[{threads}]", f"-Dspark.local.dir={work / 'spill'}",
               "-cp", (ROOT / "target" / "classpath.txt").read_text().strip(), str(ROOT / "bench" / "NaiveSpark.java"),
               str(job)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"Spark SQL ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return json.loads(times.read_text())


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def compare(product: Holdfast, answers: Path) -> dict[str, int]:
    """Every answer against the product's table, to the row. Returns the rows compared; a difference ends the run."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    compared = {}

    def answer(name: str) -> str:
        path = answers / f"{name}.parquet"
        return f"'{path}/*.parquet'" if path.is_dir() else f"'{path}'"

    def same(name: str, theirs: str, ours: str):
        for one, other, where in ((theirs, ours, "not in Holdfast"), (ours, theirs, "in Holdfast alone")):
            rows = con.execute(f"({one}) EXCEPT ALL ({other}) LIMIT 5").fetchall()
            if rows:
                raise SystemExit(f"{answers.name} and Holdfast differ in {name}: {where}: {rows}")
        compared[name] = con.execute(f"SELECT count(*) FROM ({theirs})").fetchone()[0]

    days = ("customer_id", "event_date", "events", "active_users", "features_used", "sessions")
    same("customer_days",
         f"SELECT {', '.join(days)} FROM {answer('customer_days')}",
         f"SELECT {', '.join(days)} FROM {product.rows('activity/customer_days')} WHERE event_date <= DATE '{LAST}'")
    days = "customer_id, feature, event_date, events, CAST(quantity AS DECIMAL(18, 4))"
    same("feature_days",
         f"SELECT {days} FROM {answer('feature_days')}",
         f"SELECT {days} FROM {product.rows('activity/feature_days')} WHERE event_date <= DATE '{LAST}'")
    for name in NAMES:
        same(f"retention.{name}",
             "SELECT definition, cohort, segment_dimension, segment_value, CAST(period AS INTEGER), "
             "CAST(cohort_size AS BIGINT), CAST(lived_through AS BIGINT), CAST(retained AS BIGINT), "
             f"CAST(returns_in_start AS BIGINT) FROM {answer('retention.' + name)}",
             "SELECT definition, cohort_start, segment_dimension, segment_value, period, cohort_size, lived_through, "
             f"retained, returns_in_start FROM {product.rows('metrics/cohort_retention')} "
             f"WHERE definition = '{name}' AND as_of_date = DATE '{LAST}'")
    for unit in ("customer", "user"):
        states = ("active_units", "new_units", "returning_units", "resurrecting_units", "dormant_units")
        for grain in questions.LIFECYCLE_PERIODS:
            same(f"lifecycle.{unit}.{grain}",
                 "SELECT period_start, segment_dimension, segment_value, "
                 + ", ".join(f"CAST({state} AS BIGINT)" for state in states)
                 + f" FROM {answer(f'lifecycle.{unit}.{grain}')}",
                 f"SELECT period_start, segment_dimension, segment_value, {', '.join(states)} "
                 f"FROM {product.rows('metrics/lifecycle')} WHERE unit = '{unit}' AND grain = '{grain}' "
                 f"AND as_of_date = DATE '{LAST}'")
        active = ("active_units_1d", "active_units_7d", "active_units_28d", "active_unit_days_28d")
        same(f"engagement.{unit}",
             "SELECT segment_dimension, segment_value, " + ", ".join(f"CAST({count} AS BIGINT)" for count in active)
             + f" FROM {answer(f'engagement.{unit}')}",
             f"SELECT segment_dimension, segment_value, {', '.join(active)} FROM {product.rows('metrics/engagement')} "
             f"WHERE unit = '{unit}' AND active_units_28d > 0 AND as_of_date = DATE '{LAST}'")
    say(f"  {answers.name}: {sum(compared.values()):,} rows of {len(compared)} answers are those of Holdfast")
    return compared


def ratios_of(own: dict, whole: dict[str, float], short: dict, one: dict, days: int) -> list[dict]:
    """What is measured, its goal, and the ratio; NaN where the parts are too short to tell."""

    def of(runs: dict, *names: str) -> float:
        return sum(runs[name]["seconds"] for name in names)

    night = ("night's ingest", "night")
    empty = ("empty night's ingest", "empty night")
    found = [
        ("DuckDB on all events / a night", "at least 5, at 100M events", whole["duckdb"] / of(own, *night)),
        ("DuckDB on all events / a night's tables, without its ingest", "", whole["duckdb"] / of(own, "night")),
        ("full rebuild / DuckDB", "at most 2", of(own, "rebuild") / whole["duckdb"]),
        ("an empty night / a night", "at most 0.5", of(own, *empty) / of(own, *night)),
    ]
    if "spark" in whole:
        found.append(("Spark SQL / full rebuild", "at least 3", whole["spark"] / of(own, "rebuild")))
    if one:
        table = "metrics.cohort_retention"
        found.append(("metrics.cohort_retention of an empty night, twenty definitions / one", "less than 3",
                      own["empty night"]["tables"][table] / one["tables"][table]))
    if short:
        above, above_recent = (of(runs, *night) - of(runs, *empty) for runs in (own, short))
        found.append((f"time above an empty night, {days} days of events / {RECENT_DAYS}", "at most 1.2",
                      above / above_recent if above_recent > 1 and above > 1 else float("nan")))
    return [{"what": what, "goal": goal, "ratio": round(ratio, 2)} for what, goal, ratio in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--days", type=int, default=730, help=f"more than {RECENT_DAYS}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "bench")
    parser.add_argument("--without", nargs="*", default=[], choices=["spark", "recent", "one"],
                        help="what is left out: Spark SQL, the lake of recent events, the single definition")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results")
    args = parser.parse_args()
    if args.days <= RECENT_DAYS:
        parser.error(f"--days must be above {RECENT_DAYS}")
    work = args.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    about = {**common.machine(), "duckdb": duckdb.__version__}

    company = generate(work, args.customers, args.days, args.seed)
    product = Holdfast(work, company, "lake", args.threads)
    own = product.load()
    inputs = {**own.pop("inputs"), "days": [days_of(work, args.days)]}
    events = duckdb.sql(f"SELECT count(*) FROM read_parquet({inputs['raw_events']!r})").fetchone()[0]
    one = {}
    if "one" not in args.without:
        product.configure((questions.ONE,))
        product.run(LAST + timedelta(days=2), *TABLES)      # lets go of the state of the others
        one = product.run(LAST + timedelta(days=3), *TABLES)
    rows, short = {}, {}
    if "recent" not in args.without:
        lake = Holdfast(work, recent(work, company), "lake-recent", args.threads)
        short = lake.load()
        duck(work, {**short.pop("inputs"), "days": inputs["days"]}, args.threads)
        rows["duckdb, recent"] = compare(lake, work / "answers" / "duckdb")

    say(f"{events:,} events")
    contenders = {"duckdb": duck(work, inputs, args.threads)}
    rows["duckdb"] = compare(product, work / "answers" / "duckdb")
    if "spark" not in args.without:
        contenders["spark"] = spark(work, inputs, args.threads)
        rows["spark"] = compare(product, work / "answers" / "spark")

    size = f"{events / 1e6:.0f}M" if events >= 1e6 else f"{events / 1e3:.0f}k"
    parts = "".join(f"-without-{part}" for part in sorted(args.without))
    path = args.results / f"nights-{size}-events{parts}.json"
    args.results.mkdir(parents=True, exist_ok=True)
    figures = {"events": events, "customers": args.customers, "days": args.days, "seed": args.seed, "machine": about,
               "holdfast": own, "holdfast, one definition": one, "holdfast, recent": short, "contenders": contenders,
               "rows_compared": rows}
    path.write_text(json.dumps(figures, indent=1) + "\n")
    whole = {name: sum(s for question, s in times.items() if question != "session")
             for name, times in contenders.items()}
    figures["ratios"] = ratios_of(own, whole, short, one, args.days)
    path.write_text(json.dumps(figures, indent=1) + "\n")

    print()
    for name, run in own.items():
        print(f"Holdfast, {name:<28} {run['seconds']:9.1f} s   and {run['session']:.1f} s for the session")
    for name, seconds in whole.items():
        print(f"{name + ', all questions':<38} {seconds:9.1f} s")
    print()
    for each in figures["ratios"]:
        print(f"{each['what']:<76} {each['ratio']:>7.2f}   {each['goal']}")
    print(f"\nWritten to {path}")


if __name__ == "__main__":
    main()
