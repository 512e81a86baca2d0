"""The lake of the demo: DEMO_DIR, which `make test-readers` makes."""

import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEMO = Path(os.environ.get("DEMO_DIR", ROOT / "target" / "demo")).resolve()
LAKE = DEMO / "lake"
PLAN = json.loads((ROOT / "airflow" / "plan.json").read_text())
PUBLISHED = [t["table"] for t in PLAN["tables"] if t["is_published"]]


def log(table):
    """Every action in a table's log, in order: what Delta itself wrote, read as plain JSON."""
    commits = sorted((LAKE / table.replace(".", "/") / "_delta_log").glob("*.json"))
    return [json.loads(line) for commit in commits for line in commit.read_text().splitlines()]


def stored_rows(table):
    """How many rows the files of the current version hold, by their statistics."""
    files = {}
    for action in log(table):
        if "add" in action:
            files[action["add"]["path"]] = json.loads(action["add"]["stats"])["numRecords"]
        if "remove" in action:
            files.pop(action["remove"]["path"], None)
    return sum(files.values())


def stored_schema(table):
    return json.loads([a["metaData"]["schemaString"] for a in log(table) if "metaData" in a][-1])


@pytest.fixture(scope="session", autouse=True)
def there_is_a_lake():
    assert (LAKE / "_holdfast.json").exists(), f"no lake at {LAKE}: run `make test-readers`"
