"""The first model: learnt by the first load that finds examples enough."""

from ibis.backends.duckdb import Backend

from etl.materialise import make_cubes
from etl.note_model import has_notes, learn, speak, stored_model
from etl.progress import Progress
from warehouse.labels import Labels
from warehouse.settings import Settings


def learn_once(backend: Backend, settings: Settings, labels: Labels, progress: Progress) -> None:
    """Learn to read notes where there is no model yet, and let the derived tables hear it.

    Args:
        backend: on the version being built; everything is derived.
        settings: with [avoidable.model].
        labels: what people judged.
        progress: is told of it.
    """
    is_wanted = settings.avoidable.model.enabled and has_notes(backend)
    if not is_wanted or stored_model(backend) is not None:
        return
    progress.start("Learning to read notes")
    if learn(backend, settings, labels.current().values()).is_trained:
        speak(backend)
        make_cubes(backend)
    progress.finish()
