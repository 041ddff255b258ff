"""The filter bar: one for all pages. What it shows follows the address, and the reverse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import html

from analytics.dimensions import DIMENSIONS
from analytics.query import Grain
from dashboard.components.links import icon, inner_link
from dashboard.context import Context
from dashboard.numbers import range_text
from dashboard.periods import last_complete_month, loaded_days, presets
from dashboard.texts import Texts
from dashboard.view import FILTERS, GRAINS, View

AUTOMATIC = "auto"
CONTROLS = ("period", *FILTERS, "grain")
"""The controls of the bar, in order; each has the id `filter-<name>`."""


_IN_BAR: dict[str, Any] = {"portalProps": {"target": "#filters"}}
"""What opens lies within the bar's landmark, so that screen readers know where they are."""


def filter_bar(texts: Texts) -> html.Section:
    """Return the bar, empty until the first answer of the warehouse."""
    return html.Section(
        [
            html.Button(
                [
                    icon("filter"),
                    html.Span(texts("filters.open"), id="filters-open-text"),
                    html.Span(id="filters-count", className="badge"),
                ],
                id="filters-open",
                className="filters-open",
                type="button",
                **{"aria-expanded": "false", "aria-controls": "filters-body"},
            ),
            html.Div(
                [
                    dmc.DatePickerInput(
                        id="filter-period",
                        type="range",
                        label=texts("filters.period"),
                        allowSingleDateInRange=True,
                        dropdownType="popover",
                        numberOfColumns=1,
                        valueFormat="D MMM YYYY",
                        popoverProps=_IN_BAR,
                        ariaLabels=calendar_labels(texts),
                        size="sm",
                        className="filter filter-period",
                    ),
                    *(_several(dimension, texts) for dimension in FILTERS),
                    dmc.Select(
                        id="filter-grain",
                        label=texts("filters.grain"),
                        allowDeselect=False,
                        checkIconPosition="right",
                        comboboxProps=_IN_BAR,
                        size="sm",
                        className="filter filter-grain",
                    ),
                    html.Div(id="filters-clear", className="filters-clear"),
                ],
                id="filters-body",
                className="filters-body",
            ),
        ],
        id="filters",
        className="filters",
        **{"aria-label": texts("filters.title")},
    )


def _several(dimension: str, texts: Texts) -> dmc.MultiSelect:
    return dmc.MultiSelect(
        id=f"filter-{dimension}",
        label=_dimension_name(dimension, texts.language),
        searchable=True,
        clearable=True,
        hidePickedOptions=False,
        checkIconPosition="right",
        nothingFoundMessage=texts("filters.nothing_found"),
        maxDropdownHeight=320,
        size="sm",
        className=f"filter filter-{dimension}",
        comboboxProps={"width": 280, "position": "bottom-start", **_IN_BAR},
    )


def _dimension_name(dimension: str, language: str) -> str:
    found = DIMENSIONS[dimension]
    return found.name_nl if language == "nl" else found.name_en


def control_values(context: Context) -> dict[str, Any]:
    """Return the value of each control for a view."""
    view = context.view
    start, end = context.period
    values: dict[str, Any] = {name: list(view.values(name)) for name in FILTERS}
    values["period"] = [start.isoformat(), end.isoformat()]
    values["grain"] = view.grain.value if view.grain else AUTOMATIC
    return values


def control_options(context: Context, known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what each control offers: data of the lists, presets of the period."""
    texts = context.texts
    options: dict[str, Any] = {
        name: [{"value": value, "label": context.label(name, value)} for value in known[name]]
        for name in FILTERS
    }
    options["grain"] = [
        {"value": AUTOMATIC, "label": texts("filters.grain_auto")},
        *({"value": grain.value, "label": texts(f"grain.{grain.value}")} for grain in GRAINS),
    ]
    options["period"] = [
        {
            "value": [preset.start.isoformat(), preset.end.isoformat()],
            "label": texts(
                f"preset.{preset.key}", name=range_text(preset.start, preset.end, context.language)
            ),
        }
        for preset in presets(*loaded_days(context.span))
    ]
    return options


def labels(texts: Texts) -> dict[str, str]:
    """Return what each control is called."""
    return {
        "period": texts("filters.period"),
        "grain": texts("filters.grain"),
        **{name: _dimension_name(name, texts.language) for name in FILTERS},
    }


def calendar_labels(texts: Texts) -> dict[str, str]:
    """Return what the calendar's buttons, which show arrows only, are called."""
    keys = {
        "previousMonth": "previous_month",
        "nextMonth": "next_month",
        "previousYear": "previous_year",
        "nextYear": "next_year",
        "previousDecade": "previous_decade",
        "nextDecade": "next_decade",
        "monthLevelControl": "choose_month",
        "yearLevelControl": "choose_year",
    }
    return {name: texts(f"calendar.{key}") for name, key in keys.items()}


def placeholders(context: Context) -> dict[str, str]:
    """Return what a list says while nothing is chosen."""
    return {
        name: "" if context.view.values(name) else context.texts("filters.all") for name in FILTERS
    }


def changed_view(view: View, context: Context, values: Mapping[str, Any]) -> View | None:
    """Return the view that the controls ask for; None while a period is half picked."""
    picked = values["period"] or [None, None]
    if not all(picked):
        return None
    start, end = (date.fromisoformat(day) for day in picked)
    for name in FILTERS:
        view = view.with_filter(name, values[name] or ())
    grain = None if values["grain"] in {None, AUTOMATIC} else Grain(values["grain"])
    view = replace(view, start=start, end=end, grain=grain)
    if (start, end) == last_complete_month(*loaded_days(context.span)) and (
        context.view.start is None
    ):
        view = replace(view, start=None, end=None)
    return view


def clear_link(context: Context, path: str) -> html.A | None:
    """Return the link that lifts all filters, where there is one to lift."""
    if not context.view.filter_count:
        return None
    return inner_link(
        [icon("clear"), context.texts("filters.clear")],
        path,
        context.view.without_filters(),
        className="clear",
    )
