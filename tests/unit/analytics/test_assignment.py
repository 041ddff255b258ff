"""The best assignment: worked out by hand."""

import numpy as np

from analytics.derive.assignment import best_pairs


def _best(*pairs: tuple[int, int, int, int]) -> list[tuple[int, int, int]]:
    columns = [np.array(column) for column in zip(*pairs, strict=True)]
    chosen = best_pairs(*columns)
    return [pair[:3] for pair, is_chosen in zip(pairs, chosen, strict=True) if is_chosen]


def test_none_of_none() -> None:
    empty = np.array([], dtype=np.int64)
    assert len(best_pairs(empty, empty, empty, empty)) == 0


def test_two_good_pairs_go_before_the_best_and_the_worst() -> None:
    pairs = [(1, 0, 0, 50), (1, 0, 1, 45), (1, 1, 0, 45), (1, 1, 1, 1)]
    assert _best(*pairs) == [(1, 0, 1), (1, 1, 0)]


def test_one_near_pair_goes_before_two_far_ones() -> None:
    assert _best((1, 0, 0, 10), (1, 0, 1, 90), (1, 1, 1, 10)) == [(1, 0, 1)]


def test_of_equal_sums_the_earliest_pair_decides() -> None:
    assert _best((1, 0, 0, 7), (1, 1, 0, 7)) == [(1, 0, 0)]
    square = [(1, 0, 0, 7), (1, 0, 1, 7), (1, 1, 0, 7), (1, 1, 1, 7)]
    assert _best(*square) == [(1, 0, 0), (1, 1, 1)]


def test_components_have_nothing_to_do_with_each_other() -> None:
    assert _best((4, 0, 0, 3), (4, 0, 1, 5), (9, 0, 0, 2)) == [(4, 0, 1), (9, 0, 0)]
