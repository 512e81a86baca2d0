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
# # Which features do customers use, of those they may use?
#
# The denominator matters: a feature of the dearest plan cannot be adopted by those who do not have it.

# %%
import altair as alt
import polars as pl
from lake import answer, latest_night, percent, table

night, _ = latest_night()
adoption = table("metrics.feature_adoption")
features = adoption.filter(pl.col("level") == "feature").sort("adoption_rate", descending=True)
features.select("tier", "feature", "entitled_customers", "adopters", "adoption_rate", "uses_per_adopter").head(10)

# %% [markdown]
# ## Reach, with its uncertainty
#
# The bar is the share of entitled customers that used the feature in the last 28 days; the line its 95% interval.

# %%
bars = alt.Chart(features).encode(y=alt.Y("feature:N", sort="-x", title=None))
reach = bars.mark_bar().encode(
    x=alt.X("adoption_rate:Q", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]), title="adoption"),
    color=alt.Color("tier:N"),
)
interval = bars.mark_rule().encode(x=alt.X("rate_low:Q", title="adoption"), x2="rate_high:Q")
(reach + interval).properties(width=560)

# %% [markdown]
# ## By tier

# %%
tiers = adoption.filter(pl.col("level") == "tier").sort("adoption_rate", descending=True)
tiers.select("tier", "entitled_customers", "adopters", "adoption_rate")

# %%
known = features.filter(pl.col("adoption_rate").is_not_null() & ~pl.col("is_small"))
best, worst = known.row(0, named=True), known.row(-1, named=True)
answer(
    f"As of {night}, {best['feature']} is used by {percent(best['adoption_rate'])} of those who may, "
    f"{worst['feature']} by {percent(worst['adoption_rate'])}. "
    f"By tier: {', '.join(f'{t} {percent(r)}' for t, r in tiers.select('tier', 'adoption_rate').iter_rows())}."
)
