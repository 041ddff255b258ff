"""Training: earlier contacts to learn from, later ones to choose by, the latest to be measured on.

A random split would let a model learn from next month's letters what this month's notes mean; in
use it only ever sees what comes after. The model in use is then learnt once more from all of them,
with the calibration and threshold that were chosen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.notes.card import Card, calibration_error, days, quality, reliability
from analytics.notes.model import NoteModel, fit_calibration, fit_scorer
from warehouse.labels import JUDGEMENTS, VALUABLE
from warehouse.model_settings import NoteModelSettings

_LEARNT, _VALIDATED = 0.6, 0.8
"""Where the parts end, as shares of the examples in order of time."""
_CORRECTION_WEIGHT = 5.0
"""How much a person's judgement weighs beside an agent's code, given in a hurry."""
_LEAST_SPOKEN = 20
"""A threshold is believed where at least so many contacts of the validation pass it."""
_NEVER = 1.01
_THRESHOLDS = np.round(np.arange(0.5, 0.96, 0.01), 2)


@dataclass(frozen=True)
class Training:
    """What came of it: a model, or none, and the card that tells about either."""

    model: NoteModel | None
    card: Card


def train(examples: pd.DataFrame, settings: NoteModelSettings) -> Training:
    """Learn from labelled notes. Equal examples, in whatever order, give an equal model.

    Args:
        examples: columns contact_key, note (redacted), label (a category or valuable), started_at,
            is_correction (judged by a person).
        settings: how much is enough, and how precise to be.
    """
    rows = _with_corrections(examples.sort_values(["started_at", "contact_key"]))
    counts = Counter(rows["label"])
    known = {
        name: counts[name] for name in JUDGEMENTS if counts[name] >= settings.least_per_category
    }
    rows = rows[rows["label"].isin(known)].reset_index(drop=True)
    known = {name: count for name, count in known.items() if _starts_early(rows, name)}
    rows = rows[rows["label"].isin(known)].reset_index(drop=True)
    facts = {"examples": len(rows), "least": settings.least_examples, "categories": len(known)}
    if len(rows) < settings.least_examples:
        return Training(None, Card(reason="too_few_examples", facts=facts))
    if len(known) < 2 or set(known) == {VALUABLE}:  # nothing to tell apart
        return Training(None, Card(reason="too_few_categories", facts=facts))
    return _trained(rows, known, settings)


def _starts_early(rows: pd.DataFrame, name: str) -> bool:
    """Tell whether a category occurs among those to learn from: a new code cannot be measured."""
    return bool((rows["label"][: int(len(rows) * _LEARNT)] == name).any())


def _with_corrections(rows: pd.DataFrame) -> pd.DataFrame:
    """Let what a person judged of a note hold for every note of the same words."""
    words = rows["note"].astype("str").str.lower().str.split().str.join(" ")
    judged = rows["is_correction"].astype(bool)
    latest = pd.Series(rows["label"][judged].to_numpy(), index=words[judged])
    latest = latest[~latest.index.duplicated(keep="last")]
    told = words.map(latest)
    label = rows["label"].where(judged | told.isna(), told)
    return rows.assign(label=label, is_correction=judged | told.notna())


def _trained(rows: pd.DataFrame, known: dict[str, int], settings: NoteModelSettings) -> Training:
    first, second = int(len(rows) * _LEARNT), int(len(rows) * _VALIDATED)
    learnt, validated, tested = rows[:first], rows[first:second], rows[second:]
    scorer = fit_scorer(learnt["note"].tolist(), learnt["label"].tolist(), _weights(learnt))
    calibration = fit_calibration(
        scorer.scores(validated["note"].tolist()), validated["label"].tolist(), scorer.classes
    )
    trial = NoteModel(scorer, calibration, _NEVER)
    threshold = _threshold(trial, validated, settings.precision)
    trial = replace(trial, threshold=threshold)
    whole = fit_scorer(rows["note"].tolist(), rows["label"].tolist(), _weights(rows))
    model = NoteModel(whole, calibration, threshold)
    card = _card(trial, tested, known)
    moments = rows["started_at"].to_numpy()
    return Training(
        model,
        replace(
            card,
            model_id=model.model_id,
            reason="" if threshold < 1 else "never_sure",
            threshold=threshold,
            examples=len(rows),
            corrections=int(rows["is_correction"].sum()),
            periods=(days(moments[:first]), days(moments[first:second]), days(moments[second:])),
        ),
    )


def _weights(rows: pd.DataFrame) -> Sequence[float]:
    return [_CORRECTION_WEIGHT if one else 1.0 for one in rows["is_correction"]]


def _threshold(model: NoteModel, rows: pd.DataFrame, precision: float) -> float:
    """Return the lowest probability from which what is called avoidable is right often enough."""
    said, probability = model.judge(rows["note"].tolist())
    avoidable = said != VALUABLE
    right = said == rows["label"].to_numpy()
    for threshold in _THRESHOLDS:
        spoken = avoidable & (probability >= threshold)
        if spoken.sum() >= _LEAST_SPOKEN and right[spoken].mean() >= precision:
            return float(threshold)
    return _NEVER


def _card(model: NoteModel, rows: pd.DataFrame, known: dict[str, int]) -> Card:
    said, probability = model.judge(rows["note"].tolist())
    actual = rows["label"].to_numpy()
    sure = model.is_sure(probability)
    bins = reliability(said == actual, probability)
    return Card(
        tested=len(rows),
        sure=int(sure.sum()),
        right=int((sure & (said == actual)).sum()),
        calibration_error=calibration_error(bins),
        categories=quality(actual, said, probability, sure, known),
        bins=bins,
    )
