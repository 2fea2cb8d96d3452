"""Geometry of the statistics charts: the place of each bar, tick and label, in units of an SVG viewBox.

It has no markup and no colours: a template draws, and a stylesheet paints by `kind`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from trackback.model.texts import shorten

CHARACTER = 7.2
"""Width of a label's character at a font size of 12, rounded up generously."""

_TOP = 10  # room for half a label above the highest tick
_FOOT = 24  # room for the labels of the columns
_GAP = 8  # between a label and its bar or axis
_MOST_STEPS = 5
_FILLED = 0.72  # share of a column's slot
_WIDEST_COLUMN = 40
_ROW, _BASELINE, _BAR_AT, _BAR = (
    40,
    13,
    18,
    12,
)  # a bar list's row: height, label, bar, bar height


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle that shows a number of one kind. `label` names its column or row."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of an axis, and its position."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Stacked columns between `left` and `right`, on a base line at `bottom`.

    Ticks of the y axis are horizontal lines with a label on the left. Ticks of the x axis are labels only,
    centred below `bottom`.
    """

    width: float
    height: float
    left: float
    right: float
    bottom: float
    bars: tuple[Bar, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of a list, with its label above, shortened to the chart's width, and its value on the right."""

    bar: Bar
    label: str
    label_y: float
    value_x: float
    value_y: float


@dataclass(frozen=True, slots=True)
class BarList:
    """Horizontal bars below each other."""

    width: float
    height: float
    rows: tuple[Row, ...]


def column_chart(
    columns: Sequence[tuple[str, Mapping[str, int]]],
    kinds: Sequence[str],
    width: float = 640,
    height: float = 240,
) -> ColumnChart:
    """Return a chart with a column for each label, and in it a bar for each kind, stacked upwards."""
    ticks = round_ticks(max((sum(numbers[kind] for kind in kinds) for _, numbers in columns), default=0))
    left = max(len(f"{tick:,}") for tick in ticks) * CHARACTER + _GAP
    bottom = height - _FOOT
    unit = (bottom - _TOP) / ticks[-1]
    slot = (width - left) / max(len(columns), 1)
    bars: list[Bar] = []
    labels: list[Tick] = []
    for number, (label, numbers) in enumerate(columns):
        middle = left + slot * (number + 0.5)
        labels.append(Tick(_round(middle), label))
        bars += _stack(label, {kind: numbers[kind] for kind in kinds}, middle, bottom, (slot, unit))
    return ColumnChart(
        width=width,
        height=height,
        left=_round(left),
        right=width,
        bottom=bottom,
        bars=tuple(bars),
        y_ticks=tuple(Tick(_round(bottom - tick * unit), f"{tick:,}") for tick in ticks),
        x_ticks=tuple(_thinned(labels, slot, width)),
    )


def _stack(
    label: str, numbers: Mapping[str, int], middle: float, bottom: float, scale: tuple[float, float]
) -> Iterator[Bar]:
    slot, unit = scale
    width = min(slot * _FILLED, _WIDEST_COLUMN)
    below = 0
    for kind, value in numbers.items():
        below += value
        if value:
            y = bottom - below * unit
            yield Bar(
                _round(middle - width / 2), _round(y), _round(width), _round(value * unit), kind, label, value
            )


def _thinned(labels: Sequence[Tick], slot: float, width: float) -> Sequence[Tick]:
    """Return as many labels as fit, evenly spaced, counted back from the last one that fits."""
    if not labels:
        return []
    broad = max(len(tick.label) for tick in labels) * CHARACTER
    fitting = [tick for tick in labels if broad / 2 <= tick.at <= width - broad / 2]
    return fitting[:: -ceil((broad + _GAP) / slot)][::-1]


def round_ticks(highest: int) -> list[int]:
    """Return at most six round whole numbers in even steps, from 0 to `highest` or just above."""
    magnitude = 10 ** max(len(str(highest // _MOST_STEPS)) - 1, 0)
    step = next(times * magnitude for times in (1, 2, 5, 10) if times * magnitude * _MOST_STEPS >= highest)
    return [step * number for number in range(max(ceil(highest / step), 1) + 1)]


def bar_list(values: Sequence[tuple[str, int]], kind: str, width: float = 360) -> BarList:
    """Return a bar for each label. The longest bar leaves room for the numbers beside it."""
    most = max((value for _, value in values), default=0)
    room = width - len(f"{most:,}") * CHARACTER - _GAP
    rows = []
    for number, (label, value) in enumerate(values):
        top = number * _ROW
        length = _round(room * value / max(most, 1))
        bar = Bar(0, top + _BAR_AT, length, _BAR, kind, label, value)
        rows.append(
            Row(bar, _fitted(label, width), top + _BASELINE, _round(length + _GAP), top + _BAR_AT + _BAR - 2)
        )
    return BarList(width, len(values) * _ROW, tuple(rows))


def _fitted(label: str, width: float) -> str:
    places = len(label)
    if not label.isascii():
        from wcwidth import wcswidth  # noqa: PLC0415 - as in `shorten`

        places = max(places, wcswidth(label))  # a Chinese character takes two
    return shorten(label, int(width / CHARACTER * len(label) / max(places, 1)))


def _round(number: float) -> float:
    return round(number, 2)
