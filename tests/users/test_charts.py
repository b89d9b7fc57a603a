"""The geometry of charts, to the pixel, and what is refused."""

import pytest
from django.template.loader import render_to_string

from users.charts import Chart, Series, step_for


def bars(*values, **options):
    labels = [f"d{number}" for number in range(1, len(values) + 1)]
    return Chart(
        title="Gifts",
        unit="a day",
        series=[Series("Gifts", list(values))],
        labels=labels,
        **options,
    )


def wide(chart):
    return next(drawing for drawing in chart.drawings if drawing.size == "wide")


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [
        (0, 1, 1),
        (0, 5, 1),
        (0, 6, 2),
        (0, 21_900, 5_000),
        (-140, 120, 100),
        (-3, 0, 1),
        (0, 10**15, 2 * 10**14),
    ],
)
def test_the_grid_has_round_steps_and_few_of_them(low, high, step):
    assert step_for(low, high) == step


def test_bars_stand_on_zero_and_reach_their_value():
    drawing = wide(bars(0, 50, 100))
    assert [(step.text, step.y) for step in drawing.steps] == [
        ("0", 262),
        ("20", 214),
        ("40", 166),
        ("60", 118),
        ("80", 70),
        ("100", 22),
    ]
    heights = [column.marks[0].height for column in drawing.columns]
    assert heights == [0, 120, 240]
    assert all(c.marks[0].y + c.marks[0].height == drawing.zero == 262 for c in drawing.columns)


def test_columns_fill_the_width_without_gap_or_overlap():
    for drawing in bars(*range(1, 31)).drawings:
        ends = [drawing.left]
        for column in drawing.columns:
            assert column.x == ends[-1]
            ends.append(column.x + column.width)
        assert ends[-1] == drawing.right


def test_losses_hang_below_zero():
    drawing = wide(bars(100, -100))
    gain, loss = (column.marks[0] for column in drawing.columns)
    assert gain.y + gain.height == loss.y == drawing.zero
    assert gain.height == loss.height == 120


def test_stacked_bars_stand_on_each_other_and_sum_up():
    chart = Chart(
        title="Sources",
        unit="coins",
        series=[Series("Rooms", [30]), Series("Videos", [50]), Series("Comments", [20])],
        labels=["today"],
        kind="stacked",
    )
    [column] = wide(chart).columns
    first, second, third = column.marks
    assert first.y + first.height == 262
    assert second.y + second.height == first.y
    assert third.y + third.height == second.y
    assert first.height + second.height + third.height == 240
    assert column.value == "100"
    assert column.description == "today: Rooms 30, Videos 50, Comments 20"


def test_lines_go_through_the_middle_of_their_columns():
    chart = Chart(
        title="Viewers",
        unit="people",
        series=[Series("Viewers", [0, 10]), Series("Gifts", [10, 0])],
        labels=["a", "b"],
        kind="lines",
    )
    drawing = wide(chart)
    left, right = (column.middle for column in drawing.columns)
    assert drawing.lines == ((1, f"{left},262 {right},22"), (2, f"{left},22 {right},262"))


def test_labels_are_thinned_until_they_fit():
    chart = bars(*range(1, 31))
    shown = {d.size: sum(column.label_shown for column in d.columns) for d in chart.drawings}
    assert shown == {"wide": 15, "middle": 15, "narrow": 10}


def test_huge_values_stay_exact():
    drawing = wide(bars(10**18, 5 * 10**17))
    assert [column.marks[0].height for column in drawing.columns] == [240, 120]


def test_the_summary_names_the_ends_and_the_extremes():
    chart = bars(3, 9, 1, value_text=lambda value: f"{value} coins")
    assert chart.summary == (
        "From d1 to d3; highest on d2 with 9 coins, lowest on d3 with 1 coins."
    )


def test_the_page_has_drawing_and_table_with_every_value():
    html = render_to_string("_chart.html", {"chart": bars(1200, 7), "csv_url": "/gifts.csv"})
    assert html.count('<svg class="chart__drawing') == 3
    assert 'aria-label="d1: 1,200"' in html
    assert '<td class="table__number">1,200</td>' in html
    assert 'href="/gifts.csv"' in html
    assert "style=" not in html


@pytest.mark.parametrize("values", [[], [0, 0, 0]])
def test_nothing_to_show_is_said_in_words(values):
    html = render_to_string("_chart.html", {"chart": bars(*values, empty_text="No gifts yet.")})
    assert "No gifts yet." in html
    assert "<table" not in html


def test_titles_and_labels_are_escaped():
    chart = Chart(
        title="<b>", unit="x", series=[Series("<i>", [1])], labels=["<script>"], name="safe"
    )
    html = render_to_string("_chart.html", {"chart": chart})
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_values_are_whole_numbers(value):
    with pytest.raises(TypeError, match="is not a whole number"):
        bars(value)


def test_series_match_the_labels_and_are_few():
    with pytest.raises(ValueError, match="2 values for 1 labels"):
        Chart(title="x", unit="x", series=[Series("a", [1, 2])], labels=["one"])
    with pytest.raises(ValueError, match="1 to 6 series, not 7"):
        Chart(title="x", unit="x", series=[Series("a", [1])] * 7, labels=["one"])
    with pytest.raises(ValueError, match="cannot be stacked"):
        Chart(title="x", unit="x", series=[Series("a", [-1])], labels=["one"], kind="stacked")
