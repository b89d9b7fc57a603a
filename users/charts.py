"""Charts: whole numbers in, the geometry of SVG drawings in three widths out.

The page part is templates/_chart.html, with a table beside the drawing. All arithmetic is in
integers; how a value is written is the caller's, since this app does not know money.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from babel.numbers import format_decimal
from django.utils.text import slugify
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

Kind = Literal["bars", "lines", "stacked"]
Size = Literal["wide", "middle", "narrow"]
MOST_SERIES = 6
MOST_STEPS = 5
# Pixels of the drawing: about what one character of its labels takes, and its margins.
CHARACTER = 7
ABOVE, BELOW, BESIDE = 22, 28, 8


def plain_number(value: int) -> str:
    return format_decimal(value, locale=to_locale(get_language() or "en"))


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: a name and a whole number for each label."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the grid with its value."""

    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar, or the dot of a line: (x, y) is its upper corner or its middle."""

    series: int
    x: int
    y: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """All that stands over one label."""

    x: int
    width: int
    middle: int
    label: str
    label_shown: bool
    description: str
    value: str
    value_y: int
    value_anchor: Literal["start", "middle", "end"]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything _chart.html draws, in pixels of a drawing of this size."""

    size: Size
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    zero: int
    steps: tuple[Step, ...]
    columns: tuple[Column, ...]
    lines: tuple[tuple[int, str], ...]

    @property
    def label_y(self) -> int:
        return self.height - BESIDE

    @property
    def plot_height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True)
class Chart:
    """A chart with a title, a unit, one label for each place and one or more series.

    `value_text` writes a value in the table and at the marks, `axis_text` at the grid.
    """

    title: str
    unit: str
    series: Sequence[Series]
    labels: Sequence[str]
    kind: Kind = "bars"
    label_name: str = ""
    value_text: Callable[[int], str] = field(default=plain_number, repr=False)
    axis_text: Callable[[int], str] | None = field(default=None, repr=False)
    empty_text: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= MOST_SERIES:
            raise ValueError(f"a chart has 1 to {MOST_SERIES} series, not {len(self.series)}")
        for one in self.series:
            if len(one.values) != len(self.labels):
                raise ValueError(
                    f"{one.name}: {len(one.values)} values for {len(self.labels)} labels"
                )
            for value in one.values:
                if type(value) is not int:
                    raise TypeError(f"{one.name}: {value!r} is not a whole number")
                if self.kind == "stacked" and value < 0:
                    raise ValueError(f"{one.name}: {value} cannot be stacked")

    @property
    def id(self) -> str:
        return f"chart-{self.name or slugify(self.title)}"

    @property
    def is_empty(self) -> bool:
        return not any(value for one in self.series for value in one.values)

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table: each label with what its series say."""
        return [
            (label, [self.value_text(one.values[place]) for one in self.series])
            for place, label in enumerate(self.labels)
        ]

    @property
    def summary(self) -> str:
        """What a sighted person takes from the drawing at a glance, in one sentence."""
        sums = self._sums
        high = max(range(len(sums)), key=sums.__getitem__)
        low = min(range(len(sums)), key=sums.__getitem__)
        return _(
            "From %(first)s to %(last)s; highest on %(high)s with %(most)s, "
            "lowest on %(low)s with %(least)s."
        ) % {
            "first": self.labels[0],
            "last": self.labels[-1],
            "high": self.labels[high],
            "most": self.value_text(sums[high]),
            "low": self.labels[low],
            "least": self.value_text(sums[low]),
        }

    @cached_property
    def drawings(self) -> tuple[Drawing, ...]:
        return (
            self._draw("wide", 760, 290),
            self._draw("middle", 520, 270),
            self._draw("narrow", 340, 240),
        )

    @cached_property
    def _sums(self) -> list[int]:
        return [sum(one.values[place] for one in self.series) for place in range(len(self.labels))]

    def _draw(self, size: Size, width: int, height: int) -> Drawing:
        ends = self._sums if self.kind == "stacked" else [v for s in self.series for v in s.values]
        step = step_for(min(0, *ends), max(0, *ends))
        low, high = min(0, *ends) // step * step, -(-max(0, *ends) // step) * step
        if low == high:
            high = step
        write = self.axis_text or self.value_text
        texts = {value: write(value) for value in range(low, high + 1, step)}
        left = max(len(text) for text in texts.values()) * CHARACTER + 2 * BESIDE
        right, top, bottom = width - BESIDE, ABOVE, height - BELOW

        def place(value: int) -> int:
            return bottom - (value - low) * (bottom - top) // (high - low)

        columns = self._columns(left=left, right=right, width=width, place=place)
        return Drawing(
            size=size,
            width=width,
            height=height,
            left=left,
            right=right,
            top=top,
            bottom=bottom,
            zero=place(0),
            steps=tuple(Step(place(value), text) for value, text in texts.items()),
            columns=columns,
            lines=self._lines(columns) if self.kind == "lines" else (),
        )

    def _columns(
        self, *, left: int, right: int, width: int, place: Callable[[int], int]
    ) -> tuple[Column, ...]:
        count, space = len(self.labels), right - left
        longest = max(len(label) for label in self.labels) * CHARACTER + BESIDE
        every = -(-longest * count // space)
        columns = []
        for number, label in enumerate(self.labels):
            start = left + space * number // count
            end = left + space * (number + 1) // count
            middle = (start + end) // 2
            marks = self._marks(number=number, start=start, end=end, place=place)
            written = self.value_text(self._sums[number]) if self._is_summed else label
            columns.append(
                Column(
                    x=start,
                    width=end - start,
                    middle=middle,
                    label=label,
                    label_shown=number % every == 0,
                    description=self._describe(number),
                    value=written,
                    value_y=max(min(mark.y for mark in marks) - BESIDE, ABOVE // 2 + 2),
                    value_anchor=_anchor(middle, left, width, len(written) * CHARACTER),
                    marks=marks,
                )
            )
        return tuple(columns)

    @property
    def _is_summed(self) -> bool:
        return len(self.series) == 1 or self.kind == "stacked"

    def _describe(self, number: int) -> str:
        values = [self.value_text(one.values[number]) for one in self.series]
        if len(self.series) > 1:
            values = [f"{one.name} {v}" for one, v in zip(self.series, values, strict=True)]
        return f"{self.labels[number]}: {', '.join(values)}"

    def _marks(
        self, *, number: int, start: int, end: int, place: Callable[[int], int]
    ) -> tuple[Mark, ...]:
        values = [one.values[number] for one in self.series]
        if self.kind == "lines":
            middle = (start + end) // 2
            return tuple(Mark(i, middle, place(v)) for i, v in enumerate(values, 1))
        gap = (end - start) // 6
        first, last = start + gap, max(end - gap, start + gap + 1)
        marks = []
        if self.kind == "stacked":
            below = 0
            for i, value in enumerate(values, 1):
                upper, lower = place(below + value), place(below)
                marks.append(Mark(i, first, upper, last - first, lower - upper))
                below += value
            return tuple(marks)
        for i, value in enumerate(values, 1):
            x = first + (last - first) * (i - 1) // len(values)
            x_end = first + (last - first) * i // len(values)
            upper, lower = sorted((place(value), place(0)))
            marks.append(Mark(i, x, upper, max(x_end - x, 1), lower - upper))
        return tuple(marks)

    def _lines(self, columns: Sequence[Column]) -> tuple[tuple[int, str], ...]:
        return tuple(
            (i, " ".join(f"{column.marks[i - 1].x},{column.marks[i - 1].y}" for column in columns))
            for i in range(1, len(self.series) + 1)
        )


def step_for(low: int, high: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that spans low to high in a few steps."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if -(-high // step) - low // step <= MOST_STEPS:
                return step
        size *= 10


def _anchor(middle: int, left: int, width: int, text: int) -> Literal["start", "middle", "end"]:
    """Keep a text over its column inside the drawing."""
    if middle - text // 2 < left:
        return "start"
    return "end" if middle + text // 2 > width else "middle"
