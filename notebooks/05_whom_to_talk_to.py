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
    customers.filter(pl.col("segment") == "at_risk" if (customers["segment"] == "at_risk").any() else pl.lit(True))
    .with_columns(worth.alias("worth"))
    .filter(pl.col("worth").is_not_null())
    .sort("worth", descending=True)
    .group_by("owner", maintain_order=True)
    .head(3)
    .select("owner", "customer_id", "segment", "worth", "reason_1", "renewal_date")
)
short_list

# %%
at_risk = customers.filter(pl.col("segment") == "at_risk")
share = at_risk.height / customers.height if customers.height else None
first = short_list.row(0, named=True) if short_list.height else None
answer(
    f"As of {night}, {at_risk.height} of {customers.height} customers ({percent(share)}) are at risk. "
    + (
        f"First: {first['customer_id']}, whose manager is {first['owner'] or 'nobody'}"
        + (f", because of {first['reason_1']}." if first["reason_1"] else ".")
        if first
        else "Nobody pays."
    )
)
