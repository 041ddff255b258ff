"""The report's last subject: how far its figures reach, and what was loaded and refused."""

from typing import Any

import pandas as pd

from analytics import quality
from analytics.report.asking import Asking, number
from analytics.report.content import Cell, Column, Kind, Section, Table
from analytics.report.findings import change_sentence, joined
from analytics.report.numbers import value_text
from analytics.report.tables import frame_of, group_table
from analytics.report.texts import text
from warehouse.contact import UNKNOWN

_COUNTS = ("read_count", "loaded_count", "duplicate_count", "rejected_count")


def data_quality(asking: Asking) -> Section:
    """Return who is known, of what the subject is known, and the accounts of the loads."""
    reach = ["contacts", "identified_share", "avoidable_known_share"]
    (identified,) = asking.key_figures(["identified_share"])
    files = quality.files(asking.reader)
    headline = change_sentence(identified, asking)
    finding = joined(
        headline,
        _unknown_service(asking),
        _knowable(asking),
        _refused(files, asking),
    )
    by_channel = asking.of_month(reach, by=["channel"])
    coverage = group_table("coverage", by_channel, reach, "channel", asking)
    return Section(
        "quality",
        text("section_quality", asking.language),
        headline,
        finding,
        (coverage, _loads_table(files, asking)),
    )


def _unknown_service(asking: Asking) -> str:
    """Return of which part of the contacts the service is not known; empty where that is hidden."""
    total = asking.of_month(["contacts"]).iloc[0]
    by_service = asking.of_month(["contacts"], by=["service"])
    unknown = by_service[by_service["service"] == UNKNOWN]
    if total["suppressed"] or not total["value"] or unknown["suppressed"].any():
        return ""
    part = float(unknown["value"].sum()) / float(total["value"])
    share = value_text(part, Kind.SHARE, asking.language)
    return text("unknown_service", asking.language, share=share)


def _knowable(asking: Asking) -> str:
    """Return for how many of the contacts it can be known whether they were a repeat."""
    total = asking.of_month(["contacts"]).iloc[0]
    known = number(asking.of_month(["repeat_share"]).iloc[0]["denominator"])
    if known is None or total["suppressed"]:
        return ""
    return text(
        "knowable",
        asking.language,
        known=value_text(known, Kind.COUNT, asking.language),
        total=value_text(float(total["value"]), Kind.COUNT, asking.language),
    )


def _refused(files: pd.DataFrame, asking: Asking) -> str:
    read, refused = int(files["read_count"].sum()), int(files["rejected_count"].sum())
    return text(
        "refused",
        asking.language,
        read=value_text(read, Kind.COUNT, asking.language),
        refused=value_text(refused, Kind.COUNT, asking.language),
    )


def _loads_table(files: pd.DataFrame, asking: Asking) -> Table:
    """Return per source what all loads read, loaded and refused, and the days they reach."""
    language = asking.language
    columns = (
        Column("source", asking.dimension_name("source"), Kind.TEXT),
        *(Column(key, text(key, language), Kind.COUNT) for key in ("file_count", *_COUNTS)),
        Column("first_on", text("first_on", language), Kind.DAY),
        Column("last_on", text("last_on", language), Kind.DAY),
    )
    per_source = files.groupby("source", sort=True).agg(
        file_count=("file_key", "count"),
        **{key: (key, "sum") for key in _COUNTS},
        first_on=("first_started_at", "min"),
        last_on=("last_started_at", "max"),
    )
    rows = [_load_cells(row, asking) for row in per_source.reset_index().to_dict("records")]
    title, note = text("loads", language), text("loads_note", language)
    return Table("loads", title, columns, frame_of(rows, columns), note=note)


def _load_cells(row: dict[Any, Any], asking: Asking) -> dict[str, Cell]:
    zone = asking.known.settings.timezone
    days: dict[str, Cell] = {}
    for key in ("first_on", "last_on"):
        moment = row[key]
        is_known = not pd.isna(moment)
        local = pd.Timestamp(moment).tz_localize("UTC").tz_convert(zone) if is_known else None
        days[key] = local.date() if local is not None else None
    return {
        "source": str(row["source"]),
        **{key: int(row[key]) for key in ("file_count", *_COUNTS)},
        **days,
    }
