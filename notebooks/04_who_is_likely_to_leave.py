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
# # Who is likely to leave, how sure is that, and what is at stake?
#
# Scores are worth what their model is worth: first how well it foresaw churn on dates that it never saw, then whom it
# names.

# %%
import altair as alt
import polars as pl
from lake import answer, every_row, latest_night, percent, table

night, _ = latest_night()
models = every_row("churn.models").sort("as_of_date")
models.select("as_of_date", "algorithm", "is_champion", "status", "observations", "churned_customers")

# %% [markdown]
# ## Against what one would guess anyway
#
# Average precision of each candidate, beside that of knowing only how long a customer has been idle, and beside the
# base rate, which is what chance gets.

# %%
trained = models.filter(pl.col("pr_auc").is_not_null())
against = trained.select("algorithm", "pr_auc", "idle_days_pr_auc", "test_base_rate").unpivot(
    index="algorithm", variable_name="what", value_name="average precision"
)
alt.Chart(against).mark_bar().encode(
    x=alt.X("average precision:Q"), y=alt.Y("what:N", title=None), row=alt.Row("algorithm:N", title=None)
).properties(width=420)

# %% [markdown]
# ## Tonight's scores

# %%
predictions = table("churn.predictions")
scored = predictions.filter(pl.col("probability").is_not_null()).sort("mrr_at_risk", descending=True)
scored.select("customer_id", "probability", "risk_band", "mrr", "mrr_at_risk", "reason_1", "reason_2").head(10)

# %%
bands = predictions.group_by(pl.col("risk_band").fill_null("not scored")).agg(
    pl.len().alias("customers"), pl.col("mrr").cast(pl.Float64).sum()
)
alt.Chart(bands).mark_bar().encode(
    x=alt.X("mrr:Q", title="MRR"), y=alt.Y("risk_band:N", title=None), tooltip=["customers:Q"]
).properties(width=420)

# %%
if scored.height:
    high = scored.filter(pl.col("risk_band") == "high")
    champion = models.filter(pl.col("is_champion")).row(-1, named=True)
    answer(
        f"As of {night}, {high.height} of {scored.height} scored customers are in the high band; they pay "
        f"{high['mrr'].sum():,.2f} a month, of which {high['mrr_at_risk'].sum():,.2f} is expected to go. The model that "
        f"says so found {champion['lift_10pct']:.1f} times as many leavers in its top tenth as chance would."
    )
else:
    why = predictions["note"].drop_nulls().unique().sort().to_list()
    answer(
        f"As of {night} none of {predictions.height} paying customers is scored, rather than scored badly: "
        f"{'; '.join(why) or 'there is no model'}."
    )
