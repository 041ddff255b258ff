"""`samenspel goals` and `samenspel alerts`: how far goals are, and what asks for attention."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samenspel.options import DEFAULT_CONFIG, Config, Warehouse, found_settings
from samenspel.tables import Form, check_form, print_records
from warehouse.store import DEFAULT_FOLDER, Reader, Store

if TYPE_CHECKING:  # analytics takes a while to import: only by who asks for it
    from analytics.effects.scan import Place
    from analytics.goals.alerts import Alert


def goals(
    config: Config = DEFAULT_CONFIG, warehouse: Warehouse = DEFAULT_FOLDER, form: Form = "table"
) -> None:
    """Print each [[goal]]: how far it is, and how likely it is to be met.

    Exit status 1 where a goal was missed or is off track.
    """
    from analytics.goals.progress import Status, progress

    check_form(form)
    found = progress(Reader(Store(warehouse), connections=1), found_settings(config))
    records = [
        {
            "metric": one.goal.metric,
            "where": _where(one.goal.where),
            "from": one.first_on.isoformat(),
            "to": one.last_on.isoformat(),
            "target": f"{'<=' if one.goal.is_upper else '>='} {one.goal.target:g}",
            "value": one.value,
            "expected": one.end,
            "expected_low": one.end_low,
            "expected_high": one.end_high,
            "probability": one.probability,
            "status": str(one.status),
        }
        for one in found
    ]
    print_records(records, form)
    if any(one.status in {Status.MISSED, Status.OFF_TRACK} for one in found):
        raise typer.Exit(1)


def alerts(
    config: Config = DEFAULT_CONFIG,
    warehouse: Warehouse = DEFAULT_FOLDER,
    month: Annotated[str | None, typer.Option(help="As of this month, as 2025-03.")] = None,
    form: Form = "table",
) -> None:
    """Print what asks for attention: disruptions, shifts, goals off target, and what explains them.

    Exit status 1 where there is anything.
    """
    from analytics.effects.findings import findings
    from analytics.goals.alerts import alerts as alerts_of
    from analytics.goals.progress import progress
    from analytics.periods import Grain, period_of
    from analytics.query import span
    from samenspel.kpi import month_days

    check_form(form)
    reader = Reader(Store(warehouse), connections=1)
    known, settings = span(reader), found_settings(config)
    days = month_days(month) if month else period_of(known.last_on, Grain.MONTH)
    told = alerts_of(findings(reader, settings), progress(reader, settings), days, known.last_on)
    records = [_alert_record(one) for one in told]
    print_records(records, form)
    if told:
        raise typer.Exit(1)


def _alert_record(alert: "Alert") -> dict[str, Any]:
    told: dict[str, Any] = {}
    if alert.disruption is not None:
        happened = alert.disruption
        size = happened.size or 1.0  # nought where it is a number, not a ratio
        because = (*happened.services, *happened.channels, *happened.categories)
        told = {
            **_place(happened.lead),
            "value": happened.observed / size,
            "expected": happened.expected / size,
            "explained_by": ", ".join(dict.fromkeys(part.name for part in because)),
        }
    elif alert.shift is not None:
        told = {
            **_place(alert.shift.place),
            "value": alert.shift.after,
            "expected": alert.shift.before,
            "explained_by": "",
        }
    elif alert.goal is not None:
        one = alert.goal
        told = {
            "metric": one.goal.metric,
            "where": _where(one.goal.where),
            "value": one.end if one.value is None else one.value,
            "expected": one.goal.target,
            "explained_by": ", ".join(part.name for part in one.because),
        }
    return {"kind": str(alert.kind), "since": alert.since.isoformat(), **told}


def _place(place: "Place") -> dict[str, str]:
    category = f":{place.outcome.category}" if place.outcome.category else ""
    values = {"service": place.service, "channel": place.channel}
    return {
        "metric": place.outcome.metric + category,
        "where": _where({name: (value,) for name, value in values.items() if value}),
    }


def _where(where: Mapping[str, Sequence[str]]) -> str:
    return " ".join(f"{name}={','.join(values)}" for name, values in where.items())


COMMANDS: tuple[Callable[..., None], ...] = (goals, alerts)
