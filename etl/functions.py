"""What the mapping's expressions need of a connection: the functions that the engine lacks."""

from ibis.backends.duckdb import Backend

from etl.phones import set_phones
from etl.privacy import Secret, set_key
from etl.redact import set_redaction
from etl.zones import prepare_zone
from warehouse.settings import Settings


def set_functions(backend: Backend, settings: Settings, secret: Secret) -> None:
    """Give a connection pseudonyms, telephone numbers, redaction and the clocks of the sources.

    Args:
        backend: for as long as its session lasts.
        settings: with the time zones.
        secret: the keys of the pseudonyms.
    """
    set_key(backend, secret)
    set_phones(backend)
    set_redaction(backend)
    for zone in {settings.timezone, *(source.timezone for source in settings.source)}:
        if zone is not None:
            prepare_zone(backend, zone)
