"""The command line: load, ask, show, hand over. Each command is a few lines; the work is elsewhere.

A command imports what it needs: asking for a figure should not wait for the dashboard's libraries.
Exit status: 0 done; 1 done, but something was refused or is missing; 2 wrong use or configuration.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.periods import Grain
from etl.configuration import read_settings
from samenspel import labelling, privacy
from samenspel.analysis_commands import COMMANDS as ANALYSIS_COMMANDS
from samenspel.console import (
    LoadProgress,
    leave_quietly,
    messages,
    output,
    say_defect,
    say_error,
    show_address,
)
from samenspel.goal_commands import COMMANDS as GOAL_COMMANDS
from samenspel.journeys import journeys
from samenspel.options import DEFAULT_CONFIG, Config, Warehouse, optional_settings
from samenspel.planning_commands import COMMANDS as PLANNING_COMMANDS
from samenspel.source_commands import COMMANDS as SOURCE_COMMANDS
from samenspel.tables import Form, check_form
from warehouse.errors import ConfigurationError, DamagedError, SamenspelError
from warehouse.store import DEFAULT_FOLDER, Reader, Store

if TYPE_CHECKING:
    from etl.load import LoadReport

app = typer.Typer(
    name="samenspel",
    help="Channel mix, repeat contacts and avoidable contacts, across all channels.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]
Formats = Annotated[str, typer.Option("--format", help="File formats, with commas between.")]


def _texts(values: list[str] | None) -> list[str]:
    """Take a repeated option, each value possibly a list with commas."""
    return [part.strip() for value in values or [] for part in value.split(",") if part.strip()]


def _say_accounts(report: "LoadReport") -> None:
    for drift in report.drifts:
        output.print(f"{drift.source}  {drift.file_name}: {drift.sentence()}", markup=False)
    for file in report.files:
        name = f"{file.source}  {file.file_name}"
        if file.already_loaded and not file.read_count:
            output.print(f"{name}: already loaded, nothing new", markup=False)
            continue
        taken_out = (
            f"; of earlier rows {file.changed_count} changed, {file.gone_count} gone at the source"
            if file.changed_count or file.gone_count
            else ""
        )
        output.print(
            f"{name}: read {file.read_count} = loaded {file.loaded_count}"
            f" + duplicate {file.duplicate_count} + rejected {file.rejected_count}{taken_out}",
            markup=False,
        )
    output.print(
        f"total: read {report.read_count} = loaded {report.loaded_count}"
        f" + duplicate {report.duplicate_count} + rejected {report.rejected_count}",
        markup=False,
    )


@app.command()
def demo(
    warehouse: Warehouse = DEFAULT_FOLDER,
    serve: Annotated[bool, typer.Option(help="Open the dashboard after loading.")] = True,
    host: Host = "127.0.0.1",
    port: Port = 8050,
) -> None:
    """Load the sample, a made-up municipality, and show it."""
    from analytics.query import span
    from dashboard.serve import serve as serve_dashboard
    from etl.load import load as load_sources
    from samenspel.demo import DEMO_KEY, sample_folder
    from warehouse.model_settings import ReviewSettings

    store = Store(warehouse)
    if store.current_file() and not span(Reader(store)).is_demo:
        raise ConfigurationError(
            "this warehouse holds your own contacts; the demo will not mix with them",
            where=str(warehouse),
            remedy="Name another folder, for instance --warehouse .samenspel-demo",
        )
    folder = sample_folder(store)
    with LoadProgress() as progress:
        report = load_sources(
            read_settings(folder / "samenspel.toml"),
            folder,
            store,
            key=DEMO_KEY,
            is_demo=True,
            progress=progress,
        )
    _say_accounts(report)
    if serve:
        serve_dashboard(
            Reader(store),
            host=host,
            port=port,
            users=None,
            announce=show_address,
            review=ReviewSettings(enabled=True),  # nobody real is in these notes
        )


@app.command()
def load(
    config: Config = DEFAULT_CONFIG,
    warehouse: Warehouse = DEFAULT_FOLDER,
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source; may be repeated.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read APIs whole: finds what changed or was deleted.")
    ] = False,
) -> None:
    """Load what the configuration names; says what was read, loaded, duplicate and rejected."""
    from analytics.query import span
    from etl.load import load as load_sources
    from etl.privacy import read_keys
    from etl.remote.reading import Asking

    settings = read_settings(config)
    store = Store(warehouse)
    if store.current_file() and span(Reader(store)).is_demo:
        raise ConfigurationError(
            "this warehouse holds the demo; your own contacts will not mix with it",
            where=str(warehouse),
            remedy="Remove that folder, or name another with --warehouse.",
        )
    folder = config.resolve().parent
    with LoadProgress() as progress:
        report = load_sources(
            settings,
            folder,
            store,
            key=read_keys(settings, folder, os.environ),
            sources=_texts(source) or None,
            asking=Asking(is_full=full, environ=os.environ),
            progress=progress,
        )
    _say_accounts(report)
    if report.has_rejects:
        messages.print("Some rows were refused: `samenspel rejects` names them.", markup=False)
        raise typer.Exit(1)


@app.command()
def kpi(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    month: Annotated[str | None, typer.Option(help="One month, as 2024-05.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day, as 2024-05-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, inclusive.")] = None,
    by: Annotated[str, typer.Option(help="Dimensions, with commas between.")] = "",
    metric: Annotated[list[str] | None, typer.Option(help="Metric keys; all if unsaid.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="As channel=phone,web_form.")] = None,
    per: Annotated[
        Grain | None, typer.Option(help="A figure per day, week, month, quarter or year.")
    ] = None,
    form: Form = "table",
) -> None:
    """Print metrics, by any dimensions, for any period and selection."""
    from analytics.metrics import METRICS
    from analytics.query import measure, span
    from samenspel import kpi as kpis

    del config  # every command takes it; the warehouse remembers the settings it was made with
    check_form(form)
    dimensions = _texts([by])
    reader = Reader(Store(warehouse), connections=1)
    chosen = kpis.bounded(kpis.selection(month, start, end, where or []), span(reader))
    answer = measure(
        reader,
        _texts(metric) or list(METRICS),
        by=dimensions,
        grain=per,
        selection=chosen,
    )
    records = kpis.as_records(answer, dimensions, per, chosen)
    if form == "json":
        print(kpis.as_json(records))  # noqa: T201  # results for programs go out unstyled
    elif form == "csv":
        print(kpis.as_csv(records), end="")  # noqa: T201
    else:
        units = {key: str(METRICS[key].unit.value) for key in METRICS}
        output.print(kpis.as_table(records, dimensions, units))


@app.command()
def serve(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    host: Host = "127.0.0.1",
    port: Port = 8050,
) -> None:
    """Open the dashboard. Off this machine only with sign-in configured ([server] users_file)."""
    from dashboard.serve import serve as serve_dashboard
    from samenspel.users import read_users

    settings = optional_settings(config)
    file = settings.server.users_file
    users = read_users(config.resolve().parent / file) if file else None
    serve_dashboard(
        Reader(Store(warehouse), connections=8),
        host=host,
        port=port,
        users=users,
        announce=show_address,
        review=settings.server.review,
    )


@app.command()
def export(
    month: Annotated[str, typer.Option(help="The month, as 2024-05.")],
    out: Annotated[Path, typer.Option(help="Folder to write in; made if it is not there.")],
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    formats: Formats = "xlsx,csv",
) -> None:
    """Write the monthly KPI report."""
    from reports.export import export as export_report
    from samenspel.kpi import month_days

    del config
    first, _ = month_days(month)
    reader = Reader(Store(warehouse), connections=1)
    for file in export_report(reader, first, out, formats=_texts([formats])):
        output.print(str(file), markup=False)


@app.command()
def rejects(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    form: Annotated[str, typer.Option("--format", help="table or csv.")] = "table",
    limit: Annotated[int, typer.Option(min=1, help="Most rows that a table lists.")] = 1000,
) -> None:
    """Name every row that was refused: file, line, column and reason, never the value.

    More rows than the limit are counted by file and reason; csv gives them all.
    """
    from samenspel.rejects import print_csv, print_table

    del config
    if form == "csv":
        print_csv(Store(warehouse), source)
    else:
        print_table(Store(warehouse), source, limit)


@app.command()
def links(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    truth: Annotated[
        Path | None, typer.Option(help="CSV of who is behind contacts: source,contact_id,person.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option(help="Write the match weights to this HTML file.")
    ] = None,
) -> None:
    """Show what linking with a probability would join, per threshold. Joins nobody."""
    from analytics.query import span
    from etl.linking.preview import preview
    from samenspel import links as shown

    del config  # every command takes it; the warehouse remembers the settings it was made with
    reader = Reader(Store(warehouse), connections=1)
    linking = span(reader).settings
    found = preview(reader, linking, truth=truth, chart=chart)
    for line in shown.lines(found, linking.linking.probabilistic):
        output.print(line, markup=False)
    if chart is not None:
        messages.print(f"Wrote {chart}.", markup=False)


@app.command()
def doctor(config: Config = DEFAULT_CONFIG, warehouse: Warehouse = DEFAULT_FOLDER) -> None:
    """Check the installation, the configuration, the sources and the warehouse."""
    from samenspel.doctor import examine

    findings = examine(config, Store(warehouse), os.environ)
    for finding in findings:
        sign = "[green]ok[/]  " if finding.is_fine else "[red]mend[/]"
        output.print(f"{sign} {finding.subject}: ", end="")
        output.print(finding.message, markup=False)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


app.command()(privacy.key)
app.command()(privacy.forget)
app.command("rotate-key")(privacy.rotate_key)
app.command()(journeys)
app.command()(labelling.train)
app.add_typer(labelling.app, name="label")


@app.command()
def user(name: Annotated[str, typer.Argument(help="Sign-in name.")]) -> None:
    """Print a line for the users file; asks for the password."""
    from samenspel.users import password_line

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    print(password_line(name, password))  # noqa: T201


for _command in (*SOURCE_COMMANDS, *ANALYSIS_COMMANDS, *GOAL_COMMANDS, *PLANNING_COMMANDS):
    app.command()(_command)

_VARIADIC = frozenset({"--metric", "--where", "--source"})


def _repeat_options(arguments: list[str]) -> list[str]:
    """Let `--metric A B` stand for `--metric A --metric B`."""
    spread: list[str] = []
    current = None
    for argument in arguments:
        if argument.startswith("-"):
            current = argument if argument in _VARIADIC else None
            spread.append(argument)
        elif current and spread[-1] != current:
            spread += [current, argument]
        else:
            spread.append(argument)
    return spread


def _run(arguments: list[str]) -> object:
    """Run the command; anew where the version it asked is found damaged: an earlier one answers."""
    try:
        return app(arguments, standalone_mode=False)
    except DamagedError:
        return app(arguments, standalone_mode=False)


def main() -> None:
    """Run the command and end the process with its exit status."""
    try:
        status = _run(_repeat_options(sys.argv[1:] or ["--help"]))
    except SamenspelError as error:
        say_error(error)
        status = error.exit_code
    except typer.TyperException as error:
        what = error.format_message() if hasattr(error, "format_message") else str(error)
        say_error(ConfigurationError(what.rstrip("."), remedy="See `samenspel --help`."))
        status = 2
    except (typer.Abort, KeyboardInterrupt):
        messages.print("Stopped; nothing was changed.")
        status = 130
    except BrokenPipeError:
        leave_quietly()
        status = 0
    except Exception as error:  # noqa: BLE001  # the last door: nobody outside reads a traceback
        say_defect(error, DEFAULT_FOLDER)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
