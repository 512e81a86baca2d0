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
# # What is in the lake, and may I trust it tonight?
#
# Before any figure: which night is published, what is in it, and what was left out on the way in.

# %%
import altair as alt
import polars as pl
from lake import answer, every_row, latest_night, percent, table

night, versions = latest_night()
night

# %% [markdown]
# ## What is published
#
# A night is published when all of its tables stand. Each is read in exactly the version that the night names, so that
# two tables never tell of different nights.

# %%
contents = pl.DataFrame(
    [{"table": name, "version": version, "rows": table(name).height} for name, version in sorted(versions.items())]
)
contents

# %%
alt.Chart(contents).mark_bar().encode(
    x=alt.X("rows:Q", title="rows of the night"), y=alt.Y("table:N", sort="-x", title=None)
).properties(width=500)

# %% [markdown]
# ## What came in, and what was refused
#
# Nothing is dropped in silence: landed = kept + rejected + merged + not yet due, feed by feed.

# %%
deliveries = table("ops.feed_deliveries")
deliveries

# %%
reasons = (
    every_row("ops.rejected_rows").group_by("feed", "reject_reason").len("rows").sort("rows", descending=True)
)
reasons.head(10)

# %%
landed = deliveries["landed_rows"].sum()
rejected = deliveries["rejected_rows"].sum()
answer(
    f"The night of {night} is published with {len(versions)} tables. Of {landed:,} landed rows {rejected:,} "
    f"({percent(rejected / landed)}) were rejected"
    + (f", most often in {reasons['feed'][0]}: {reasons['reject_reason'][0]}." if reasons.height else ".")
)
