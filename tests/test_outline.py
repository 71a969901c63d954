import numpy as np
import pytest

from pcgstudio.outline import perimeter, roundness, solidity


def disc(radius, side=121):
    r, c = np.indices((side, side)) - side // 2
    return np.hypot(r, c) <= radius


def test_a_disc_is_round_and_full():
    assert roundness(disc(40)) >= 0.97
    assert solidity(disc(40)) >= 0.97
    assert perimeter(disc(40)) == pytest.approx(2 * np.pi * 40, rel=0.02)


@pytest.mark.parametrize("radius", [15, 20, 40, 55])
def test_round_at_every_size(radius):
    assert roundness(disc(radius)) >= 0.95


def test_an_ellipse_is_as_round_as_the_formula_says():
    r, c = np.indices((121, 121)) - 60
    long = np.hypot(r / 15, c / 45) <= 1
    around = np.pi * (3 * 60 - np.sqrt((3 * 15 + 45) * (15 + 3 * 45)))  # Ramanujan
    assert roundness(long) == pytest.approx(4 * np.pi * np.pi * 15 * 45 / around**2, rel=0.06)
    assert solidity(long) > 0.95


def test_a_square_is_less_round_and_quite_full():
    square = np.zeros((50, 50), bool)
    square[10:40, 10:40] = True
    assert 0.7 < roundness(square) < 0.95
    assert solidity(square) == pytest.approx(1)


def test_a_bite_makes_it_less_full_and_a_ragged_rim_less_round():
    r, c = np.indices((121, 121)) - 60
    moon = disc(50) & ~(np.hypot(r, c - 30) <= 40)
    assert solidity(moon) < 0.7
    ragged = np.hypot(r, c) <= 40 + 6 * np.sin(12 * np.arctan2(r, c))
    assert roundness(ragged) < 0.7


def test_it_turns_and_touches_the_edge_without_harm():
    moon = disc(50) & ~np.roll(disc(40), 30, axis=1)
    assert roundness(moon) == pytest.approx(roundness(moon.T))
    assert solidity(moon[:, ::-1]) == pytest.approx(solidity(moon))
    assert solidity(np.ones((9, 7), bool)) == 1
    assert roundness(np.ones((9, 7), bool)) > 0.6


def test_nothing_has_no_outline_and_one_cell_has():
    empty = np.zeros((5, 5), bool)
    assert roundness(empty) is None
    assert solidity(empty) is None
    empty[2, 2] = True
    assert solidity(empty) == 1
