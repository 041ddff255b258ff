"""The model that reads a note: words and parts of words, weighed, and a calibrated probability.

A linear model on TF-IDF of words and of character n-grams, which a slip of the keyboard or a short
form changes little (Joulin et al. 2017, "Bag of tricks for efficient text classification", on why
linear is enough for short texts). Its scores are calibrated by a second, small regression on later
contacts (matrix scaling: Guo et al. 2017, "On calibration of modern neural networks").
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

_LEAST_NOTES = 5
"""A word or part of one that fewer notes have is not learnt: it could be somebody's."""
_SHARED = {
    "strip_accents": "unicode", "sublinear_tf": True, "min_df": _LEAST_NOTES, "dtype": np.float32,
}  # fmt: skip
_WORDS = {
    "analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b",
    "max_features": 20_000, **_SHARED,
}  # fmt: skip
_PARTS = {"analyzer": "char_wb", "ngram_range": (3, 5), "max_features": 40_000, **_SHARED}
_STRENGTH = 4.0
"""Inverse of the regularisation."""


@dataclass(frozen=True)
class Scorer:
    """Vocabulary and weights: turns notes into a score per category.

    `classes` are the categories in the order of the scores' columns.
    """

    classes: tuple[str, ...]
    words: TfidfVectorizer
    parts: TfidfVectorizer
    weights: np.ndarray
    intercepts: np.ndarray

    def scores(self, notes: Sequence[str]) -> np.ndarray:
        """Return a score per note and category; shape (notes, classes)."""
        features = _features(self.words, self.parts, notes)
        return np.asarray(features @ self.weights.T + self.intercepts, dtype="float64")


def _features(words: TfidfVectorizer, parts: TfidfVectorizer, notes: Sequence[str]) -> csr_matrix:
    return hstack([words.transform(notes), parts.transform(notes)], format="csr")


def fit_scorer(notes: Sequence[str], labels: Sequence[str], weights: Sequence[float]) -> Scorer:
    """Learn from labelled notes; equal notes give an equal scorer.

    Categories weigh equally however rare they are (class weights), so that a small one is seen.

    Args:
        notes: redacted notes.
        labels: the category of each; at least two different ones.
        weights: how much each note weighs.
    """
    words, parts = TfidfVectorizer(**_WORDS), TfidfVectorizer(**_PARTS)
    features = hstack([words.fit_transform(notes), parts.fit_transform(notes)], format="csr")
    regression = LogisticRegression(
        C=_STRENGTH, class_weight="balanced", max_iter=300, tol=1e-3, solver="lbfgs"
    )
    regression.fit(features, list(labels), sample_weight=np.asarray(weights))
    coefficients, intercepts = _per_class(regression)
    return Scorer(
        tuple(str(name) for name in regression.classes_),
        words,
        parts,
        coefficients.astype("float32"),
        intercepts.astype("float32"),
    )


def _per_class(regression: LogisticRegression) -> tuple[np.ndarray, np.ndarray]:
    """Return a row of coefficients and an intercept per class: of two, one row stands for both."""
    coefficients, intercepts = regression.coef_, regression.intercept_
    if len(regression.classes_) > 2:
        return coefficients, intercepts
    return np.vstack([-coefficients, coefficients]) / 2, np.hstack([-intercepts, intercepts]) / 2


@dataclass(frozen=True)
class Calibration:
    """Turns scores into probabilities that hold on contacts the scorer never saw."""

    weights: np.ndarray
    intercepts: np.ndarray

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Return a probability per note and category; each row adds up to 1."""
        return np.asarray(softmax(scores @ self.weights.T + self.intercepts, axis=1))


def fit_calibration(
    scores: np.ndarray, labels: Sequence[str], classes: Sequence[str]
) -> Calibration:
    """Learn how scores on later contacts go with their labels.

    Args:
        scores: of a scorer, on contacts that it did not learn from.
        labels: their categories; those that do not occur keep a small probability.
        classes: the scorer's.
    """
    regression = LogisticRegression(C=1.0, max_iter=1000)
    regression.fit(scores, list(labels))
    present = [str(name) for name in regression.classes_]
    coefficients, intercepts = _per_class(regression)
    weights = np.eye(len(classes)) * np.abs(coefficients).mean()
    shift = np.full(len(classes), intercepts.min() - 2.0)
    for row, name in enumerate(present):
        place = list(classes).index(name)
        weights[place] = coefficients[row]
        shift[place] = intercepts[row]
    return Calibration(weights, shift)


@dataclass(frozen=True)
class NoteModel:
    """A calibrated scorer with the probability from which it speaks."""

    scorer: Scorer
    calibration: Calibration
    threshold: float

    @property
    def classes(self) -> tuple[str, ...]:
        """The categories that it knows."""
        return self.scorer.classes

    def judge(self, notes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the likeliest category of each note, and its probability."""
        probabilities = self.calibration.probabilities(self.scorer.scores(notes))
        best = probabilities.argmax(axis=1)
        names = np.asarray(self.classes, dtype=object)[best]
        return names, probabilities[np.arange(len(best)), best]

    def is_sure(self, probability: np.ndarray) -> np.ndarray:
        """Tell of each probability whether it is enough to speak."""
        return probability >= self.threshold

    def to_bytes(self) -> bytes:
        """Return its parameters: plain arrays, which can be read without running anything."""
        target = io.BytesIO()
        scorer, calibration = self.scorer, self.calibration
        np.savez_compressed(
            target,
            classes=np.asarray(scorer.classes, dtype="U"),
            words=scorer.words.get_feature_names_out().astype("U"),
            word_idf=scorer.words.idf_,
            parts=scorer.parts.get_feature_names_out().astype("U"),
            part_idf=scorer.parts.idf_,
            weights=scorer.weights,
            intercepts=scorer.intercepts,
            calibration_weights=calibration.weights,
            calibration_intercepts=calibration.intercepts,
            threshold=np.asarray(self.threshold),
        )
        return target.getvalue()

    @property
    def model_id(self) -> str:
        """A hash of what it learnt: two models of one id judge alike."""
        text = hashlib.sha256()
        for array in (self.scorer.weights, self.calibration.weights, self.calibration.intercepts):
            text.update(np.ascontiguousarray(array).tobytes())
        text.update(repr((self.classes, self.threshold)).encode())
        text.update("\0".join(self.scorer.words.get_feature_names_out()).encode())
        return text.hexdigest()[:12]


def model_from_bytes(content: bytes) -> NoteModel:
    """Return the model that `NoteModel.to_bytes` wrote.

    Raises:
        ValueError: it is no such model.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        words, parts = TfidfVectorizer(**_WORDS), TfidfVectorizer(**_PARTS)
        for vectorizer, names, idf in (
            (words, held["words"], held["word_idf"]),
            (parts, held["parts"], held["part_idf"]),
        ):
            vectorizer.vocabulary_ = {str(name): place for place, name in enumerate(names)}
            vectorizer.idf_ = idf
        scorer = Scorer(
            tuple(str(name) for name in held["classes"]),
            words,
            parts,
            held["weights"],
            held["intercepts"],
        )
        calibration = Calibration(held["calibration_weights"], held["calibration_intercepts"])
        return NoteModel(scorer, calibration, float(held["threshold"]))
