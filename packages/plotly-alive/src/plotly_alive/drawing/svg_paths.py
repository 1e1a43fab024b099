"""The lines of a drawing: parsed from SVG's path data, simplified as far as no reader can see it,
and written short.

The drawing looks the same: no line moves by more than :data:`TOLERANCE`, and where thousands of
points fall into a few hundred columns of pixels, each column keeps the first, the highest, the
lowest and the last of them (Jugel et al., M4, 2014). Only straight lines are read; curves stay as
they are.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]

TOLERANCE = 0.2
"""The most pixels between a simplified line and the drawn line."""
FINE = 20
"""Lines of up to this many points are not simplified."""
COLUMN = 1.0
"""The width in pixels of a column of which four points are kept."""

_TOKENS = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_CURVE = re.compile(r"[^MLHVZmlhvz\d\s.,+\-eE]")


class BrokenPathError(Exception):
    """Path data that lack a number, as in a drawing that is cut off."""


@dataclass(frozen=True)
class Line:
    """A line from point to point."""

    points: tuple[Point, ...]
    """Its points, in order."""
    closed: bool = False
    """It goes back to its first point."""

    def moved(self, dx: float, dy: float) -> Line:
        """Return the line, moved by ``dx`` and ``dy``."""
        return Line(tuple((x + dx, y + dy) for x, y in self.points), self.closed)


def read(data: str) -> tuple[Line, ...] | None:
    """Read the lines of a path; None where it has curves. Raises :class:`BrokenPathError`."""
    if not is_straight(data):
        return None
    try:
        return _read(_TOKENS.findall(data))
    except (ValueError, StopIteration):
        raise BrokenPathError(data[:80]) from None


def is_straight(data: str) -> bool:
    """True if a path has lines, and no curves."""
    return bool(data) and not _CURVE.search(data)


def _read(tokens: Sequence[str]) -> tuple[Line, ...]:
    lines: list[Line] = []
    points: list[Point] = []
    command, x, y = "", 0.0, 0.0
    numbers = iter(tokens)
    for token in numbers:
        if token in "Zz":
            if points:
                lines.append(Line(tuple(points), closed=True))
                x, y = points[0]
                points = []
            continue
        command, number = (token, next(numbers)) if token.isalpha() else (command, token)
        across = float(number) if command not in "Vv" else 0.0
        down = (
            float(next(numbers)) if command in "MmLl" else float(number) if command in "Vv" else 0.0
        )
        if command.islower():
            to = x + across, y + down
        else:
            to = (x if command == "V" else across), (y if command == "H" else down)
        if command in "Mm":
            lines += [Line(tuple(points))] if len(points) > 1 else []
            points, command = [], "L" if command == "M" else "l"
        elif not points:
            points.append((x, y))
        points.append(to)
        x, y = to
    lines += [Line(tuple(points))] if len(points) > 1 else []
    return tuple(lines)


def write(lines: Iterable[Line]) -> str:
    """Return path data to a tenth of a pixel, in steps from point to point."""
    text: list[str] = []
    at = (0, 0)
    for line in lines:
        last = ""
        for x, y in line.points:
            to = round(x * 10), round(y * 10)
            step = to[0] - at[0], to[1] - at[1]
            if not last:
                text.append(f"M{_numbers(*to)}")
                last = "m"
            elif step != (0, 0):
                command = "v" if not step[0] else "h" if not step[1] else "l"
                numbers = _numbers(*(part for part in step if part) if command != "l" else step)
                text.append(
                    numbers
                    if command == last and numbers[0] == "-"
                    else f" {numbers}"
                    if command == last == "l"
                    else f"{command}{numbers}"
                )
                last = command
            at = to
        if last == "m":
            text.append("h0")  # a dot, where the line's ends are round
        if line.closed:
            text.append("z")
            at = round(line.points[0][0] * 10), round(line.points[0][1] * 10)
    return "".join(text)


def simplified(line: Line) -> Line:
    """Return a line that looks the same, with fewer points."""
    points: Sequence[Point] = line.points
    if len(points) <= FINE:
        return line
    if not line.closed and all(a[0] <= b[0] for a, b in pairwise(points)):
        points = _columns(points)
    # A ring has two ends when it is cut; the point farthest from the first is the other.
    if line.closed or points[0] == points[-1]:
        far = max(range(len(points)), key=lambda n: math.dist(points[0], points[n]))
        return Line(
            (*_reduced(points[: far + 1])[:-1], *_reduced([*points[far:], points[0]])[:-1]),
            line.closed,
        )
    return Line(tuple(_reduced(points)))


def _columns(points: Sequence[Point]) -> list[Point]:
    """Return the first, the highest, the lowest and the last point of each column of pixels."""
    kept: list[Point] = []
    for _, column in itertools.groupby(points, key=lambda point: int(point[0] / COLUMN)):
        within = list(column)
        height: Callable[[int], float] = lambda n, within=within: within[n][1]  # type: ignore[misc]  # noqa: E731
        ends = {
            0,
            len(within) - 1,
            min(range(len(within)), key=height),
            max(range(len(within)), key=height),
        }
        kept += [within[n] for n in sorted(ends)]
    return kept


def _reduced(points: Sequence[Point]) -> list[Point]:
    """Reduce points by Douglas and Peucker's algorithm: of each stretch the point farthest from its
    chord is kept, if it is farther away than allowed.
    """
    kept = {0, len(points) - 1}
    stretches = [(0, len(points) - 1)]
    while stretches:
        first, last = stretches.pop()
        distances = _distances(points[first + 1 : last], points[first], points[last])
        if distances and (farthest := max(distances)) > TOLERANCE:
            middle = first + 1 + distances.index(farthest)
            kept.add(middle)
            stretches += [(first, middle), (middle, last)]
    return [points[n] for n in sorted(kept)]


def _distances(points: Iterable[Point], start: Point, end: Point) -> list[float]:
    """Return the distance of each point from a segment."""
    (x0, y0), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    length = dx * dx + dy * dy or 1.0
    distances = []
    for x, y in points:
        along = ((x - x0) * dx + (y - y0) * dy) / length
        along = 0.0 if along < 0 else 1.0 if along > 1 else along
        distances.append(math.dist((x, y), (x0 + along * dx, y0 + along * dy)))
    return distances


def _numbers(*tenths: int) -> str:
    """Write numbers, given in tenths, as short decimals: `12 -.5`."""
    text = ""
    for number in tenths:
        whole, tenth = divmod(abs(number), 10)
        digits = f"{whole or ''}.{tenth}" if tenth else f"{whole}"
        text += f"-{digits}" if number < 0 else f" {digits}" if text else digits
    return text
