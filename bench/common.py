"""What the benchmarks share: the program, the machine, generated companies, and runs of Holdfast."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOLDFAST = ROOT / "bin" / "holdfast"
LAST = date(2026, 6, 30)


def say(text: str):
    print(text, flush=True)


def program(*parts: str) -> str:
    """Which program this is: a hash of what git tracks of it, and of what else lies there."""
    parts = parts or ("src", "jobs", "conf", "pom.xml")

    def told(*command: str) -> bytes:
        return subprocess.run(["git", *command, "--", *parts], cwd=ROOT, capture_output=True, check=True).stdout

    made = hashlib.sha256(told("ls-files", "--stage") + told("diff", "HEAD"))
    for name in sorted(told("ls-files", "--others", "--exclude-standard").decode().splitlines()):
        made.update(name.encode() + (ROOT / name).read_bytes())
    return made.hexdigest()[:16]


def generate(work: Path, customers: int, days: int, seed: int, ceiling_runs: int = 0) -> Path:
    """A generated company under `work`; one that lies there is taken if the same program made it the same way."""
    out, done = work / "company", work / "company.json"
    want = {"customers": customers, "days": days, "seed": seed, "last": str(LAST),
            "program": program("src/main/java/io/holdfast/generate")}
    if ceiling_runs:
        want["ceiling_runs"] = ceiling_runs
    if not done.exists() or json.loads(done.read_text()) != want:
        say(f"  a company of {customers:,} customers and {days} days")
        for old in (out, *work.glob("*-ingested")):
            shutil.rmtree(old, ignore_errors=True)
        subprocess.run(
            [str(HOLDFAST), "generate", "--customers", str(customers), "--days", str(days), "--seed", str(seed),
             "--out", str(out), "--last-date", str(LAST), "--ceiling-runs", str(ceiling_runs)],
            check=True, stdout=subprocess.DEVNULL)
        done.write_text(json.dumps(want))
    return out


def run(config: Path, figures: Path, environment: dict, as_of: date, *what: str) -> dict:
    """
    Runs applications in a process of their own, as a scheduler starts it. Seconds are without the session's start,
    which stands beside them; tables are those that took half a second and more.

    :param figures: the file named by monitoring.prometheus_file
    """
    say(f"  holdfast run {' '.join(what)} --as-of {as_of}")
    start = time.monotonic()
    printed = holdfast(environment, "run", *what, "--as-of", str(as_of), "--config", str(config))
    wall = time.monotonic() - start
    seconds = json.loads(printed.strip().splitlines()[-1])["seconds"]
    tables = re.findall(r'holdfast_table_build_seconds\{table="([^"]+)"\} ([0-9.]+)', figures.read_text())
    return {"seconds": seconds, "session": round(wall - seconds, 3),
            "tables": {name: float(value) for name, value in tables if float(value) >= 0.5}}


def holdfast(environment: dict, *arguments: str) -> str:
    """What a command prints; one that fails ends the benchmark."""
    done = subprocess.run([str(HOLDFAST), *arguments], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(
            f"holdfast {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def environment(company: Path, threads: int, memory: str) -> dict:
    """The environment of a Holdfast that reads a generated company; HOLDFAST_OPTS adds to its options."""
    return dict(os.environ, GENERATED_DIR=str(company), SPARK_MASTER=f"local[{threads}]",
                HOLDFAST_OPTS=f"-Xmx{memory} {os.environ.get('HOLDFAST_OPTS', '')}")


def machine() -> dict:
    about = {"processor": platform.processor(), "cores": os.cpu_count(), "system": platform.platform(),
             "python": platform.python_version()}
    info = Path("/proc/cpuinfo")
    if info.exists():
        about["processor"] = next(
            (line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")),
            about["processor"])
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    about["java"] = java.splitlines()[0] if java else ""
    jars = (ROOT / "target" / "classpath.txt").read_text()
    about["spark"] = re.search(r"spark-sql_[\d.]+-([\d.]+)\.jar", jars).group(1)
    return about
