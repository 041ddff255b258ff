"""A small report with everything in it that a renderer has to cope with."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics.report.content import (
    SUPPRESSED,
    Chart,
    ChartKind,
    Column,
    Definition,
    Difference,
    Direction,
    Figure,
    KeyFigure,
    Kind,
    Report,
    Section,
    Table,
)

FORMULA = '=HYPERLINK("http://example.invalid","klik")'
NASTY = [FORMULA, "+31", "-2", "@SUM(A1)", "\t=1+1", "https://example.invalid/", "1.234,5"]

CHANGE = Difference(0.021, 0.004, 0.038, is_change=True, direction=Direction.WORSE)
SAME = Difference(-0.002, -0.02, 0.016, is_change=False, direction=Direction.NO_CHANGE)
NOTHING = Difference(None, None, None, is_change=False, direction=Direction.UNKNOWN)


def key_figures() -> tuple[KeyFigure, ...]:
    hidden = Figure(None, is_suppressed=True)
    return (
        KeyFigure(
            "repeat_share",
            "Aandeel herhaalcontacten",
            Kind.SHARE,
            Figure(0.1834, 458, 2497),
            Figure(0.181, 440, 2431),
            Figure(0.1624, 398, 2451),
            SAME,
            CHANGE,
        ),
        KeyFigure(
            "total_cost",
            "Totale kosten",
            Kind.EUROS,
            Figure(31234.5),
            Figure(30111.0),
            Figure(None, is_complete=False),
            Difference(1123.5, None, None, is_change=False, direction=Direction.UNKNOWN),
            NOTHING,
        ),
        KeyFigure(
            "mean_wait",
            "Gemiddelde wachttijd",
            Kind.SECONDS,
            hidden,
            hidden,
            hidden,
            NOTHING,
            NOTHING,
        ),
    )


def trend() -> Table:
    months = [date(2024, month, 1) for month in range(3, 13)] + [
        date(2025, month, 1) for month in range(1, 4)
    ]
    frame = pd.DataFrame(
        {
            "month": pd.Series(months, dtype=object),
            "phone": pd.Series([1600 + 20 * n for n in range(13)], dtype=object),
            "counter": pd.Series([900 - 11 * n for n in range(13)], dtype=object),
            "social": pd.Series([SUPPRESSED, None, *range(20, 31)], dtype=object),
        }
    )
    columns = (
        Column("month", "Maand", Kind.MONTH),
        Column("phone", "Telefoon", Kind.COUNT),
        Column("counter", "Balie", Kind.COUNT),
        Column("social", "Sociale media", Kind.COUNT),
    )
    chart = Chart(
        ChartKind.STACKED,
        "Contacten per maand en kanaal",
        "month",
        ("phone", "counter", "social"),
        "Maand",
        "Contacten",
    )
    return Table(
        "trend", "Contacten per maand", columns, frame, (chart,), frozenset({12}), "Een noot."
    )


def ranking() -> Table:
    frame = pd.DataFrame(
        {
            "topic": pd.Series(NASTY, dtype=object),
            "value": pd.Series([0.31, 0.22, 0.2, 0.15, 0.11, 0.08, 0.05], dtype=object),
            "change": pd.Series([0.02, -0.01, None, 0.0, 0.1, -0.2, 0.03], dtype=object),
        }
    )
    columns = (
        Column("topic", "Onderwerp", Kind.TEXT),
        Column("value", "Aandeel", Kind.SHARE),
        Column("change", "Verschil", Kind.SHARE, is_difference=True),
    )
    chart = Chart(ChartKind.BAR, "Waarover", "topic", ("value",), "Onderwerp", "Aandeel")
    return Table("ranking", "Onderwerpen", columns, frame, (chart,))


def lines() -> Table:
    frame = (
        trend()
        .frame[["month"]]
        .assign(
            mean_wait=pd.Series([40.0 + n for n in range(13)], dtype=object),
            p90_wait=pd.Series([140.0 - n for n in range(13)], dtype=object),
        )
    )
    columns = (
        Column("month", "Maand", Kind.MONTH),
        Column("mean_wait", "Gemiddelde wachttijd", Kind.SECONDS),
        Column("p90_wait", "90e percentiel", Kind.SECONDS),
    )
    chart = Chart(
        ChartKind.LINE, "Wachttijd", "month", ("mean_wait", "p90_wait"), "Maand", "Seconden"
    )
    return Table("lines", "Wachttijd per maand", columns, frame, (chart,))


@pytest.fixture
def report() -> Report:
    figures = pd.DataFrame(
        {
            "metric": ["contacts", "contacts", "repeat_share"],
            "period": [date(2025, 3, 1)] * 3,
            "channel": ["", FORMULA, "phone"],
            "value": [2497.0, float("nan"), 0.1834],
            "numerator": [2497.0, float("nan"), 458.0],
            "denominator": [float("nan"), float("nan"), 2497.0],
            "low": [float("nan"), float("nan"), 0.168],
            "high": [float("nan"), float("nan"), 0.199],
            "suppressed": [False, True, False],
            "is_complete": [True, True, False],
        }
    )
    empty = replace(ranking(), frame=ranking().frame.iloc[:0], key="empty", title="Leeg")
    return Report(
        title="Maandrapportage klantcontact",
        organisation="Gemeente R&D aan Zee",
        language="nl",
        month=date(2025, 3, 1),
        period="maart 2025",
        previous_period="februari 2025",
        year_ago_period="maart 2024",
        is_complete=False,
        is_demo=True,
        first_on=date(2024, 1, 1),
        last_on=date(2025, 3, 17),
        loaded_at=datetime(2025, 3, 18, 6, 30, tzinfo=UTC),
        threshold=10,
        summary=("Telefoon was het meest gebruikte kanaal.", "Herhaling nam toe."),
        key_figures=key_figures(),
        sections=(
            Section(
                "mix",
                "Kanaalmix",
                "Telefoon was het meest gebruikte kanaal.",
                "Telefoon was het meest gebruikte kanaal. Balie nam af.",
                (trend(), ranking()),
            ),
            Section(
                "wait",
                "Wachttijd: [en] service?",
                "De wachttijd liep op.",
                "De wachttijd liep op.",
                (lines(), empty),
            ),
        ),
        definitions=(
            Definition(
                "contacts", "Contacten", Kind.COUNT, "aantal", "Aantal contacten.", "", "KPI.md"
            ),
            Definition(
                "repeat_share",
                "Aandeel herhaalcontacten",
                Kind.SHARE,
                "aandeel (%)",
                "Herhaling gedeeld door kandidaten.",
                "Alleen herkende klanten.",
                "KPI.md",
            ),
        ),
        dimension_names={"channel": "Kanaal"},
        figures=figures,
    )
