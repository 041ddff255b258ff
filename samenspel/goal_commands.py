"""`samenspel goals` and `samenspel alerts`: how far goals are, and what asks for attention."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from samenspel.options import DEFAULT_CONFIG, Config, Warehouse, optional_settings
from samenspel.tables import Form, check_form, print_records
from warehouse.settings import Settings
from warehouse.store import DEFAULT_FOLDER, Reader, Store


def goals(
    config: Config = DEFAULT_CONFIG, warehouse: Warehouse = DEFAULT_FOLDER, form: Form = "table"
) -> None:
    """Print each [[goal]]: how far it is, and how likely it is to be met.

    Exit status 1 where a goal was missed or is off track.
    """
    from analytics.goals.progress import Status, progress

    check_form(form)
    found = progress(Reader(Store(warehouse), connections=1), _settings(config))
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
    known, settings = span(reader), _settings(config)
    days = month_days(month) if month else period_of(known.last_on, Grain.MONTH)
    told = alerts_of(findings(reader, settings), progress(reader, settings), days, known.last_on)
    records = [_alert_record(one) for one in told]
    print_records(records, form)
    if told:
        raise typer.Exit(1)


def _alert_record(alert: Any) -> dict[str, Any]:
    happened = alert.disruption
    if happened is not None:
        place, ratio = happened.lead, happened.size or 1.0
        figures = (happened.observed / ratio, happened.expected / ratio)
        because = [part.name for part in (*happened.services, *happened.channels)]
        because += [part.name for part in happened.categories]
    elif alert.shift is not None:
        place, because = alert.shift.place, []
        figures = (alert.shift.after, alert.shift.before)
    else:
        goal = alert.goal
        return {
            "kind": str(alert.kind),
            "since": alert.since.isoformat(),
            "metric": goal.goal.metric,
            "where": _where(goal.goal.where),
            "value": goal.value if goal.value is not None else goal.end,
            "expected": goal.goal.target,
            "explained_by": ", ".join(part.name for part in goal.because),
        }
    metric = place.outcome.metric + (f":{place.outcome.category}" if place.outcome.category else "")
    where = {"service": (place.service,), "channel": (place.channel,)}
    return {
        "kind": str(alert.kind),
        "since": alert.since.isoformat(),
        "metric": metric,
        "where": _where({name: value for name, value in where.items() if value[0]}),
        "value": figures[0],
        "expected": figures[1],
        "explained_by": ", ".join(dict.fromkeys(because)),
    }


def _settings(config: Path) -> Settings | None:
    """Return the configuration's settings; None where there is none: the warehouse remembers."""
    if config == DEFAULT_CONFIG and not config.is_file():
        return None
    return optional_settings(config)


def _where(where: Any) -> str:
    return " ".join(f"{name}={','.join(values)}" for name, values in where.items())


COMMANDS: tuple[Callable[..., None], ...] = (goals, alerts)
