"""A signature drawn by finger, mouse or pen: lines on a field of fixed size, checked, and drawn as SVG. Pure functions."""

import itertools
from math import dist
from typing import Final

WIDE: Final = 1_500
HIGH: Final = 500
MOST_LINES: Final = 80
MOST_POINTS: Final = 6_000
SHORTEST: Final = 150
TOO_LITTLE: Final = "Bitte unterschreiben Sie in dem Feld mit Ihrem ganzen Namen."
TOO_MUCH: Final = (
    "Das ist zu viel für eine Unterschrift. Bitte löschen Sie das Feld und unterschreiben Sie noch einmal."
)

Lines = list[list[int]]


def checked_lines(lines: Lines) -> Lines:
    """Lines of x, y, x, y … on a field of 1500 × 500; `ValueError` in words for what can be no signature."""
    if len(lines) > MOST_LINES or sum(map(len, lines)) > 2 * MOST_POINTS:
        raise ValueError(TOO_MUCH)
    for line in lines:
        odd = len(line) % 2 or len(line) < 2
        outside = any(not 0 <= x <= WIDE for x in line[::2]) or any(not 0 <= y <= HIGH for y in line[1::2])
        if odd or outside:
            raise ValueError(TOO_LITTLE)
    if sum(map(_length, lines)) < SHORTEST:
        raise ValueError(TOO_LITTLE)
    return lines


def drawn(lines: Lines) -> str:
    """The signature as a picture of lines, without words or metadata."""
    paths = "".join(f'<path d="{_path(line)}"/>' for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}">'
        f'<g fill="none" stroke="#00205b" stroke-width="7" stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
    )


def _points(line: list[int]) -> list[tuple[int, int]]:
    return list(zip(line[::2], line[1::2], strict=True))


def _length(line: list[int]) -> float:
    points = _points(line)
    return sum(dist(one, other) for one, other in itertools.pairwise(points))


def _path(line: list[int]) -> str:
    """Curves through the middles of neighbouring points: smooth, however few points the device gave."""
    points = _points(line)
    (x, y), last = points[0], points[-1]
    steps = [f"M{x} {y}"]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        steps.append(f"Q{x1} {y1} {(x1 + x2) / 2:g} {(y1 + y2) / 2:g}")
    return " ".join([*steps, f"L{last[0]} {last[1]}"])
