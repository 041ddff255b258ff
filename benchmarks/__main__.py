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


def promises(figures: dict[str, dict[str, Any]], rows: int) -> list[tuple[str, str, str, bool]]:
    """Return each promise: what, the figure, the bound, and whether it was kept."""
    bare, load = figures["bare_read"], figures["load_and_derive"]
    share = bare["seconds"] / load["seconds"]
    with_derive = bare["seconds"] / (load["seconds"] + load["derive_seconds"])
    ours = figures["repeats_samenspel"]["seconds"]
    pandas, polars = (figures[f"repeats_{name}"]["seconds"] / ours for name in ("pandas", "polars"))
    kept = [
        ("every row loaded", f"{load['rows']:,}", f"{rows:,}", load["rows"] == rows),
        ("load rate / bare DuckDB", f"{share:.2f}", f">= {LOAD_SHARE}", share >= LOAD_SHARE),
        ("  with the derivations", f"{with_derive:.2f}", "-", True),
        (
            "derive, seconds",
            f"{load['derive_seconds']:.1f}",
            f"< {DERIVE_SECONDS:.0f}",
            load["derive_seconds"] < DERIVE_SECONDS,
        ),
        (
            "load and derive, peak GiB",
            f"{load['peak_gib']:.1f}",
            f"< {DERIVE_GIB:.0f}",
            load["peak_gib"] < DERIVE_GIB,
        ),
        (
            "repeats and mix: times pandas",
            f"{pandas:.1f}",
            f">= {TIMES_PANDAS:.0f}",
            pandas >= TIMES_PANDAS,
        ),
        (
            "repeats and mix: times Polars",
            f"{polars:.1f}",
            f">= {TIMES_POLARS:.0f}",
            polars >= TIMES_POLARS,
        ),
    ]
    for page, seconds in figures["page_data"]["pages"].items():
        kept.append(
            (
                f"page {page}, ms",
                f"{seconds * 1000:.0f}",
                f"< {PAGE_SECONDS * 1000:.0f}",
                seconds < PAGE_SECONDS,
            )
        )
    answers = [figures[name]["answer"] for name in figures if name.startswith("repeats_")]
    same = all(answer == answers[0] for answer in answers)
    kept.append(("all ways give one answer", "yes" if same else "no", "yes", same))
    return kept


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
            "page_data",
            "prepare_questions",
            "repeats_samenspel",
            "repeats_warehouse",
            "repeats_pandas",
            "repeats_polars",
        )
        for name in steps:
            figures[name] = run_step(name, folder)
            found = figures[name]
            console.print(f"{name:<20} {found['seconds']:8.2f} s {found['peak_gib']:6.2f} GiB")
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
