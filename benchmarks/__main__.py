"""`make bench`: every promise on speed and memory, side by side in one run.

Each promise is a ratio within this run, or a bound of the machine's own; the exit status is 1 when
one is missed. Rows: 10 million, or as many as the first argument says.
"""

import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROWS = 10_000_000
LOAD_SHARE = 0.4
DERIVE_SECONDS = 60.0
DERIVE_GIB = 8.0
DAY_SHARE = 0.10
PAGE_SECONDS = 0.150
TIMES_PANDAS = 5.0
TIMES_POLARS = 3.0


def run_step(name: str, folder: Path, *more: str) -> dict[str, Any]:
    """Run one step in a process of its own.

    Returns:
        Its figures: `seconds`, `peak_gib`, and what the step adds.

    Raises:
        SystemExit: the step failed; its own words were printed.
    """
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.steps", name, str(folder), *more],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(f"{name} failed")
    figures: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return figures


ANALYSES = {
    "drivers_and_steering": "drivers and steering, once per version",
    "happenings": "effects, disruptions and goals, once per version",
    "planning_once": "planning, once per version",
    "journeys_log": "a month's and all journeys as CSV, XES and OCEL",
}

type Line = tuple[str, str, str, bool]
"""What, the figure, the bound, and whether it was kept."""


def promises(figures: dict[str, dict[str, Any]], rows: int) -> list[Line]:
    """Return each promise with its figure; lines without a bound are there to compare."""
    bare, load = figures["bare_read"], figures["load_and_derive"]
    derive, derive_cpu = load["derive_seconds"], load["derive_cpu_seconds"]
    share = bare["seconds"] / load["seconds"]
    cpu_share = bare["cpu_seconds"] / (load["cpu_seconds"] - derive_cpu)
    lines = [
        ("every row loaded", f"{load['rows']:,}", f"{rows:,}", load["rows"] == rows),
        ("load rate / bare DuckDB", f"{share:.2f}", f">= {LOAD_SHARE}", share >= LOAD_SHARE),
        ("  in CPU seconds", f"{cpu_share:.2f}", "", True),
        ("  with the derivations", f"{bare['seconds'] / (load['seconds'] + derive):.2f}", "", True),
        ("derive, seconds", f"{derive:.1f}", f"< {DERIVE_SECONDS:.0f}", derive < DERIVE_SECONDS),
        ("  CPU seconds", f"{derive_cpu:.1f}", "", True),
        ("load and derive, peak GiB", f"{load['peak_gib']:.1f}", f"< {DERIVE_GIB:.0f}",
         load["peak_gib"] < DERIVE_GIB),
    ]  # fmt: skip
    day, anew = figures["one_day"], figures["same_anew"]
    part = day["seconds"] / (load["seconds"] + derive)
    lines += [
        (f"a day of {day['rows']:,} more / loading all", f"{part:.3f}", f"< {DAY_SHARE}",
         part < DAY_SHARE),
        (f"its {anew['tables']} tables as if derived anew", "yes" if anew["same"] else "no", "yes",
         anew["same"]),
    ]  # fmt: skip
    lines += [
        (f"{what}, seconds / peak GiB",
         f"{figures[step]['seconds']:.0f} / {figures[step]['peak_gib']:.1f}", "", True)
        for step, what in ANALYSES.items()
    ]  # fmt: skip
    for page, seconds in figures["page_data"]["pages"].items():
        lines.append((f"page {page}, ms", f"{seconds * 1000:.0f}", f"< {PAGE_SECONDS * 1000:.0f}",
                      seconds < PAGE_SECONDS))  # fmt: skip
    notes = figures["note_model"]
    lines += [
        (f"learning from {notes['examples']:,} and reading {notes['notes']:,} notes, seconds",
         f"{notes['seconds']:.1f}", "", notes["is_trained"]),
        ("  into the contacts, seconds", f"{notes['speak_seconds']:.1f}", "", True),
        ("  a day's notes, seconds", f"{notes['day_seconds']:.1f}", "", True),
        ("  queue of the least sure, ms", f"{notes['queue_seconds'] * 1000:.0f}",
         f"< {PAGE_SECONDS * 1000:.0f}", notes["queue_seconds"] < PAGE_SECONDS),
        ("  peak GiB", f"{notes['peak_gib']:.1f}", f"< {DERIVE_GIB:.0f}",
         notes["peak_gib"] < DERIVE_GIB),
    ]  # fmt: skip
    lines += _against(figures, "repeats_samenspel", "computed anew from the same file")
    lines += _against(figures, "repeats_warehouse", "asked of the warehouse")
    answers = [found["answer"] for name, found in figures.items() if name.startswith("repeats_")]
    same = all(answer == answers[0] for answer in answers)
    return [*lines, ("all ways give one answer", "yes" if same else "no", "yes", same)]


def _against(figures: dict[str, dict[str, Any]], ours: str, how: str) -> list[Line]:
    """Return how many times as fast one of our ways is as pandas and as Polars."""
    lines = []
    for name, bound in (("pandas", TIMES_PANDAS), ("polars", TIMES_POLARS)):
        times = figures[f"repeats_{name}"]["seconds"] / figures[ours]["seconds"]
        lines.append(
            (
                f"repeats and mix {how}: times {name}",
                f"{times:.1f}",
                f">= {bound:.0f}",
                times >= bound,
            )
        )
    return lines


def main() -> None:
    """Generate the log, run every step, print the figures and the verdicts."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    console = Console(highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="samenspel-bench-"))
    try:
        console.print(
            f"{rows:,} contacts; {platform.python_implementation()} {platform.python_version()}"
        )
        log = run_step("write", folder, str(rows))
        console.print(f"log: {log['mebibytes']:,.0f} MiB")
        figures = {}
        steps = (
            "bare_read",
            "load_and_derive",
            "one_day",
            "same_anew",
            "drivers_and_steering",
            "happenings",
            "planning_once",
            "page_data",
            "journeys_log",
            "note_model",
            "prepare_questions",
            "repeats_samenspel",
            "repeats_warehouse",
            "repeats_pandas",
            "repeats_polars",
        )
        for name in steps:
            figures[name] = run_step(name, folder)
            found = figures[name]
            console.print(
                f"{name:<20} {found['seconds']:8.2f} s {found['cpu_seconds']:8.2f} s CPU"
                f" {found['peak_gib']:6.2f} GiB"
            )
        table = Table("promise", "figure", "bound", "kept", box=None, pad_edge=False)
        kept = promises(figures, rows)
        for what, figure, bound, is_kept in kept:
            table.add_row(what, figure, bound, "yes" if is_kept else "[bold red]no[/]")
        console.print(table)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if all(is_kept for *_, is_kept in kept) else 1)


if __name__ == "__main__":
    main()
