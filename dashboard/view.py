"""What a reader looks at: period, filters, grain and language, as kept in the address.

The address is the only place where a view is kept. So a link reopens it, the browser's back button
undoes a choice, and two readers cannot affect one another.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qs, urlencode

from analytics.query import Grain, Selection, Span
from dashboard import planning_view
from dashboard.periods import add_months, last_complete_month, loaded_days

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")
FILTERS = ("channel", "service", "customer_type", "area")
"""Dimensions that the filter bar offers, in its order."""

GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH)
MOVES = (
    "contacts",
    "abandonment_share",
    "repeat_share",
    "avoidable_share",
    "service_level",
    "digital_share",
)
"""Metrics of which a reader can see what a change did that is not in the configuration."""

SORTS = (
    "name",
    "contacts",
    "abandonment_share",
    "transfer_share",
    "callback_kept_share",
    "on_time_share",
)
"""By what a reader can sort the tables of service."""

_MAX_VALUES, _MAX_LENGTH = 200, 200
_CONTEXT_MONTHS = 12
_DAYS_SHOWN_AS_SUCH = 92
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)
_PER_CENT = re.compile(r"100|[1-9]?[0-9]", re.ASCII)


@dataclass(frozen=True)
class View:
    """A view; two equal views show the same.

    `start` and `end` are both None for the period that a reader gets without asking: the last
    complete month. `where` holds (dimension, values) pairs, sorted. `plan` holds what-if shares:
    (service, channel, per cent), sorted; `plan_of` is the service that is being planned.
    `changed_on` and `moved` (what, see pages/what_if.py) are a change that a reader marks to have a
    look. `sort` is by what tables that can be sorted are, with `-` before it for the largest first.
    """

    start: date | None = None
    end: date | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    grain: Grain | None = None
    language: Language | None = None
    planning: planning_view.Choice = ()
    shows_counts: bool = False
    with_visits: bool = False
    plan: tuple[tuple[str, str, int], ...] = ()
    plan_of: str = ""
    changed_on: date | None = None
    moved: str | None = None
    sort: str = ""

    def period(self, span: Span) -> tuple[date, date]:
        """Return the first and last day looked at."""
        if self.start and self.end:
            return self.start, self.end
        return last_complete_month(*loaded_days(span))

    def selection(self, span: Span) -> Selection:
        """Return what is asked of the warehouse for the period."""
        start, end = self.period(span)
        return Selection(start=start, end=end, where=dict(self.where))

    def trend(self, span: Span) -> tuple[Selection, Grain]:
        """Return what charts over time show, and by which grain.

        A period of at most a quarter says little by itself, so unless a grain was asked for it is
        shown at the end of the thirteen months that lead up to it.
        """
        start, end = self.period(span)
        if self.grain is not None:
            return self.selection(span), self.grain
        if (end - start).days <= _DAYS_SHOWN_AS_SUCH:
            leading = max(add_months(end, -_CONTEXT_MONTHS), loaded_days(span)[0].replace(day=1))
            start = min(start, leading)
        grain = Grain.MONTH if (end - start).days > _DAYS_SHOWN_AS_SUCH else Grain.DAY
        return Selection(start=start, end=end, where=dict(self.where)), grain

    def values(self, dimension: str) -> tuple[str, ...]:
        """Return the values that a filter allows; empty where it allows all."""
        return dict(self.where).get(dimension, ())

    def with_filter(self, dimension: str, values: Sequence[str]) -> "View":
        """Return the view with another filter on one dimension; no values lift the filter."""
        kept = {name: allowed for name, allowed in self.where if name != dimension}
        if values:
            kept[dimension] = tuple(sorted(set(values)))
        return replace(self, where=tuple(sorted(kept.items())))

    def with_plan(self, service: str, shares: Mapping[str, int]) -> "View":
        """Return the view with other what-if shares (per cent by channel) for one service."""
        others = [entry for entry in self.plan if entry[0] != service]
        own = [(service, channel, share) for channel, share in shares.items()]
        return replace(self, plan=tuple(sorted([*others, *own])), plan_of=service)

    def plan_for(self, service: str) -> dict[str, int]:
        """Return the what-if shares (per cent by channel) of one service."""
        return {channel: share for name, channel, share in self.plan if name == service}

    def without_filters(self) -> "View":
        """Return the view without period, filters and grain."""
        return replace(self, start=None, end=None, where=(), grain=None)

    @property
    def filter_count(self) -> int:
        """How many of the filter bar's choices are other than the default."""
        return len(self.where) + (self.start is not None) + (self.grain is not None)


def query_string(view: View) -> str:
    """Return the view as the part of an address after the path: empty, or from `?` on."""
    pairs: list[tuple[str, str]] = []
    if view.start and view.end:
        pairs += [("from", view.start.isoformat()), ("to", view.end.isoformat())]
    pairs += [(dimension, value) for dimension, values in view.where for value in values]
    pairs += planning_view.written(view.planning)
    if view.grain:
        pairs.append(("grain", view.grain.value))
    if view.shows_counts:
        pairs.append(("show", "counts"))
    if view.with_visits:
        pairs.append(("visits", "yes"))
    pairs += [("plan", f"{service}:{channel}:{share}") for service, channel, share in view.plan]
    if view.plan_of:
        pairs.append(("of", view.plan_of))
    if view.changed_on:
        pairs.append(("change", view.changed_on.isoformat()))
    if view.moved:
        pairs.append(("moves", view.moved))
    if view.sort:
        pairs.append(("sort", view.sort))
    if view.language:
        pairs.append(("lang", view.language))
    return "?" + urlencode(pairs) if pairs else ""


def parse_view(
    search: str | None, known: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> tuple[View, tuple[str, ...]]:
    """Read a view from an address; whatever is broken in it is left out.

    Args:
        search: the address from `?` on.
        known: the values that each dimension has; a dimension that is absent is not checked.

    Returns:
        The view, and the names of what was left out.
    """
    asked = parse_qs((search or "").removeprefix("?"), keep_blank_values=True, errors="replace")
    view, ignored = View(), []
    for name, values in asked.items():
        reading = _READERS.get(name)
        if reading is None:
            if name not in {"from", "to"}:
                ignored.append(name)
            continue
        changed = reading(view, values, known)
        if changed is None or changed[1]:
            ignored.append(name)
        if changed is not None:
            view = changed[0]
    if "from" in asked or "to" in asked:
        period = _period(asked.get("from", [""])[-1], asked.get("to", [""])[-1])
        if period is None:
            ignored.append("from")
        else:
            view = replace(view, start=period[0], end=period[1])
    return view, tuple(dict.fromkeys(ignored))


_Reading = Callable[[View, list[str], Mapping[str, Sequence[str]]], tuple[View, bool] | None]
"""Takes a view, the texts found and the values known; gives the changed view and whether something
was left out, or None where nothing could be used."""


def _filter_reading(dimension: str) -> _Reading:
    def reading(
        view: View, texts: list[str], known: Mapping[str, Sequence[str]]
    ) -> tuple[View, bool] | None:
        allowed = set(known[dimension]) if dimension in known else None
        good = [
            text
            for text in texts[:_MAX_VALUES]
            if 0 < len(text) <= _MAX_LENGTH and (allowed is None or text in allowed)
        ]
        return (view.with_filter(dimension, good), len(good) < len(texts)) if good else None

    return reading


def _planning_reading(
    view: View, texts: list[str], known: Mapping[str, Sequence[str]]
) -> tuple[View, bool] | None:
    found = planning_view.read(texts[:_MAX_VALUES], known)
    return (replace(view, planning=found[0]), found[1]) if found else None


def _choice_reading(field: str, choices: Mapping[str, object]) -> _Reading:
    def reading(
        view: View, texts: list[str], known: Mapping[str, Sequence[str]]
    ) -> tuple[View, bool] | None:
        del known
        choice = texts[-1]
        return (replace(view, **{field: choices[choice]}), False) if choice in choices else None  # type: ignore[arg-type]

    return reading


def _plan_reading(
    view: View, texts: list[str], known: Mapping[str, Sequence[str]]
) -> tuple[View, bool] | None:
    found: dict[tuple[str, str], int] = {}
    for text in texts[:_MAX_VALUES]:
        parts = text.rsplit(":", 2)
        if len(parts) != 3 or not _PER_CENT.fullmatch(parts[2]):
            continue
        service, channel, share = parts
        named = {"service": service, "channel": channel}
        if all(value in known[name] for name, value in named.items() if name in known):
            found[service, channel] = int(share)
    plan = tuple(sorted((*key, share) for key, share in found.items()))
    return (replace(view, plan=plan), len(plan) < len(texts)) if plan else None


def _plan_of_reading(
    view: View, texts: list[str], known: Mapping[str, Sequence[str]]
) -> tuple[View, bool] | None:
    is_known = texts[-1] in known["service"] if "service" in known else bool(texts[-1])
    return (replace(view, plan_of=texts[-1]), False) if is_known else None


def _change_reading(
    view: View, texts: list[str], known: Mapping[str, Sequence[str]]
) -> tuple[View, bool] | None:
    del known
    try:
        day = date.fromisoformat(texts[-1])
    except ValueError:
        return None
    is_sound = _EARLIEST <= day <= _LATEST
    return (replace(view, changed_on=day), False) if is_sound else None


_READERS: Mapping[str, _Reading] = {
    "change": _change_reading,
    "moves": _choice_reading("moved", {metric: metric for metric in MOVES}),
    **{dimension: _filter_reading(dimension) for dimension in FILTERS},
    planning_view.PARAMETER: _planning_reading,
    "grain": _choice_reading("grain", {grain.value: grain for grain in GRAINS}),
    "show": _choice_reading("shows_counts", {"counts": True, "shares": False}),
    "plan": _plan_reading,
    "of": _plan_of_reading,
    "visits": _choice_reading("with_visits", {"yes": True, "no": False}),
    "sort": _choice_reading("sort", {way + key: way + key for key in SORTS for way in ("", "-")}),
    "lang": _choice_reading("language", {language: language for language in LANGUAGES}),
}


def _period(start: str, end: str) -> tuple[date, date] | None:
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return None
    is_sound = _EARLIEST <= first <= last <= _LATEST
    return (first, last) if is_sound else None
