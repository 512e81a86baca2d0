#!/usr/bin/env python3
"""Holdfast, DuckDB and Spark SQL as it comes, side by side on the same questions. See bench/README.md.

    make bench                                   # minutes
    make bench BENCH='--customers 43000 --days 730'      # some 22 million events
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo
from datetime import datetime, timezone

import duckdb
from deltalake import DeltaTable

sys.path.insert(0, str(Path(__file__).parent))
import questions

ROOT = Path(__file__).resolve().parent.parent
LAST = date(2026, 6, 30)
TZ = ZoneInfo("America/New_York")
RECENT_DAYS = 90
INPUTS = {
    "raw_events": "conformed/events",
    "customers": "conformed/customers",
    "users": "conformed/users",
    "aliases": "activity/aliases",
    "mrr": "activity/customer_mrr",
    "spells": "activity/paying_spells",
}
SET = ("activity", "retention")


class Holdfast:
    """The product on one lake: each run in a process of its own, as a scheduler starts it."""

    def __init__(self, work: Path, landing: Path, lake: str, definitions, threads: int):
        self.lake = work / lake
        self.folder = work / f"conf-{lake}"
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "conf" / "examples" / "generated.conf", self.folder / "generated.conf")
        self.configure(definitions)
        self.environment = dict(
            os.environ, GENERATED_DIR=str(landing), HOLDFAST_OPTS="-Xmx4g", SPARK_MASTER=f"local[{threads}]")

    def configure(self, definitions):
        (self.folder / "bench.conf").write_text(
            'include "generated.conf"\n' + f'lake.path = "{self.lake}"\n' + questions.configuration(definitions))

    def run(self, as_of: date, *what: str) -> dict:
        """One night: seconds without the session's start, and that beside them."""
        command = [str(ROOT / "bin" / "holdfast"), "run", *what, "--as-of", str(as_of), "--times",
                   "--config", str(self.folder / "bench.conf")]
        start = time.monotonic()
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        wall = time.monotonic() - start
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        result = json.loads(done.stdout.strip().splitlines()[-1])
        print(f"  holdfast {' '.join(what):<28} {as_of}  {result['seconds']:8.1f} s   session {wall - result['seconds']:.1f} s",
              flush=True)
        return {"seconds": result["seconds"], "session": wall - result["seconds"],
                "longest": [line.split()[:2] for line in done.stdout.splitlines()
                            if line.strip().startswith(("conformed.", "sources.", "activity.", "metrics."))][-200:]}

    def files(self, table: str) -> list[str]:
        return DeltaTable(str(self.lake / table)).file_uris()


def generate(work: Path, customers: int, days: int, seed: int) -> Path:
    out = work / "company"
    done = work / "company.json"
    want = {"customers": customers, "days": days, "seed": seed}
    if done.exists() and json.loads(done.read_text()) == want:
        return out
    shutil.rmtree(out, ignore_errors=True)
    start = time.monotonic()
    subprocess.run(
        [str(ROOT / "bin" / "holdfast"), "generate", "--customers", str(customers), "--days", str(days), "--seed",
         str(seed), "--out", str(out), "--last-date", str(LAST)], check=True, stdout=subprocess.DEVNULL)
    print(f"  generated in {time.monotonic() - start:.1f} s", flush=True)
    done.write_text(json.dumps(want))
    return out


def recent(work: Path, company: Path) -> Path:
    """The same company, whose events begin 90 days before its last day."""
    out = work / "recent"
    shutil.rmtree(out, ignore_errors=True)
    first = f"date={LAST - timedelta(days=RECENT_DAYS - 1)}"
    for feed in sorted((company / "landing").iterdir()):
        for folder in sorted(feed.iterdir()):
            if feed.name != "events" or folder.name >= first:
                link = out / "landing" / feed.name / folder.name
                link.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(folder, link, copy_function=os.link)
    return out


def days_table(work: Path, first: date, last: date) -> Path:
    """Each local day and the microsecond in which it begins, for contenders that keep no time zones."""
    path = work / "days.parquet"
    rows = []
    day = first
    while day <= last:
        begins = datetime(day.year, day.month, day.day, tzinfo=TZ).astimezone(timezone.utc)
        rows.append((day, int(begins.timestamp() * 1_000_000)))
        day += timedelta(days=1)
    con = duckdb.connect()
    con.execute("CREATE TABLE days (day DATE, first_us BIGINT)")
    con.executemany("INSERT INTO days VALUES (?, ?)", rows)
    con.execute(f"COPY days TO '{path}' (FORMAT parquet)")
    return path


def duck(work: Path, inputs: dict[str, list[str]], as_of: date, definitions, threads: int) -> dict:
    out = fresh(work / "answers" / "duckdb")
    con = duckdb.connect()
    con.execute(f"SET threads = {threads}; SET memory_limit = '4GB'; SET temp_directory = '{work / 'spill'}'; "
                "SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    seconds = {}
    for name, files in inputs.items():
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({files!r}, hive_partitioning = true)")
    dialect = questions.Duck()
    start = time.monotonic()
    for name, sql in questions.views(dialect, as_of).items():
        con.execute(f"CREATE TEMP TABLE {name} AS {sql}")      # once, for all questions that follow
    seconds["events as they count"] = time.monotonic() - start
    for name, sql in questions.all_of(dialect, as_of, definitions).items():
        start = time.monotonic()
        con.execute(f"COPY ({sql}) TO '{out / name}.parquet' (FORMAT parquet)")
        seconds[name] = time.monotonic() - start
    print(f"  duckdb, all questions                               {sum(seconds.values()):8.1f} s", flush=True)
    return seconds


def spark(work: Path, inputs: dict[str, list[str]], as_of: date, definitions, threads: int) -> dict:
    out = fresh(work / "answers" / "spark")
    dialect = questions.Spark()
    job = work / "naive.json"
    times = work / "naive-times.json"
    job.write_text(json.dumps({
        "tables": inputs, "views": questions.views(dialect, as_of),
        "questions": questions.all_of(dialect, as_of, definitions), "out": str(out), "times": str(times)}))
    classpath = (ROOT / "target" / "classpath.txt").read_text().strip()
    opens = [line.strip() for line in (ROOT / "bin" / "holdfast").read_text().split("in java.lang ", 1)[1]
             .split("; do", 1)[0].replace("\\", " ").split()]
    command = ["java", "-Xmx4g", "-XX:+UseParallelGC", "--add-opens=java.base/java.lang=ALL-UNNAMED"]
    command += [f"--add-opens=java.base/{module}=ALL-UNNAMED" for module in opens]
    command += [f"-Dspark.master=local[{threads}]", f"-Dspark.local.dir={work / 'spill'}", "-cp", classpath,
                str(ROOT / "bench" / "NaiveSpark.java"), str(job)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"Spark SQL ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    seconds = json.loads(times.read_text())
    total = sum(s for name, s in seconds.items() if name != "session")
    print(f"  spark sql, all questions                            {total:8.1f} s   session {seconds['session']:.1f} s",
          flush=True)
    return seconds


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def compare(product: Holdfast, answers: Path, as_of: date, definitions) -> dict[str, int]:
    """Every answer against the product's table, to the row. Returns the rows compared; fails on a difference."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    compared = {}

    def view(table: str) -> str:
        return f"read_parquet({product.files(table)!r}, hive_partitioning = true, union_by_name = true)"

    def same(name: str, theirs: str, ours: str):
        left = con.execute(f"SELECT count(*) FROM ({theirs})").fetchone()[0]
        for one, other, whose in ((theirs, ours, "not in Holdfast"), (ours, theirs, "in Holdfast alone")):
            rows = con.execute(f"({one}) EXCEPT ALL ({other}) LIMIT 5").fetchall()
            if rows:
                raise SystemExit(f"{answers.name} and Holdfast differ in {name}: {whose}: {rows}")
        compared[name] = left

    same("customer_days", f"SELECT * FROM '{answers}/customer_days.parquet/**' ".replace("/**", "/*.parquet")
         if (answers / "customer_days.parquet").is_dir() else f"SELECT * FROM '{answers}/customer_days.parquet'",
         f"SELECT customer_id, event_date, events, active_users, features_used, sessions "
         f"FROM {view('activity/customer_days')} WHERE event_date <= DATE '{as_of}'")

    def answer(name: str) -> str:
        path = answers / f"{name}.parquet"
        return f"'{path}/*.parquet'" if path.is_dir() else f"'{path}'"

    same("feature_days",
         f"SELECT customer_id, feature, event_date, events, CAST(quantity AS DOUBLE) FROM {answer('feature_days')}",
         f"SELECT customer_id, feature, event_date, events, CAST(quantity AS DOUBLE) "
         f"FROM {view('activity/feature_days')} WHERE event_date <= DATE '{as_of}'")
    cells = ("definition, cohort_start, segment_dimension, segment_value, period, cohort_size, lived_through, "
             "retained, coalesce(returns_in_start, 0)")
    for name in definitions:
        same(f"retention.{name}",
             "SELECT definition, cohort, segment_dimension, segment_value, CAST(period AS INTEGER), "
             "CAST(cohort_size AS BIGINT), CAST(lived_through AS BIGINT), CAST(retained AS BIGINT), "
             f"CAST(returns_in_start AS BIGINT) FROM {answer('retention.' + name)}",
             f"SELECT {cells} FROM {view('metrics/cohort_retention')} "
             f"WHERE definition = '{name}' AND as_of_date = DATE '{as_of}'")
    counts = ("active_units", "new_units", "returning_units", "resurrecting_units", "dormant_units")
    for unit in ("customer", "user"):
        for grain in questions.LIFECYCLE_PERIODS:
            same(f"lifecycle.{unit}.{grain}",
                 "SELECT period_start, segment_dimension, segment_value, "
                 + ", ".join(f"CAST({count} AS BIGINT)" for count in counts)
                 + f" FROM {answer(f'lifecycle.{unit}.{grain}')}",
                 f"SELECT period_start, segment_dimension, segment_value, {', '.join(counts)} "
                 f"FROM {view('metrics/lifecycle')} WHERE unit = '{unit}' AND grain = '{grain}' "
                 f"AND as_of_date = DATE '{as_of}'")
        counted = ("active_units_1d", "active_units_7d", "active_units_28d", "active_unit_days_28d")
        same(f"engagement.{unit}",
             "SELECT segment_dimension, segment_value, " + ", ".join(f"CAST({count} AS BIGINT)" for count in counted)
             + f" FROM {answer(f'engagement.{unit}')}",
             f"SELECT segment_dimension, segment_value, {', '.join(counted)} FROM {view('metrics/engagement')} "
             f"WHERE unit = '{unit}' AND active_units_28d > 0 AND as_of_date = DATE '{as_of}'")
    print(f"  {answers.name}: {sum(compared.values()):,} rows of {len(compared)} answers are those of Holdfast", flush=True)
    return compared


def machine() -> dict:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor())
    return {"processor": model, "cores": os.cpu_count(), "python": platform.python_version(),
            "duckdb": duckdb.__version__,
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)}


def ratio(name: str, goal: str, value: float) -> dict:
    return {"what": name, "goal": goal, "ratio": round(value, 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "bench")
    parser.add_argument("--without", nargs="*", default=[], choices=["spark", "recent", "one"],
                        help="parts that are left out")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results")
    args = parser.parse_args()
    work = args.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    names = tuple(questions.DEFINITIONS)
    loaded, night = LAST - timedelta(days=1), LAST
    seconds = {}

    company = generate(work, args.customers, args.days, args.seed)
    for lake in ("lake", "lake-recent", "lake-one"):
        shutil.rmtree(work / lake, ignore_errors=True)

    print("Holdfast, from the first load to an empty night", flush=True)
    product = Holdfast(work, company, "lake", names, args.threads)
    seconds["ingest of all history"] = product.run(loaded, "ingest")
    seconds["rebuild"] = product.run(loaded, *SET)
    seconds["night's ingest"] = product.run(night, "ingest")
    seconds["night"] = product.run(night, *SET)
    inputs = {name: product.files(table) for name, table in INPUTS.items()}
    inputs["days"] = [str(days_table(work, LAST - timedelta(days=args.days + 400), LAST + timedelta(days=2)))]
    events = duckdb.sql(f"SELECT count(*) FROM read_parquet({inputs['raw_events']!r})").fetchone()[0]

    print(f"The others, on {events:,} events", flush=True)
    contenders = {"duckdb": duck(work, inputs, night, names, args.threads)}
    rows = {"duckdb": compare(product, work / "answers" / "duckdb", night, names)}
    if "spark" not in args.without:
        contenders["spark"] = spark(work, inputs, night, names, args.threads)
        rows["spark"] = compare(product, work / "answers" / "spark", night, names)

    print("Nights without news", flush=True)
    seconds["empty night's ingest"] = product.run(night + timedelta(days=1), "ingest")
    seconds["empty night"] = product.run(night + timedelta(days=1), *SET)

    if "one" not in args.without:
        print("One definition instead of twenty", flush=True)
        one = Holdfast(work, company, "lake", (questions.ONE,), args.threads)
        seconds["one definition"] = one.run(night + timedelta(days=2), "retention")
        product.configure(names)
        seconds["twenty definitions"] = product.run(night + timedelta(days=3), "retention")

    if "recent" not in args.without:
        print(f"The same nights over {RECENT_DAYS} days of history", flush=True)
        short = Holdfast(work, recent(work, company), "lake-recent", names, args.threads)
        seconds["recent: ingest of all history"] = short.run(loaded, "ingest")
        seconds["recent: rebuild"] = short.run(loaded, *SET)
        seconds["recent: night's ingest"] = short.run(night, "ingest")
        seconds["recent: night"] = short.run(night, *SET)
        seconds["recent: empty night's ingest"] = short.run(night + timedelta(days=1), "ingest")
        seconds["recent: empty night"] = short.run(night + timedelta(days=1), *SET)

    def of(name: str) -> float:
        return seconds[name]["seconds"]

    whole = {name: sum(s for question, s in times.items() if question != "session")
             for name, times in contenders.items()}
    both = of("night") + of("night's ingest")
    ratios = [
        ratio("DuckDB, all questions from raw / a night", "at least 5 at 100M events", whole["duckdb"] / of("night")),
        ratio("the same, the night's ingest with it", "", whole["duckdb"] / both),
        ratio("full rebuild / DuckDB", "at most 2", of("rebuild") / whole["duckdb"]),
    ]
    if "spark" in whole:
        ratios.append(ratio("Spark SQL / full rebuild", "at least 3", whole["spark"] / of("rebuild")))
    if "one" not in args.without:
        ratios.append(ratio("twenty definitions / one", "less than 3", of("twenty definitions") / of("one definition")))
    if "recent" not in args.without:
        above = both - of("empty night") - of("empty night's ingest")
        above_recent = (of("recent: night") + of("recent: night's ingest") - of("recent: empty night")
                        - of("recent: empty night's ingest"))
        ratios.append(ratio("time above an empty night, 24 months / 3 months", "at most 1.2", above / above_recent))
        ratios.append(ratio("an empty night / the whole night", "at most 0.5",
                            (of("empty night") + of("empty night's ingest")) / both))
    print()
    for one in ratios:
        print(f"{one['what']:<52} {one['ratio']:>8.2f}   {one['goal']}")
    args.results.mkdir(parents=True, exist_ok=True)
    size = f"{events / 1e6:.0f}M" if events >= 1e6 else f"{events / 1e3:.0f}k"
    path = args.results / f"nights-{size}-events.json"
    path.write_text(json.dumps({
        "events": events, "customers": args.customers, "days": args.days, "seed": args.seed,
        "machine": machine(), "ratios": ratios, "holdfast": seconds, "contenders": contenders,
        "rows_compared": rows}, indent=1) + "\n")
    print(f"\nWritten to {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")


if __name__ == "__main__":
    main()
