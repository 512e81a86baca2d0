"""Every published table is read by programs of other makers, as it is declared."""

import json
from importlib.util import find_spec
from pathlib import Path

import duckdb
import polars as pl
import pytest
from conftest import LAKE, PUBLISHED, stored_rows, stored_schema
from deltalake import DeltaTable

DUCK = {
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "long": "BIGINT",
    "integer": "INTEGER",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "binary": "BLOB",
}


def path(table):
    return str(LAKE / table.replace(".", "/"))


@pytest.fixture(scope="session")
def duck():
    """DuckDB with its Delta extension from the wheel: nothing is fetched."""
    folder = Path(next(iter(find_spec("duckdb_extension_delta").submodule_search_locations)))
    extension = next(folder.rglob("delta.duckdb_extension"))
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    connection.execute(f"LOAD '{extension}'")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def duck_type(declared):
    if isinstance(declared, str):
        return declared.replace("decimal", "DECIMAL") if declared.startswith("decimal") else DUCK[declared]
    if declared["type"] == "array":
        return duck_type(declared["elementType"]) + "[]"
    if declared["type"] == "map":
        return f"MAP({duck_type(declared['keyType'])}, {duck_type(declared['valueType'])})"
    return "STRUCT(" + ", ".join(f"{f['name']} {duck_type(f['type'])}" for f in declared["fields"]) + ")"


def test_there_are_published_tables():
    assert len(PUBLISHED) >= 9


@pytest.mark.parametrize("table", PUBLISHED)
def test_delta_rs_and_polars_read_rows_types_and_comments(table):
    delta = DeltaTable(path(table))
    assert delta.protocol().min_reader_version == 1
    declared = stored_schema(table)
    assert json.loads(delta.schema().to_json())["fields"] == declared["fields"]
    assert all(f["metadata"].get("comment") for f in declared["fields"])
    rows = pl.read_delta(path(table))
    assert rows.height == stored_rows(table)
    assert rows.columns == [f["name"] for f in declared["fields"]]


@pytest.mark.parametrize("table", PUBLISHED)
def test_duckdb_reads_the_same_rows_and_types(table, duck):
    scan = f"delta_scan('{path(table)}')"
    described = duck.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    assert {c[0]: c[1].replace('"', "") for c in described} == {
        f["name"]: duck_type(f["type"]) for f in stored_schema(table)["fields"]
    }
    rows = pl.read_delta(path(table))
    assert duck.execute(f"SELECT count(*) FROM {scan}").fetchone()[0] == rows.height
    for name in rows.columns:
        if rows.schema[name] in (pl.Binary,) or rows.schema[name].is_nested():
            continue
        low, high, known = duck.execute(
            f'SELECT min("{name}"), max("{name}"), count("{name}") FROM {scan}'
        ).fetchone()
        assert known == rows.height - rows[name].null_count(), name
        assert (low, high) == (rows[name].min(), rows[name].max()), name


def test_both_travel_to_the_night_before(duck):
    """The first commit of a table by night holds the first night alone."""
    table = path("metrics.cohort_retention")
    first = pl.read_delta(table, version=0).height
    now = pl.read_delta(table)
    nights = now["as_of_date"].unique().sort()
    assert len(nights) == 2
    assert first == now.filter(pl.col("as_of_date") == nights[0]).height
    assert duck.execute(f"SELECT count(*) FROM delta_scan('{table}', version = 0)").fetchone()[0] == first
