"""Materialising: the derivations' expressions become tables of the version being built."""

from functools import cache

import ibis
from ibis.backends.duckdb import Backend

from analytics.derive import customer_months
from analytics.derive.contact import contact_table
from analytics.derive.cube import CUBES, CubeShape
from analytics.derive.customers import row_counts
from analytics.derive.journey_cubes import JOURNEY_CUBES
from analytics.derive.steps import derive, ends
from etl.engine import run
from etl.linking.joins import join_probable
from etl.note_model import has_opinions, speak
from etl.roles import remembered_roles
from etl.scratch import Scratch
from warehouse.links import SET_ASIDE_FIELDS
from warehouse.settings import Settings

SHAPES: tuple[CubeShape, ...] = (*CUBES, *JOURNEY_CUBES)
"""Every cube that is made."""


def materialise(backend: Backend, settings: Settings, *, must_link: bool = True) -> None:
    """Make what is derived from `loaded_contact`, replacing earlier tables.

    These are `contact`, the cubes, `customer_month`, `set_aside` and `probable_link`.

    Args:
        backend: an Ibis backend on the version being built, writable.
        settings: with the repeat window, costs and rules that apply.
        must_link: whether to stop where linking with a probability is on and cannot be done; else
            nobody is joined so.

    Raises:
        SamenspelError: linking with a probability is on, and cannot be done.
    """
    loaded = backend.table("loaded_contact")
    scratch = Scratch(backend)
    probable = join_probable(backend, settings, scratch, must_link=must_link)
    wide = derive(loaded, settings, scratch, remembered_roles(backend), probable=probable)
    backend.create_table("contact", wide, overwrite=True)
    aside = scratch.table("set_aside")
    schema = ibis.schema({field.name: field.type for field in SET_ASIDE_FIELDS})
    if aside is None:
        backend.create_table("set_aside", schema=schema, overwrite=True)
    else:
        backend.create_table("set_aside", row_counts(loaded, aside), schema=schema, overwrite=True)
    scratch.drop_all()
    if has_opinions(backend, settings):
        speak(backend)
    make_cubes(backend)


def make_cubes(backend: Backend) -> None:
    """Make every cube from `contact`, replacing earlier ones."""
    for shape in SHAPES:
        run(backend, f"CREATE OR REPLACE TABLE {shape.name} AS {_cells_query(shape)}")
    among = customer_months.blocks(*ends(backend.table("loaded_contact")))
    months = customer_months.customer_months(backend.table("contact"), among)
    backend.create_table(customer_months.NAME, months, overwrite=True)


@cache
def _cells_query(shape: CubeShape) -> str:
    """Write a cube's query once a process: to compile its many sums takes longer than a day's."""
    return str(ibis.to_sql(shape.cells(contact_table("contact")), dialect="duckdb"))
