"""The model of linking with a probability: what agreement is worth, learnt from the records.

It is the model of Fellegi and Sunter (A Theory for Record Linkage, JASA 64, 1969), as Splink
estimates it: u is how often two records of different people agree, from random pairs; m how often
two of one person do, from rows with one official number in two sources, or where these are few by
expectation maximisation; the match weight of an agreement is log2(m / u), and weights add up. All
of it happens in a database in memory, on pseudonyms, without network.
"""

import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from etl.engine import spilling_to
from etl.linking.comparisons import (
    LEVELS,
    NOTHING,
    OFFICIAL,
    OTHER,
    PERSONAL,
    PREDICTED,
    STRICT,
    TRAINING,
    as_splink,
    rules,
)
from warehouse.contact import ATTRIBUTE_KINDS
from warehouse.errors import ConfigurationError, SamenspelError
from warehouse.links import COMPARISONS

if TYPE_CHECKING:
    from splink import Linker, SettingsCreator

SEED = 1969
RANDOM_PAIRS = 20_000_000
"""Pairs from which u is estimated; a sample of records gives them."""
FEWEST_RECORDS = 200
LEAST_PROBABILITY = 0.5
"""Pairs below it are not kept."""
_FEWEST_KNOWN = 500
"""Pairs known to be of one person from which m is learnt; with fewer, without labels."""
_LEAST_M = 0.001
"""No slip is impossible because none was seen."""
_RECALL_OF_RULES = 0.7
"""Share of the true pairs that the strict rules find, assumed for the prior: half or twice as many
shifts every match weight by one."""

_RECORDS, _KNOWN = "record", "known_record"

Plain = dict[str, Any]
"""A model as Splink writes it out."""


@dataclass(frozen=True)
class Weight:
    """What one level of agreement says.

    Attributes:
        comparison: one of COMPARISONS.
        level: the agreement's key; `differs` where there is none.
        m: share of pairs of one person that agree so.
        u: share of pairs of different people that agree so.
    """

    comparison: str
    level: str
    m: float
    u: float

    @property
    def weight(self) -> float:
        """Match weight: log2(m / u)."""
        return math.log2(self.m / self.u)


class Model:
    """A fitted model, with the pairs it found; lives as long as its database (`fitted`)."""

    def __init__(
        self, linker: "Linker", plain: Plain, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self._linker, self._plain, self._connection = linker, plain, connection
        self._predicted = linker.inference.predict(
            threshold_match_probability=LEAST_PROBABILITY, warning_mode="never"
        )

    @property
    def prior(self) -> float:
        """Probability that two random records are of one person."""
        return float(self._plain["probability_two_random_records_match"])

    def weights(self) -> list[Weight]:
        """Return what each level of agreement says, in order, but for those that never occur."""
        return [
            Weight(comparison["output_column_name"], level, m, u)
            for comparison in self._plain["comparisons"]
            for level, m, u in _trained(comparison)
        ]

    def pairs(self) -> pa.Table:
        """Return the pairs of at least LEAST_PROBABILITY.

        Returns:
            first_number, second_number (record numbers, the lesser first), match_probability,
            match_weight, and per comparison `<comparison>_agreement` (a level's key; null where one
            of the two tells nothing) and `<comparison>_weight`, in which a common surname weighs
            less than a rare one.
        """
        parts = [
            part for name in COMPARISONS for part in (self._agreement(name), self._weight(name))
        ]
        return self._connection.sql(
            "SELECT least(record_number_l, record_number_r) AS first_number, "
            "greatest(record_number_l, record_number_r) AS second_number, "
            f"match_probability, match_weight, {', '.join(parts)} "
            f"FROM {self._predicted.physical_name} ORDER BY first_number, second_number"
        ).to_arrow_table()

    def clusters(self, threshold: float) -> pa.Table:
        """Return who is one from a probability on.

        Each joins its best match, and no two with an official number come together.

        Returns:
            record_number, cluster_number (the least record number of the cluster); only of
            records that are joined with another.
        """
        found = self._linker.clustering.cluster_using_single_best_links(
            self._predicted,
            duplicate_free_datasets=[OFFICIAL],
            threshold_match_probability=threshold,
            ties_method="drop",
        )
        table = self._connection.sql(
            "SELECT record_number, "
            "min(record_number) OVER (PARTITION BY cluster_id) AS cluster_number "
            f"FROM {found.physical_name} "
            "QUALIFY count(*) OVER (PARTITION BY cluster_id) > 1 ORDER BY record_number"
        ).to_arrow_table()
        found.drop_table_from_database_and_remove_from_cache()
        return table

    def write_chart(self, file: Path) -> None:
        """Write the match weights as a page that needs no network."""
        chart = self._linker.visualisations.match_weights_chart()
        file.write_text(chart.to_html(inline=True), encoding="utf-8")

    def _is_compared(self, name: str) -> bool:
        return any(c["output_column_name"] == name for c in self._plain["comparisons"])

    def _agreement(self, name: str) -> str:
        if not self._is_compared(name):
            return f"NULL::VARCHAR AS {name}_agreement"
        levels = [*LEVELS[name][1], NOTHING]
        cases = " ".join(
            f"WHEN {len(levels) - 1 - place} THEN '{level}'" for place, level in enumerate(levels)
        )
        return f"CASE gamma_{name} {cases} END AS {name}_agreement"

    def _weight(self, name: str) -> str:
        if not self._is_compared(name):
            return f"NULL::DOUBLE AS {name}_weight"
        rarity = " + coalesce(mw_tf_adj_surname, 0)" if name == "surname" else ""
        return f"mw_{name}{rarity} AS {name}_weight"


def _trained(comparison: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    levels = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
    names = [*LEVELS[comparison["output_column_name"]][1], NOTHING]
    for name, level in zip(names, levels, strict=True):
        m, u = level.get("m_probability"), level.get("u_probability")
        if m and u:
            yield name, m, u


@contextmanager
def fitted(records: pa.Table, known: pa.Table) -> Iterator[Model]:
    """Give the model that fits the records.

    Args:
        records: as `analytics.derive.records.records` gives them.
        known: as `analytics.derive.records.known_pairs` gives them.

    Yields:
        The model, usable until the block ends.

    Raises:
        ConfigurationError: Splink is not installed.
        SamenspelError: there are too few records, or too little in them, to learn from.
    """
    if not _is_installed():
        raise ConfigurationError(
            "linking with a probability needs the library Splink",
            where="[linking.probabilistic]",
            remedy="Install it with: pip install 'samenspel[linking]'",
        )
    logging.getLogger("splink").setLevel(logging.CRITICAL)  # it names columns at length
    with TemporaryDirectory(prefix="samenspel-") as spill:
        connection = duckdb.connect(config=spilling_to(spill))
        try:
            yield _Fit(connection, records, known).model()
        finally:
            connection.close()


def _is_installed() -> bool:
    try:
        import splink  # noqa: F401
    except ImportError:
        return False
    return True


class _Fit:
    """The fitting of one model in a database in memory."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, records: pa.Table, known: pa.Table
    ) -> None:
        self.connection = connection
        connection.execute("SET enable_progress_bar = false")
        official = f"if(is_official, '{OFFICIAL}', '{OTHER}') AS source_dataset"
        self._take_in(_RECORDS, records, f"record_number, {official}")
        self._take_in(_KNOWN, known, "label::UUID AS label, source AS source_dataset")
        self.columns = self._occurring()
        self.comparisons = [name for name, (column, _) in LEVELS.items() if column in self.columns]
        tells_apart = {"initial", "birth_date"} & set(self.comparisons)
        if records.num_rows < FEWEST_RECORDS or len(self.comparisons) < 2 or not tells_apart:
            raise _too_little()

    def _take_in(self, name: str, table: pa.Table, others: str) -> None:
        keys = ", ".join(f"{kind}_key::UUID AS {kind}_key" for kind in ATTRIBUTE_KINDS)
        order = ", ".join(str(place + 1) for place in range(len(ATTRIBUTE_KINDS) + 2))
        self.connection.register("given", table)
        self.connection.execute(
            f"CREATE TABLE {name} AS SELECT {others}, {keys} FROM given ORDER BY {order}"
        )
        self.connection.unregister("given")

    def _occurring(self) -> frozenset[str]:
        """Return the attributes that any two records have."""
        names = [f"{kind}_key" for kind in ATTRIBUTE_KINDS]
        counts = self.connection.execute(
            f"SELECT {', '.join(f'count({name})' for name in names)} FROM {_RECORDS}"
        ).fetchone()
        assert counts is not None  # noqa: S101  # aggregates always give a row
        return frozenset(name for name, count in zip(names, counts, strict=True) if count > 1)

    def model(self) -> Model:
        """Fit, and find the pairs."""
        from splink.internals.exceptions import SplinkException

        try:
            plain = self._trained()
            linker = self._linker(_RECORDS, plain)
            return Model(linker, plain, self.connection)
        except (SplinkException, ValueError) as error:
            raise _too_little() from error

    def _trained(self) -> Plain:
        linker = self._linker(_RECORDS, self._settings("link_and_dedupe", "record_number"))
        training = linker.training
        training.estimate_probability_two_random_records_match(
            rules(STRICT, self.columns), recall=_RECALL_OF_RULES
        )
        # of the whole sample: to stop at the first hundred of each level makes u depend on chance
        training.estimate_u_using_random_sampling(
            max_pairs=RANDOM_PAIRS, seed=SEED, min_count_per_level=None
        )
        m_of = self._known_m()
        if not m_of:
            for rule in rules(TRAINING, self.columns):
                training.estimate_parameters_using_expectation_maximisation(rule)
        plain: Plain = linker.misc.save_model_to_json()
        plain["probability_two_random_records_match"] *= self._pairs_per_possible_pair()
        for comparison in plain["comparisons"]:
            for level in comparison["comparison_levels"]:
                if not level.get("is_null_level"):
                    place = (comparison["output_column_name"], level["sql_condition"])
                    m = m_of.get(place, level.get("m_probability", 0.0))
                    level["m_probability"] = max(m, _LEAST_M)
        return plain

    def _pairs_per_possible_pair(self) -> float:
        """Return how many pairs there are for each that can be of one person.

        Splink counts the pairs of two official records too, which are never compared.
        """
        row = self.connection.execute(
            f"SELECT count(*), count(*) FILTER (source_dataset = '{OFFICIAL}') FROM {_RECORDS}"
        ).fetchone()
        assert row is not None  # noqa: S101  # aggregates always give a row
        pairs, impossible = (count * (count - 1) / 2 for count in row)
        return float(pairs / max(pairs - impossible, 1.0))

    def _known_m(self) -> dict[tuple[str, str], float]:
        """Return m by comparison and condition, as pairs known to be of one person show it."""
        row = self.connection.execute(
            f"SELECT count(*) FROM {_KNOWN} AS one JOIN {_KNOWN} AS other USING (label) "
            "WHERE one.source_dataset < other.source_dataset"
        ).fetchone()
        if row is None or row[0] < _FEWEST_KNOWN:
            return {}
        self.connection.execute(
            f"CREATE TABLE {_KNOWN}_numbered AS "
            f"SELECT row_number() OVER () AS record_number, * FROM {_KNOWN}"
        )
        settings = self._settings("link_only", "record_number")
        linker = self._linker(f"{_KNOWN}_numbered", settings)
        linker.training.estimate_m_from_label_column("label")
        return {
            (comparison["output_column_name"], level["sql_condition"]): level["m_probability"]
            for comparison in linker.misc.save_model_to_json()["comparisons"]
            for level in comparison["comparison_levels"]
            if "m_probability" in level
        }

    def _linker(self, table: str, settings: "SettingsCreator | Plain") -> "Linker":
        from splink import DuckDBAPI, Linker

        return Linker(DuckDBAPI(self.connection).register(table), settings, log_level=None)

    def _settings(self, kind: str, number: str) -> "SettingsCreator":
        from splink import SettingsCreator

        return SettingsCreator(
            link_type=kind,
            unique_id_column_name=number,
            comparisons=[as_splink(name) for name in self.comparisons],
            blocking_rules_to_generate_predictions=rules(PREDICTED, self.columns, PERSONAL),
            retain_matching_columns=True,
            retain_intermediate_calculation_columns=True,
        )


def _too_little() -> SamenspelError:
    return SamenspelError(
        "there is too little to learn from for linking with a probability",
        where="[linking.probabilistic]",
        remedy="Map more of [source.attributes], in more than one source; or set enabled = false.",
    )
