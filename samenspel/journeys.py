"""`samenspel journeys`: the journeys as an event log, for programs that mine processes."""

from pathlib import Path
from typing import Annotated

import typer

from samenspel.console import output
from samenspel.options import DEFAULT_CONFIG, Config, Warehouse, check_choice
from warehouse.store import DEFAULT_FOLDER, Reader, Store

_FORMATS = ("csv", "xes", "ocel")
_PRECISIONS = ("day", "hour", "minute")


def journeys(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    month: Annotated[str | None, typer.Option(help="Journeys that began in this month.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day of beginning.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day of beginning.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Condition on the first contact: service=paspoort.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="csv, xes or ocel (2.0, JSON).")] = "csv",
    time: Annotated[
        str, typer.Option(help="Round times down to the day, hour or minute.")
    ] = "hour",
    keep_rare: Annotated[
        bool,
        typer.Option(
            "--keep-rare", help="Keep journeys that fewer than [privacy] threshold went too."
        ),
    ] = False,
    customers: Annotated[
        bool, typer.Option("--customers", help="Tell which journeys are of one customer.")
    ] = False,
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Write journeys, contact by contact, for process mining. It is data about single people.

    No pseudonym of the warehouse is in it: journeys get numbers of this file alone. The seconds of
    a time tell the order within a journey. See docs/privacy.md before you pass it on.
    """
    from analytics.journeys.event_log import LogOptions
    from analytics.query import span
    from reports.event_log import write_event_log
    from samenspel.kpi import selection

    del config
    check_choice(form, _FORMATS, "--format", "format")
    check_choice(time, _PRECISIONS, "--time", "precision")
    reader = Reader(Store(warehouse), connections=1)
    options = LogOptions(precision=time, keeps_rare=keep_rare, with_customers=customers)  # type: ignore[arg-type]
    size = write_event_log(
        reader,
        out,
        form,  # type: ignore[arg-type]
        selection(month, start, end, where or []),
        options,
    )
    output.print(f"Wrote {out}: {size.journeys} journeys, {size.events} contacts.", markup=False)
    if size.left_out:
        least = span(reader).settings.privacy.threshold
        count = size.left_out if size.left_out >= least else f"fewer than {least}"
        output.print(f"Left out: {count} journeys of a kind that fewer than {least} went.")
