# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: -all
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
# ---

# %% [markdown]
# # Do customers stay longer than they used to?
#
# Customers by the month of their signup, and the share of each cohort that is still active k months later.

# %%
import altair as alt
import polars as pl
from lake import answer, latest_night, percent, table

night, _ = latest_night()
cells = (
    table("metrics.cohort_retention")
    .filter((pl.col("definition") == "signup_monthly") & (pl.col("segment_dimension") == "all"))
    .sort("cohort_start", "period")
)
cells.select("cohort_start", "period", "cohort_size", "retained", "retention_rate", "is_complete").head(12)

# %% [markdown]
# ## The triangle
#
# One hue on a fixed scale. A period that has not ended yet is faint: its rate can only rise.

# %%
drawn = cells.select(pl.col("cohort_start").cast(pl.String), "period", "retention_rate", "is_complete")
base = alt.Chart(drawn).encode(
    x=alt.X("period:O", title="months after signup"), y=alt.Y("cohort_start:O", title="month of signup")
)
tiles = base.mark_rect().encode(
    color=alt.Color("retention_rate:Q", scale=alt.Scale(domain=[0, 1], scheme="blues"), title="retained"),
    opacity=alt.condition("datum.is_complete", alt.value(1.0), alt.value(0.35)),
)
written = base.mark_text(fontSize=9).encode(
    text=alt.Text("retention_rate:Q", format=".0%"),
    color=alt.condition("datum.retention_rate > 0.6", alt.value("white"), alt.value("black")),
)
(tiles + written).properties(width=620, height=420)

# %% [markdown]
# ## The curve
#
# All cohorts together: the sum of those retained over the sum of sizes, over ended periods only. A mean of
# percentages would let small cohorts speak as loudly as large ones.

# %%
ended = cells.filter(pl.col("is_complete"))
curve = (
    ended.group_by("period")
    .agg(pl.col("retained").sum(), pl.col("cohort_size").sum())
    .with_columns((pl.col("retained") / pl.col("cohort_size")).alias("rate"))
    .sort("period")
)
alt.Chart(curve).mark_line(point=True).encode(
    x=alt.X("period:O", title="months after signup"),
    y=alt.Y("rate:Q", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]), title="retained"),
).properties(width=620, height=240)


# %% [markdown]
# ## Older against newer cohorts
#
# The same month of life in the older and in the newer half of the cohorts that have completed it.

# %%
def pooled(rows):
    size = rows["cohort_size"].sum()
    return rows["retained"].sum() / size if size else None


month = min(3, ended["period"].max())
of_month = ended.filter(pl.col("period") == month).sort("cohort_start")
half = of_month.height // 2
older, newer = pooled(of_month.head(half)), pooled(of_month.tail(of_month.height - half))

# %%
answer(
    f"As of {night}, {percent(newer)} of customers in the newer {of_month.height - half} cohorts are active in month "
    f"{month}, against {percent(older)} in the older {half}."
)
