"""Reads what a lake has published, without Spark: each table in the version that its night names.

The lake is HOLDFAST_LAKE__PATH, or that of `make demo`. Any place that deltalake knows will do, such
as s3://bucket/holdfast.
"""

import os

import altair as alt
import polars as pl
from deltalake import DeltaTable
from IPython.display import Markdown, display

LAKE = os.environ.get("HOLDFAST_LAKE__PATH", "../demo/lake")

alt.renderers.enable("svg")  # drawn here: no network, and a picture also where no script runs


def path(table):
    return f"{LAKE}/{table.replace('.', '/')}"


def every_row(table):
    """All rows as they stand now, of all nights."""
    return pl.read_delta(path(table))


def latest_night():
    """The last published night, and the version of each published table that makes it."""
    published = every_row("ops.published")
    night = published["as_of_date"].max()
    of_night = published.filter(pl.col("as_of_date") == night)
    last = of_night.filter(pl.col("published_at") == pl.col("published_at").max())
    return night, dict(last.select("table_id", "version").iter_rows())


def table(name):
    """The rows of a published table for the last published night."""
    night, versions = latest_night()
    rows = pl.read_delta(path(name), version=versions[name])
    return rows.filter(pl.col("as_of_date") == night) if "as_of_date" in rows.columns else rows


def written_at(name):
    """When a table was last written."""
    return DeltaTable(path(name)).history(1)[0]["timestamp"]


def answer(text):
    display(Markdown(f"**Answer.** {text}"))


def percent(rate):
    """As people read it: a small share is not nothing."""
    if rate is None:
        return "unknown"
    return f"{rate:.1%}" if 0 < rate < 0.01 else f"{rate:.0%}"
