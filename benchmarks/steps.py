"""What the benchmark measures: each step runs in a process of its own and prints its figures.

`python -m benchmarks.steps NAME FOLDER [ROWS]` runs one step and prints one line of JSON: seconds, CPU
seconds and peak memory (GiB) of the process, and what the step found, so that ways to one answer can be compared.
"""

import json
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.notes import note_model

KEY = b"a benchmark hides nobody"
DAYS_OF_WINDOW = 7

Step = Callable[[Path], dict[str, Any]]


def write(folder: Path, rows: int) -> dict[str, Any]:
    """Make the log that every other step starts from."""
    from benchmarks.data import write_log

    began = time.perf_counter()
    log = write_log(folder, rows)
    return {"seconds": time.perf_counter() - began, "mebibytes": log.stat().st_size / 2**20}


def bare_read(folder: Path) -> dict[str, Any]:
    """DuckDB alone: the same file into a table, columns and types as DuckDB guesses them."""
    file = folder / "bare.duckdb"
    file.unlink(missing_ok=True)
    began = time.perf_counter()
    with duckdb.connect(file) as connection:
        connection.execute(f"create table log as select * from read_csv('{folder / 'log.csv'}')")
        connection.execute("checkpoint")
        rows = connection.execute("select count(*) from log").fetchone()
    seconds = time.perf_counter() - began
    file.unlink()
    return {"seconds": seconds, "rows": rows[0] if rows else 0}


def load_and_derive(folder: Path) -> dict[str, Any]:
    """The whole of `samenspel load`, with the time of its derivations apart."""
    import etl.load
    from etl.configuration import read_settings
    from warehouse.store import Store

    derive_seconds = derive_cpu = 0.0
    materialise = etl.load.materialise

    def timed(*arguments: Any, **options: Any) -> Any:
        nonlocal derive_seconds, derive_cpu
        began, spent = time.perf_counter(), time.process_time()
        result = materialise(*arguments, **options)
        derive_seconds, derive_cpu = time.perf_counter() - began, time.process_time() - spent
        return result

    etl.load.materialise = timed
    began = time.perf_counter()
    report = etl.load.load(
        read_settings(folder / "samenspel.toml"), folder, Store(folder / "warehouse"), key=KEY
    )
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds - derive_seconds,
        "derive_seconds": derive_seconds,
        "derive_cpu_seconds": derive_cpu,
        "rows": report.loaded_count,
        "rejected": report.rejected_count,
    }


def one_day(folder: Path) -> dict[str, Any]:
    """A day more into the loaded warehouse, and whether every table is as if derived anew."""
    import etl.load
    from benchmarks.data import tomorrow
    from etl.configuration import read_settings
    from warehouse.store import Store

    settings, store = read_settings(folder / "samenspel.toml"), Store(folder / "warehouse")
    tomorrow(folder).rename(folder / tomorrow(folder).name)
    began = time.perf_counter()
    report = etl.load.load(settings, folder, store, key=KEY)
    return {"seconds": time.perf_counter() - began, "rows": report.loaded_count}


def same_anew(folder: Path) -> dict[str, Any]:
    """Derive a copy of the grown warehouse anew, and compare every table."""
    from etl.configuration import read_settings
    from etl.engine import open_database
    from etl.materialise import materialise
    from warehouse.store import Store

    current, copy = Store(folder / "warehouse").current_file(), folder / "anew.duckdb"
    assert current is not None  # noqa: S101  # it was just loaded
    shutil.copyfile(current, copy)
    backend = open_database(copy)
    began = time.perf_counter()
    materialise(backend, read_settings(folder / "samenspel.toml"))
    seconds = time.perf_counter() - began
    backend.con.close()
    contents = [_contents(file) for file in (current, copy)]
    copy.unlink()
    return {"seconds": seconds, "tables": len(contents[0]), "same": contents[0] == contents[1]}


def _contents(file: Path) -> dict[str, Any]:
    """Return, per table, its number of rows and a sum over them; fractions to the fourth place."""
    found = {}
    with duckdb.connect(file, read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        for (table,) in tables:
            described = connection.execute(f"describe {table}").fetchall()
            columns = ", ".join(
                f"round({name}, 4) + 0" if kind == "DOUBLE" else f'"{name}"'
                for name, kind, *_ in described
            )
            found[table] = connection.execute(
                f"select count(*), sum(hash({columns})::hugeint) from {table}"
            ).fetchone()
    return found


def drivers_and_steering(folder: Path) -> dict[str, Any]:
    """What is worked out once per version: drivers of repeats, and what steering would give.

    Run before `page_data`: its pages read what is kept.
    """
    from analytics.drivers import drivers
    from analytics.steering import steering
    from warehouse.store import Reader, Store

    reader = Reader(Store(folder / "warehouse"), connections=1)
    began = time.perf_counter()
    found = drivers(reader)
    middle = time.perf_counter()
    moves = steering(reader)["moves"]
    ended = time.perf_counter()
    return {
        "seconds": ended - began,
        "drivers_seconds": middle - began,
        "steering_seconds": ended - middle,
        "sampled": found["about"]["sampled"].tolist(),
        "candidates": found["about"]["candidates"].tolist(),
        "moves": len(moves),
    }


def happenings(folder: Path) -> dict[str, Any]:
    """What happened by itself, what a change did, and a goal: worked out once per version."""
    from analytics.effects.findings import findings
    from analytics.goals.progress import progress
    from analytics.query import span, values
    from warehouse.settings import Settings
    from warehouse.store import Reader, Store

    reader = Reader(Store(folder / "warehouse"))
    of = span(reader)
    change = {
        "name": "a change",
        "started_on": of.first_on + (of.last_on - of.first_on) * 2 // 3,
        "services": values(reader, "service")[:1],
        "moves": [{"metric": "repeat_share"}],
    }
    goal = {"metric": "repeat_share", "at_most": 0.2, "year": of.last_on.year}
    settings = Settings.model_validate({"intervention": [change], "goal": [goal]})
    began = time.perf_counter()
    found = findings(reader, settings)
    progress(reader, settings)
    seconds = time.perf_counter() - began
    findings(reader)  # the pages' own, for the next step
    return {"seconds": seconds, "series": found.series, "disruptions": len(found.disruptions)}


def page_data(folder: Path) -> dict[str, Any]:
    """Each page's data, without any cache: the median of five, after one to warm up."""
    from dashboard.pages import PAGES
    from dashboard.view import View
    from dashboard.working import known
    from warehouse.store import Reader, Store

    reader = Reader(Store(folder / "warehouse"))
    known(reader, patience=600.0)  # worked out once per version: the step before
    pages = {}
    for key, page in PAGES.items():
        times = []
        for _ in range(6):
            began = time.perf_counter()
            page.data(reader, View())
            times.append(time.perf_counter() - began)
        pages[key] = statistics.median(times[1:])
    return {"seconds": sum(pages.values()), "pages": pages}


def journeys_log(folder: Path) -> dict[str, Any]:
    """A month's and all journeys as an event log, in each of its formats."""
    from datetime import date

    from analytics.query import EVERYTHING, Selection
    from reports.event_log import write_event_log
    from warehouse.store import Reader, Store

    reader, file = Reader(Store(folder / "warehouse"), connections=1), folder / "journeys.log"
    month = Selection(start=date(2024, 3, 1), end=date(2024, 3, 31))
    found: dict[str, Any] = {"seconds": 0.0}
    for name, selection in (("month", month), ("all", EVERYTHING)):
        for form in ("csv", "xes", "ocel"):
            began = time.perf_counter()
            size = write_event_log(reader, file, form, selection)
            seconds = time.perf_counter() - began
            found[f"{name} {form}"] = {
                "seconds": seconds,
                "contacts": size.events,
                "mebibytes": file.stat().st_size / 2**20,
            }
            found["seconds"] += seconds
            file.unlink()
    return found


def planning_once(folder: Path) -> dict[str, Any]:
    """What planning works out once per version, and its page after that."""
    from analytics.planning.work_out import planning
    from dashboard.pages import PAGES
    from dashboard.view import View
    from warehouse.store import Reader, Store

    reader = Reader(Store(folder / "warehouse"))
    began = time.perf_counter()
    found = planning(reader)
    middle = time.perf_counter()
    PAGES["planning"].data(reader, View())
    return {
        "seconds": middle - began,
        "page_seconds": time.perf_counter() - middle,
        "channels": int(found["days"]["channel"].nunique()),
    }


def prepare_questions(folder: Path) -> dict[str, Any]:
    """Write what the three ways to one answer all start from: linked contacts as Parquet."""
    from warehouse.store import Store

    began = time.perf_counter()
    with duckdb.connect(Store(folder / "warehouse").current_file(), read_only=True) as connection:
        connection.execute(
            "copy (select contact_id, source, customer_number, service, channel, started_at, outcome,"
            f" planned, initiative from contact) to '{folder / 'contacts.parquet'}' (format parquet)"
        )
    return {"seconds": time.perf_counter() - began}


def repeats_samenspel(folder: Path) -> dict[str, Any]:
    """Repeat contacts and channel mix from the Parquet file, by the product's own expression."""
    import ibis

    from benchmarks.questions import repeats_and_mix

    began = time.perf_counter()
    connection = ibis.duckdb.connect()
    answer = repeats_and_mix(connection.read_parquet(folder / "contacts.parquet"))
    return {"seconds": time.perf_counter() - began, "answer": answer}


def repeats_warehouse(folder: Path) -> dict[str, Any]:
    """The same answers as a user gets them: asked of the loaded warehouse."""
    from analytics.query import measure
    from warehouse.store import Reader, Store

    reader = Reader(Store(folder / "warehouse"), connections=1)
    began = time.perf_counter()
    frame = measure(reader, ["contacts", "repeat_share"], by=["channel"])
    seconds = time.perf_counter() - began
    repeats = frame[frame["metric"] == "repeat_share"]
    mix = frame[frame["metric"] == "contacts"].set_index("channel")["numerator"]
    return {
        "seconds": seconds,
        "answer": {
            "candidates": int(repeats["denominator"].sum()),
            "repeats": int(repeats["numerator"].sum()),
            "mix": {channel: int(count) for channel, count in sorted(mix.items())},
        },
    }


def repeats_pandas(folder: Path) -> dict[str, Any]:
    """Repeat contacts and channel mix from the same Parquet file, as a pandas user writes it."""
    import pandas as pd

    began = time.perf_counter()
    contacts = pd.read_parquet(folder / "contacts.parquet")
    contacts = contacts[contacts["initiative"] == "inbound"]
    mix = contacts["channel"].value_counts()
    first, last = contacts["started_at"].min(), contacts["started_at"].max()
    del last
    window = pd.Timedelta(days=DAYS_OF_WINDOW)
    answered = contacts[(contacts["outcome"] != "abandoned") & contacts["customer_number"].notna()]
    answered = answered.sort_values(["customer_number", "service", "started_at", "contact_id"])
    before = answered.groupby(["customer_number", "service"], sort=False)["started_at"].shift(1)
    known = (answered["started_at"] >= first + window) & ~answered["planned"].fillna(
        value=False
    ).astype(bool)
    repeat = known & (answered["started_at"] - before <= window)
    return {
        "seconds": time.perf_counter() - began,
        "answer": {
            "candidates": int(known.sum()),
            "repeats": int(repeat.sum()),
            "mix": {str(channel): int(count) for channel, count in sorted(mix.items())},
        },
    }


def repeats_polars(folder: Path) -> dict[str, Any]:
    """Repeat contacts and channel mix from the same Parquet file, as a Polars user writes it."""
    import polars as pl

    began = time.perf_counter()
    contacts = pl.scan_parquet(folder / "contacts.parquet").filter(
        pl.col("initiative") == "inbound"
    )
    window = pl.duration(days=DAYS_OF_WINDOW)
    answered = (
        contacts.with_columns(first=pl.col("started_at").min())
        .filter((pl.col("outcome") != "abandoned") & pl.col("customer_number").is_not_null())
        .sort("customer_number", "service", "started_at", "contact_id")
        .with_columns(
            same=(pl.col("customer_number") == pl.col("customer_number").shift(1))
            & (pl.col("service") == pl.col("service").shift(1)),
            before=pl.col("started_at").shift(1),
        )
    )
    known = (pl.col("started_at") >= pl.col("first") + window) & ~pl.col("planned").fill_null(
        value=False
    )
    counts = answered.select(
        candidates=known.sum(),
        repeats=(
            known & pl.col("same") & (pl.col("started_at") - pl.col("before") <= window)
        ).sum(),
    )
    mix, totals = pl.collect_all([contacts.group_by("channel").len(), counts])
    return {
        "seconds": time.perf_counter() - began,
        "answer": {
            "candidates": int(totals["candidates"][0]),
            "repeats": int(totals["repeats"][0]),
            "mix": {row["channel"]: row["len"] for row in mix.sort("channel").to_dicts()},
        },
    }


STEPS: dict[str, Step] = {
    step.__name__: step
    for step in (
        bare_read,
        load_and_derive,
        one_day,
        same_anew,
        note_model,
        drivers_and_steering,
        happenings,
        page_data,
        journeys_log,
        planning_once,
        prepare_questions,
        repeats_samenspel,
        repeats_warehouse,
        repeats_pandas,
        repeats_polars,
    )
}


def main() -> None:
    """Run the step named on the command line and print its figures as one line of JSON."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    figures = write(folder, int(sys.argv[3])) if name == "write" else STEPS[name](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    cpu = time.process_time()
    print(json.dumps({**figures, "peak_gib": peak, "cpu_seconds": cpu}))


if __name__ == "__main__":
    main()
