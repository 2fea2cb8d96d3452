"""Where the bars, ticks and labels of the charts stand."""

from itertools import pairwise

import pytest

from trackback.pages.admin.chart import CHARACTER, bar_list, column_chart, round_ticks

KINDS = ("approved", "pending", "spam")


def week(approved: int = 0, pending: int = 0, spam: int = 0) -> dict[str, int]:
    return {"approved": approved, "pending": pending, "spam": spam}


def weeks(number: int, **numbers: int) -> list[tuple[str, dict[str, int]]]:
    return [(f"label {n:02}", week(**numbers)) for n in range(number)]


def test_an_axis_has_few_round_numbers() -> None:
    ticks = {
        0: [0, 1],
        2: [0, 1, 2],
        7: [0, 2, 4, 6, 8],
        26: [0, 10, 20, 30],
        101: [0, 50, 100, 150],
        8_000: [0, 2_000, 4_000, 6_000, 8_000],
    }
    assert {highest: round_ticks(highest) for highest in ticks} == ticks


def test_every_axis_reaches_its_highest_value_and_not_twice_as_far() -> None:
    for highest in range(1, 20_000, 7):
        ticks = round_ticks(highest)
        assert len(ticks) <= 6
        assert ticks[-2] < highest <= ticks[-1]


def test_a_column_stacks_its_kinds_from_the_base_line_without_a_gap() -> None:
    chart = column_chart([("23 Nov", week(2, 1, 3))], KINDS)
    assert [(bar.kind, bar.value, bar.label) for bar in chart.bars] == [
        ("approved", 2, "23 Nov"),
        ("pending", 1, "23 Nov"),
        ("spam", 3, "23 Nov"),
    ]
    assert chart.bars[0].y + chart.bars[0].height == pytest.approx(chart.bottom)
    for lower, upper in pairwise(chart.bars):
        assert upper.y + upper.height == pytest.approx(lower.y, abs=0.02)
    assert len({(bar.x, bar.width) for bar in chart.bars}) == 1
    assert chart.bars[2].height == pytest.approx(3 * chart.bars[1].height, abs=0.03)


def test_a_column_is_as_high_as_the_axis_says() -> None:
    chart = column_chart([("a", week(4)), ("b", week(2))], KINDS)
    heights = {tick.label: tick.at for tick in chart.y_ticks}
    assert [bar.y for bar in chart.bars] == [heights["4"], heights["2"]]
    assert heights["0"] == chart.bottom


def test_what_is_none_has_no_bar() -> None:
    assert column_chart(weeks(3), KINDS).bars == ()
    assert [bar.kind for bar in column_chart(weeks(2, spam=1), KINDS).bars] == ["spam", "spam"]


def test_a_chart_of_nothing_is_an_axis() -> None:
    chart = column_chart([], KINDS)
    assert (chart.bars, chart.x_ticks) == ((), ())
    assert [tick.label for tick in chart.y_ticks] == ["0", "1"]


@pytest.mark.parametrize(("number", "width"), [(1, 320), (26, 320), (200, 640)])
def test_all_stands_inside_the_chart_and_nothing_upon_another(number: int, width: int) -> None:
    chart = column_chart(weeks(number, approved=1_000, spam=234), KINDS, width=width)
    columns = [bar for bar in chart.bars if bar.kind == "spam"]
    assert len(columns) == number
    assert columns[0].x > chart.left
    assert columns[-1].x + columns[-1].width < chart.right == width
    for one, other in pairwise(columns):
        assert one.x + one.width < other.x
    assert min(bar.y for bar in chart.bars) >= 0
    assert chart.x_ticks
    half = len("label 00") * CHARACTER / 2
    assert chart.x_ticks[0].at >= half
    assert chart.x_ticks[-1].at <= width - half
    for tick, following in pairwise(chart.x_ticks):
        assert tick.at + half < following.at - half


def test_large_numbers_have_room_beside_the_axis() -> None:
    chart = column_chart([("a", week(1_000_000))], KINDS)
    assert chart.y_ticks[-1].label == "1,000,000"
    assert chart.left > len("1,000,000") * CHARACTER


def test_a_bar_list_is_as_long_as_its_numbers_say() -> None:
    chart = bar_list([("a.example", 40), ("b.example", 10), ("c.example", 0)], "site", width=300)
    lengths = [row.bar.width for row in chart.rows]
    assert lengths == pytest.approx([lengths[0], lengths[0] / 4, 0], abs=0.02)
    assert [(row.label, row.bar.value, row.bar.kind) for row in chart.rows] == [
        ("a.example", 40, "site"),
        ("b.example", 10, "site"),
        ("c.example", 0, "site"),
    ]
    assert all(row.value_x + len(str(row.bar.value)) * CHARACTER <= 300 for row in chart.rows)


@pytest.mark.parametrize("values", [[], [("a.example", 0)], [("a.example", 1)]], ids=["none", "zero", "one"])
def test_few_values_are_a_list_too(values: list[tuple[str, int]]) -> None:
    chart = bar_list(values, "site")
    assert len(chart.rows) == len(values)
    assert all(0 <= row.bar.width < chart.width for row in chart.rows)


LABELS = [
    ("a short one", "blog.example", "blog.example"),
    ("a long one", "a" * 90, "a" * 40 + "…"),
    ("Chinese", "字" * 90, "字" * 19 + "…"),
    ("Chinese that has room", "字" * 20, "字" * 20),
]


@pytest.mark.parametrize(("label", "shown"), [row[1:] for row in LABELS], ids=[row[0] for row in LABELS])
def test_a_label_is_shortened_to_its_room_and_kept_whole_for_the_table(label: str, shown: str) -> None:
    (row,) = bar_list([(label, 1)], "post", width=41 * CHARACTER).rows
    assert (row.label, row.bar.label) == (shown, label)
