"""What linking with a probability would do, for whoever is to choose the threshold."""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from ibis.backends.duckdb import Backend
from pyarrow import csv

from analytics.derive.records import known_pairs
from analytics.derive.steps import people
from etl.engine import engine_errors, first_row, run
from etl.linking.model import Model, Weight, fitted
from etl.roles import remembered_roles
from etl.scratch import Scratch
from warehouse.contact import VISIT_CHANNEL
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings
from warehouse.store import Reader

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_NOBODY = pa.table({name: pa.array([], pa.int64()) for name in ("record_number", "cluster_number")})
_TRUTH_COLUMNS = ("source", "contact_id", "person")


@dataclass(frozen=True)
class Quality:
    """How right a linking is, in pairs of contacts (visits apart).

    Attributes:
        found: pairs that were taken for one person's.
        correct: those among them that are.
        wanted: pairs of one person.
    """

    found: int
    correct: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of the pairs taken for one person's that are, 0 to 1; NaN where there are none."""
        return self.correct / self.found if self.found else math.nan

    @property
    def recall(self) -> float:
        """Share of the pairs of one person that were found, 0 to 1; NaN where there are none."""
        return self.correct / self.wanted if self.wanted else math.nan

    def beyond(self, other: "Quality") -> float:
        """Return the precision of what this finds more than another: 0 to 1, or NaN."""
        more = self.found - other.found
        return (self.correct - other.correct) / more if more else math.nan


@dataclass(frozen=True)
class Outcome:
    """What a threshold would do.

    Attributes:
        threshold: the probability; None: what is joined without, by equal identifiers and by calls
            with their registrations.
        pairs: pairs of that probability or more.
        customers: customers that would be joined with another customer or contact.
        contacts: contacts of nobody known that would get a customer.
        quality: against the truth, where that was given.
    """

    threshold: float | None
    pairs: int
    customers: int
    contacts: int
    quality: Quality | None


@dataclass(frozen=True)
class Preview:
    """What was learnt, and what each threshold would do.

    Attributes:
        records: customers and contacts of nobody known that tell something of the person.
        prior: probability that two of them, taken at random, are one person.
        weights: what each agreement says.
        outcomes: by threshold, that without any first.
    """

    records: int
    prior: float
    weights: Sequence[Weight]
    outcomes: Sequence[Outcome]


def preview(
    reader: Reader, settings: Settings, *, truth: Path | None = None, chart: Path | None = None
) -> Preview:
    """Fit the model to what is loaded, and see what it would join.

    Args:
        reader: of the warehouse; nothing is written to it.
        settings: with which identifiers are set aside.
        truth: a CSV file (or .csv.gz) with who really is behind contacts: source, contact_id,
            person; other columns may stand beside.
        chart: where to write the match weights as a page that needs no network.

    Raises:
        NoWarehouseError: nothing was loaded yet.
        ConfigurationError: Splink is not installed, or a file cannot be read or written.
        SamenspelError: there is too little to learn from.
    """
    persons = None if truth is None else _persons(truth)
    with reader.backend() as backend, engine_errors(str(reader.store.folder)):
        scratch = Scratch(backend)
        try:
            loaded = backend.table("loaded_contact")
            found, _ = people(loaded, settings, scratch, remembered_roles(backend))
            records, known = found.to_pyarrow(), known_pairs(loaded).to_pyarrow()
            with fitted(records, known) as model:
                trial = _Trial(backend, model, persons)
                outcomes = [trial.outcome(None), *(trial.outcome(one) for one in THRESHOLDS)]
                if chart is not None:
                    _write(model, chart)
                return Preview(records.num_rows, model.prior, model.weights(), outcomes)
        finally:
            with suppress(Exception):
                scratch.drop_all()


def _persons(file: Path) -> pa.Table:
    try:
        return csv.read_csv(
            str(file),
            convert_options=csv.ConvertOptions(
                include_columns=list(_TRUTH_COLUMNS),
                column_types=dict.fromkeys(_TRUTH_COLUMNS, pa.string()),
            ),
        )
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(
            f"this file cannot be read as persons behind contacts ({type(error).__name__})",
            where=str(file),
            remedy=f"It must be a CSV file with the columns {', '.join(_TRUTH_COLUMNS)}.",
        ) from None


def _write(model: Model, chart: Path) -> None:
    try:
        model.write_chart(chart)
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be written ({error.strerror})", where=str(chart)
        ) from error


_OUTCOME = """
SELECT count(DISTINCT record_number) FILTER (is_customer), count(*) FILTER (NOT is_customer)
FROM trial_cluster JOIN scratch_numbers USING (record_number)
"""

_QUALITY = """
WITH contact AS (
    SELECT person, coalesce(cluster_number, record_number) AS customer
    FROM scratch_numbers
    JOIN trial_person USING (contact_key)
    LEFT JOIN trial_cluster USING (record_number)
),
pairs AS (
    SELECT (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM contact GROUP BY customer))
            AS found,
        (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM contact GROUP BY person))
            AS wanted,
        (SELECT sum(n * (n - 1) / 2)
            FROM (SELECT count(*) AS n FROM contact GROUP BY customer, person)) AS correct
)
SELECT coalesce(found, 0)::BIGINT, coalesce(correct, 0)::BIGINT, coalesce(wanted, 0)::BIGINT
FROM pairs
"""


class _Trial:
    """Thresholds tried on what is loaded; its tables are temporary."""

    def __init__(self, backend: Backend, model: Model, persons: pa.Table | None) -> None:
        self.backend, self.model = backend, model
        self.has_truth = persons is not None
        self._put("trial_pair", model.pairs())
        if persons is not None:
            self._put("trial_given", persons)
            run(
                backend,
                "CREATE OR REPLACE TEMP TABLE trial_person AS SELECT contact_key, person "
                "FROM loaded_contact JOIN trial_given USING (source, contact_id) "
                "WHERE channel <> ?",
                [VISIT_CHANNEL],
            )

    def _put(self, name: str, table: pa.Table) -> None:
        self.backend.con.register("given", table)
        run(self.backend, f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
        self.backend.con.unregister("given")

    def outcome(self, threshold: float | None) -> Outcome:
        """Return what a threshold would do; None: what is joined without."""
        clusters = None if threshold is None else self.model.clusters(threshold)
        self._put("trial_cluster", _NOBODY if clusters is None else clusters)
        (pairs,) = first_row(
            self.backend,
            "SELECT count(*) FROM trial_pair WHERE match_probability >= ?",
            [threshold],
        )
        customers, contacts = first_row(self.backend, _OUTCOME)
        quality = Quality(*first_row(self.backend, _QUALITY)) if self.has_truth else None
        return Outcome(threshold, int(pairs), int(customers), int(contacts), quality)
