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
# # Whom should customer success talk to this week?
#
# The audience is what the export files hold: one row a customer, with its segment, its risk and the reasons for it.

# %%
import altair as alt
import polars as pl
from lake import answer, latest_night, percent, table

night, _ = latest_night()
audience = table("activation.audiences")
customers = audience.unique("customer_id").sort("customer_id")
customers.select("customer_id", "segment", "churn_probability", "mrr", "owner", "renewal_date").head(10)

# %% [markdown]
# ## Segments

# %%
segments = customers.group_by(pl.col("segment").fill_null("none")).agg(
    pl.len().alias("customers"), pl.col("mrr").cast(pl.Float64).sum()
)
alt.Chart(segments).mark_bar().encode(
    x=alt.X("customers:Q"), y=alt.Y("segment:N", sort="-x", title=None), color=alt.Color("mrr:Q", title="MRR")
).properties(width=480)

# %% [markdown]
# ## A short list for each manager
#
# By what is expected to be lost, else by what is paid; the reason is what raises the customer's risk most.

# %%
worth = pl.coalesce("mrr_at_risk", "mrr").cast(pl.Float64)
short_list = (
    customers.filter(pl.col("segment") == "at_risk" if (customers["segment"] == "at_risk").any() else pl.lit(value=True))
    .with_columns(worth.alias("worth"))
    .filter(pl.col("worth").is_not_null())
    .sort("worth", descending=True)
    .group_by("owner", maintain_order=True)
    .head(3)
    .select("owner", "customer_id", "segment", "worth", "reason_1", "renewal_date")
)
short_list

# %%
paying = customers.filter(pl.col("mrr") > 0)
scored = paying["churn_probability"].count()
at_risk = paying.filter(pl.col("segment") == "at_risk").height
first = short_list.row(0, named=True)
answer(
    f"As of {night}, {at_risk} of {paying.height} paying customers are at risk"
    + (". " if scored else "; nobody is scored, so the list goes by what they pay. ")
    + f"First: {first['customer_id']} ({first['worth']:,.2f} a month), whose manager is {first['owner'] or 'nobody'}"
    + (f", because of {first['reason_1']}." if first["reason_1"] else ".")
)
