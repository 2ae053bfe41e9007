"""Who the customers are: segments by recency, frequency and money; how much comes from how few."""

from __future__ import annotations

from crm_toolkit import analysis, plots
from crm_toolkit.texts import format_number, format_percent, say, say_count
from crm_toolkit.widgets.health.data import ReportData
from crm_toolkit.widgets.health.overview import money_column
from crm_toolkit.widgets.health.section import method, picture, says, table, together
from crm_toolkit.widgets.html import Html


def segments_body(data: ReportData) -> tuple[Html, str]:
    """RFM segments."""
    found = analysis.segment_table(analysis.rfm_segments(data.scores))
    amounts = money_column(found["monetary"], data.currency)
    rows = [
        (
            analysis.segment_label(row["segment"]),
            format_number(row["customers"]),
            format_percent(row["customer_share"]),
            amount,
            format_percent(row["money_share"]) if row["money_share"] == row["money_share"] else "—",
            format_number(round(row["recency_median"])),
            format_number(round(row["frequency_median"], 1)),
        )
        for row, amount in zip(found.to_dict("records"), amounts, strict=True)
    ]
    heads = (say("Segment"), say("Customers"), say("Share of customers"), say("Money"), say("Share of money"),
             say("Days since last order, median"), say("Orders, median"))  # fmt: skip
    largest = found.iloc[int(found["monetary"].to_numpy().argmax())]
    text = say(
        "Most money comes from “{segment}”: {customers} of the customers, {money} of the money.",
        segment=analysis.segment_label(largest["segment"]),
        customers=format_percent(largest["customer_share"], 0),
        money=format_percent(largest["money_share"], 0) if largest["money_share"] == largest["money_share"] else "—",
    )
    how = say("RFM: customers get 1 to 5 points each for recency, frequency (orders) and money by quintiles; equal "
              "values get equal points. Segments are names for combinations of points, not facts about "
              "people.")  # fmt: skip
    return together(says(text), picture(plots.segment_chart(found)), table(say("Segments"), heads, rows),
                    method(how)), text  # fmt: skip


def concentration_body(data: ReportData) -> tuple[Html, str]:
    """Lorenz curve and ABC classes."""
    result = analysis.spend_concentration(data.scores)
    classes = analysis.abc_classes(data.scores)
    total = float(classes["monetary"].sum())
    spent = classes.groupby("abc", sort=True)["monetary"].agg(["size", "sum", "mean"])
    columns = money_column(spent["sum"], data.currency), money_column(spent["mean"], data.currency)
    rows = [
        (str(row.Index), format_number(row.size), format_percent(row.size / len(classes)), amount,
         format_percent(row.sum / total), each)
        for row, amount, each in zip(spent.itertuples(), *columns, strict=True)
    ]  # fmt: skip
    heads = (say("Class"), say("Customers"), say("Share of customers"), say("Money"), say("Share of money"),
             say("Money per customer"))  # fmt: skip
    top = int((classes["abc"] == "A").sum())
    text = say("The top fifth of the customers bring {share} of the money; the Gini index is {gini}.",
               share=format_percent(result.top_20_share, 0), gini=format_number(round(result.gini, 2)))  # fmt: skip
    more = say_count("{count} customer brings the first 80% of the money (class A).",
                     "{count} customers bring the first 80% of the money (class A).", top)  # fmt: skip
    how = say("Classes by cumulated money: A up to 80%, B up to 95%, C the rest (convention). The Gini index is 0 if "
              "all bring the same and near 1 if one brings all. Money so far is no profit and no promise.")  # fmt: skip
    body = together(says(f"{text} {more}"), picture(plots.lorenz_chart(result)),
                    table(say("ABC classes of customers"), heads, rows), method(how))  # fmt: skip
    return body, text
