"""Refreshing: new rows change the derived tables where they concern them, and nowhere else.

The outcome is that of deriving everything anew (`etl.materialise`); the cost grows with the new
rows and with the customers they belong to, not with the history.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.derive import customer_months, customers
from analytics.derive.contact import COLUMNS, contact_table
from analytics.derive.conversations import roles_of
from analytics.derive.cube import ROW_COUNT, CubeShape, cells_after
from analytics.derive.opinion import with_opinion
from analytics.derive.scope import Change, freed, pseudonyms, scope
from analytics.derive.service import answering
from analytics.derive.steps import Whole, count_rows, derive, ends, knowable
from etl.engine import run
from etl.materialise import SHAPES, materialise
from etl.note_model import has_opinions
from etl.roles import remembered_roles
from etl.scratch import Scratch
from warehouse.opinions import OPINION_TABLE
from warehouse.settings import Settings


def refresh(backend: Backend, settings: Settings, first_new: int) -> None:
    """Bring `contact`, the cubes and `set_aside` up to date with rows that were added.

    Args:
        backend: an Ibis backend on the version being built, writable; its derived tables were made
            with these settings.
        settings: the settings.
        first_new: the lowest contact_key of the rows that were added.
    """
    with ThreadPoolExecutor(1) as beside:
        # writing the cubes' queries is Python's work, and waits for nothing the engine does
        beside.submit(lambda: [_cells_query(shape) for shape in SHAPES])
        _refresh(backend, settings, first_new)


def _refresh(backend: Backend, settings: Settings, first_new: int) -> None:
    scratch = Scratch(backend)
    change = Change(
        backend.table("loaded_contact"),
        backend.table("contact"),
        backend.table("set_aside").select("pseudonym", "kind"),
        first_new,
    )
    roles = remembered_roles(backend)
    parts = roles_of(change.loaded, roles)
    told_before = answering(change.earlier, settings)
    told = told_before | answering(change.new, settings)
    was_two_systems = roles_of(change.earlier, roles).are_two_systems
    if parts.are_two_systems != was_two_systems or told != told_before:
        # what was logged twice, or which source tells when it answered, is known from now on
        materialise(backend, settings)
        return
    whole = Whole(knowable(change.loaded, settings), change.aside, parts, told)
    concerned = scope(change, whole, settings, scratch)
    part = scratch.keep("part", change.loaded.semi_join(concerned, "contact_key"))
    derived = scratch.keep("derived", derive(part, settings, scratch, roles, whole))
    if count_rows(freed(change, derived, scratch)):
        scratch.drop_all()
        materialise(backend, settings)
        return
    if has_opinions(backend, settings):
        derived = scratch.keep("heard", with_opinion(derived, backend.table(OPINION_TABLE)))
    _write(backend, change, concerned, derived, scratch)
    scratch.drop_all()


def _write(
    backend: Backend, change: Change, concerned: Table, derived: Table, scratch: Scratch
) -> None:
    """Put what is derived anew in the place of what was, in every table where it differs."""
    as_it_was = change.contact.semi_join(concerned, "contact_key").select(*COLUMNS)
    as_it_was = scratch.keep("as_it_was", as_it_was)
    after = scratch.keep("after", derived.difference(as_it_was))
    scratch.keep("before", as_it_was.semi_join(after, "contact_key"))
    for shape in SHAPES:
        run(backend, f"CREATE OR REPLACE TEMP TABLE scratch_cells AS {_cells_query(shape)}")
        _replace(backend, shape.name, "cells", ("period", *shape.dimensions))
        run(backend, f"DELETE FROM {shape.name} WHERE {ROW_COUNT} = 0")
    run(backend, "DROP TABLE scratch_cells")
    _refresh_customer_months(backend, change, as_it_was, derived, scratch)
    _replace(backend, "contact", "after", ("contact_key",))
    _refresh_set_aside(backend, change, scratch)


@cache
def _cells_query(shape: CubeShape) -> str:
    """Write the query of a cube's changed cells once a process, as `etl.materialise` does."""
    before, after = contact_table("scratch_before"), contact_table("scratch_after")
    cells = shape.cells(contact_table("contact"))
    existing = ibis.table(cells.schema(), name=shape.name)
    return str(ibis.to_sql(cells_after(existing, before, after, shape), dialect="duckdb"))


def _replace(backend: Backend, name: str, scratch: str, keys: Sequence[str]) -> None:
    """Put a scratch table's rows in the place of those with the same keys."""
    same = " AND ".join(f"{name}.{key} = fresh.{key}" for key in keys)
    run(backend, f"DELETE FROM {name} USING scratch_{scratch} AS fresh WHERE {same}")
    run(backend, f"INSERT INTO {name} BY NAME SELECT * FROM scratch_{scratch}")


def _refresh_customer_months(
    backend: Backend, change: Change, before: Table, after: Table, scratch: Scratch
) -> None:
    """Count the customers in scope anew: all of their contacts are."""
    among = customer_months.blocks(*ends(change.loaded))
    were, are = (customer_months.customer_months(rows, among) for rows in (before, after))
    existing = backend.table(customer_months.NAME)
    scratch.keep("months", customer_months.customer_months_after(existing, were, are))
    _replace(backend, customer_months.NAME, "months", customer_months.KEYS)
    run(backend, f"DELETE FROM {customer_months.NAME} WHERE {customer_months.COUNT} = 0")


def _refresh_set_aside(backend: Backend, change: Change, scratch: Scratch) -> None:
    """Count anew the rows of those that are set aside and that a new row carries."""
    aside = scratch.table("set_aside")
    assert aside is not None  # noqa: S101  # kept by `derive`, which was told who was set aside
    met = scratch.keep("met", aside.semi_join(pseudonyms(change.new), "pseudonym"))
    scratch.keep("counted", customers.row_counts(change.loaded, met))
    _replace(backend, "set_aside", "counted", ("pseudonym",))
