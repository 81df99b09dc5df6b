"""The committed result: what is written reads back, and a later run is compared with it by name."""

import json
from pathlib import Path
from xml.etree import ElementTree

from tests.bench import kept
from tests.bench.kept import Origin, figure
from tests.bench.measured import Curve, Measured
from tests.bench.rows import at_least, at_most
from tests.bench.table import report, said_before

ROWS = [at_most("post to page, p50", 6.0, "ms", 8, baseline=2.0), at_least("backlog", 2_478.0, "events/s", 5_000)]
CURVES = [
    Curve("backlog", "alerting <b>", ((1_000, 0.9), (10_000, 4.0), (100_000, 41.0))),
    Curve("backlog", "alone", ((1_000, 0.1), (10_000, 0.8), (100_000, 7.0)), baseline=True),
]
WHERE = Origin("a machine, 2 cores", "abc1234", "2026-11-22")


def test_a_kept_result_is_what_the_next_run_is_compared_with(tmp_path: Path) -> None:
    kept.keep(Measured(ROWS, CURVES), WHERE, tmp_path)
    before = kept.before(tmp_path)
    assert before == {"post to page, p50": 6.0, "backlog": 2_478.0}
    assert said_before(at_most("post to page, p50", 9.0, "ms", 8), before) == "6.00 (+50 %)"
    assert said_before(at_most("new", 9.0, "ms", 8), before) == ""


def test_without_a_kept_result_nothing_is_compared(tmp_path: Path) -> None:
    assert kept.before(tmp_path) == {}


def test_the_page_says_where_and_when_and_what_was_missed(tmp_path: Path) -> None:
    kept.keep(Measured(ROWS, CURVES), WHERE, tmp_path)
    page = (tmp_path / "README.md").read_text()
    assert "2026-11-22 at commit abc1234 on a machine, 2 cores: 1 of 2 targets met." in page
    assert "| backlog | 2,478 events/s |  |  | >= 5000 events/s | no |" in page
    assert "(backlog.svg)" in page
    assert "(rebuild.svg)" not in page
    assert not (tmp_path / "rebuild.svg").exists()


def test_the_file_holds_every_row_and_curve_with_its_origin(tmp_path: Path) -> None:
    kept.keep(Measured(ROWS, CURVES), WHERE, tmp_path)
    held = json.loads((tmp_path / "latest.json").read_text())
    assert (held["machine"], held["commit"], held["date"]) == ("a machine, 2 cores", "abc1234", "2026-11-22")
    assert [row["met"] for row in held["rows"]] == [True, False]
    assert [curve["points"][-1] for curve in held["curves"]] == [[100_000, 41.0], [100_000, 7.0]]


def test_the_drawing_is_well_formed_and_names_each_line(tmp_path: Path) -> None:
    kept.keep(Measured(ROWS, CURVES), WHERE, tmp_path)
    drawing = ElementTree.parse(tmp_path / "backlog.svg").getroot()  # noqa: S314 - written a line above
    texts = [element.text for element in drawing.iter() if element.tag.endswith("}text")]
    assert {"alerting <b>", "alone", "1k", "100k", "100 s"} <= set(texts)


def test_the_report_leaves_the_fields_that_others_read(tmp_path: Path) -> None:
    report(ROWS, {}, tmp_path / "bench.json")
    held = json.loads((tmp_path / "bench.json").read_text())
    assert [list(row) for row in held] == [["name", "value", "unit", "baseline", "ratio", "target", "met"]] * 2


def test_a_figure_has_three_digits_that_count() -> None:
    assert [figure(value) for value in (0.314, 9.99, 31.4, 3_140.4)] == ["0.31", "9.99", "31.4", "3,140"]
