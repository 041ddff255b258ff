"""The model that reads notes, on notes made here."""

import random

import numpy as np
import pandas as pd
import pytest

from analytics.notes.card import card_from_json
from analytics.notes.model import model_from_bytes
from analytics.notes.review import quality_table
from analytics.notes.training import Training, train
from warehouse.model_settings import NoteModelSettings

SETTINGS = NoteModelSettings(least_examples=100, least_per_category=20)
_PHRASES = {
    "progress_chasing": ("hoe staat het met de aanvraag", "wanneer is het klaar", "al bericht"),
    "digital_failure": ("site geeft foutmelding", "formulier loopt vast", "inloggen lukt niet"),
    "valuable": ("afspraak gemaakt", "informatie gegeven", "adres gewijzigd", "kosten uitgelegd"),
}
_ENDS = ("", ", akkoord", " - dank", ". mw belt terug", " over paspoort", " over wmo")


def notes(count: int, seed: int = 1, noise: float = 0.1) -> pd.DataFrame:
    draw = random.Random(seed)
    labels = [draw.choice(list(_PHRASES)) for _ in range(count)]
    texts = [f"{draw.choice(_PHRASES[label])}{draw.choice(_ENDS)}" for label in labels]
    said = [draw.choice(list(_PHRASES)) if draw.random() < noise else label for label in labels]
    return pd.DataFrame(
        {
            "contact_key": range(count),
            "note": texts,
            "label": said,
            "started_at": pd.date_range("2025-01-01", periods=count, freq="h"),
            "is_correction": False,
        }
    )


@pytest.fixture(scope="module")
def trained() -> Training:
    return train(notes(900), SETTINGS)


def test_it_learns_what_the_codes_say(trained: Training) -> None:
    assert trained.model is not None
    said, probability = trained.model.judge(
        ["Mw: hoe staat het met aanvraag", "site geeft foutmeldng"]
    )
    assert list(said) == ["progress_chasing", "digital_failure"]
    assert (probability > 0.5).all()


def test_it_stays_the_same_when_it_is_kept(trained: Training) -> None:
    assert trained.model is not None
    again = model_from_bytes(trained.model.to_bytes())
    asked = [*notes(200, seed=2)["note"], "geheel iets anders", ""]
    for one, other in zip(trained.model.judge(asked), again.judge(asked), strict=True):
        assert (one == other).all()
    assert again.model_id == trained.model.model_id == trained.card.model_id
    assert card_from_json(trained.card.to_json()) == trained.card


def test_what_is_kept_runs_no_program(trained: Training) -> None:
    assert trained.model is not None
    with pytest.raises(ValueError, match="allow_pickle"):
        model_from_bytes(b"\x80\x04N.")  # a pickle


def test_the_order_of_rows_makes_no_difference(trained: Training) -> None:
    shuffled = train(notes(900).sample(frac=1, random_state=3), SETTINGS)
    assert shuffled.card == trained.card


def test_it_is_measured_on_what_came_after(trained: Training) -> None:
    """Counted again with the parts cut by hand: the last fifth, by a model of the first three."""
    rows = notes(900)
    tested = rows[720:]
    assert trained.card.tested == len(tested)
    actual = tested["label"].value_counts()
    assert {one.category: one.actual for one in trained.card.categories} == actual.to_dict()
    assert trained.card.periods[2][0] == f"{tested['started_at'].iloc[0]:%Y-%m-%d}"
    assert trained.card.right / trained.card.sure > 0.85


def test_probabilities_are_what_holds() -> None:
    """A quarter of the codes is drawn at random, so that no note can be surer than about 0.83."""
    card = train(notes(3000, noise=0.25), SETTINGS).card
    assert card.calibration_error is not None
    assert card.calibration_error < 0.06
    stated = sum(one.mean_probability * one.count for one in card.bins) / card.tested
    held = sum(one.right for one in card.bins) / card.tested
    assert stated == pytest.approx(held, abs=0.05)
    assert max(one.mean_probability for one in card.bins) < 0.95


def test_it_is_silent_where_it_cannot_know() -> None:
    rows = notes(900)
    rows["label"] = random.Random(5).choices(list(_PHRASES), k=len(rows))
    trained = train(rows, SETTINGS)
    assert trained.model is not None
    assert trained.card.reason == "never_sure"
    assert trained.card.sure == 0
    assert not trained.model.is_sure(np.array([1.0])).any()


def test_a_stricter_precision_makes_it_say_less() -> None:
    rows = notes(2000, noise=0.3)
    loose = train(rows, SETTINGS.model_copy(update={"precision": 0.5})).card
    strict = train(rows, SETTINGS.model_copy(update={"precision": 0.95})).card
    assert strict.threshold > loose.threshold
    assert strict.sure < loose.sure


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (notes(60), "too_few_examples"),
        (notes(0), "too_few_examples"),
        (notes(400).assign(label="valuable"), "too_few_categories"),
    ],
)
def test_it_says_why_there_is_none(rows: pd.DataFrame, reason: str) -> None:
    trained = train(rows, SETTINGS)
    assert trained.model is None
    assert trained.card.reason == reason
    assert not trained.card.is_trained


def test_a_rare_category_is_not_learnt() -> None:
    rows = notes(600)
    rows.loc[::60, "label"] = "organisation_error"
    card = train(rows, SETTINGS).card
    assert "organisation_error" not in {one.category for one in card.categories}


def test_corrections_teach_what_codes_had_wrong() -> None:
    """Agents code every failing log-in as valuable; people correct a tenth of these."""
    rows = notes(1500)
    phrase = rows["note"].str.contains("inloggen")
    rows.loc[phrase, "label"] = "valuable"
    before = train(rows, SETTINGS).model
    assert before is not None
    asked = ["inloggen lukt niet, mw boos", "kan niet inloggen"]
    assert set(before.judge(asked)[0]) == {"valuable"}
    corrected = rows[phrase].iloc[::10].index
    rows.loc[corrected, "label"] = "digital_failure"
    rows.loc[corrected, "is_correction"] = True
    trained = train(rows, SETTINGS)
    assert trained.model is not None
    assert set(trained.model.judge(asked)[0]) == {"digital_failure"}
    assert trained.card.corrections >= len(corrected)
    others = ["afspraak gemaakt, akkoord", "informatie gegeven"]
    assert set(trained.model.judge(others)[0]) == {"valuable"}


def test_words_of_few_people_are_not_kept() -> None:
    rows = notes(600)
    rows.loc[:3, "note"] = "zeldzaamwoord in de notitie"
    model = train(rows, SETTINGS).model
    assert model is not None
    assert "zeldzaamwoord" not in model.scorer.words.get_feature_names_out()


def test_small_groups_are_hidden_on_the_card(trained: Training) -> None:
    shown = quality_table(trained.card, 10)
    assert not shown["suppressed"].any()
    hidden = quality_table(trained.card, 10_000)
    assert hidden["suppressed"].all()
    assert hidden[["value", "numerator", "denominator", "stated"]].isna().all(axis=None)
