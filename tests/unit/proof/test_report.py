"""What a run came to is told in words, in JSON and as a picture, and a violation is in all three."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import orjson

from tests.proof import drawing, report
from tests.proof.checker.check import check_all
from tests.proof.checker.gather import from_file, from_lines
from tests.proof.checker.run import Run
from tests.proof.history import Line
from tests.proof.report import Summary
from tests.unit.proof.clean import clean
from tests.unit.proof.edits import move

SVG = "{http://www.w3.org/2000/svg}"
PROMISED = ("seed", "minutes", "faults", "accepted", "refused", "unknown", "pages", "duplicates", "violations")
LATE = move("message", "page-d-jaap:page", 3.0)


def judged(lines: list[Line]) -> tuple[Run, Summary]:
    run = from_lines(lines)
    return run, report.summarise(run, check_all(run))


def kept(lines: list[Line], path: Path) -> Path:
    told = ({"t": x.t, "who": x.who, "op": x.op, "how": x.how, "id": x.id, "value": x.value} for x in lines)
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in told))
    return path


def test_a_clean_run_ends_with_the_line_that_scripts_look_for() -> None:
    text = report.text(judged(clean())[1])

    assert text.splitlines()[-1] == "chaos: seed 7, 12 accepted, 0 violations"


def test_the_json_has_the_promised_keys_and_counts(tmp_path: Path) -> None:
    report.write_json(judged(clean())[1], tmp_path / "build" / "chaos.json")

    told = orjson.loads((tmp_path / "build" / "chaos.json").read_bytes())
    assert set(PROMISED) <= set(told)
    assert (told["accepted"], told["refused"], told["unknown"]) == (12, 3, 2)
    assert told["faults"] == {"kill": 1, "stop": 1, "clock": 1}
    assert told["duplicates"] == 3
    assert told["violations"] == []


def test_a_report_said_twice_counts_by_its_best_answer() -> None:
    summary = judged(clean())[1]

    assert summary.accepted == 12
    assert summary.refused == 3


def test_latencies_are_told_apart_by_whether_a_fault_was_in_the_way() -> None:
    summary = judged(clean())[1]

    assert summary.outside.worst < 0.1
    assert summary.inside.worst > 6
    assert (summary.outside.n, summary.inside.n) == (6, 1)


def test_a_violation_is_told_with_its_lines(tmp_path: Path) -> None:
    run = from_file(kept(LATE(clean()), tmp_path / "history.jsonl"))
    summary = report.summarise(run, check_all(run))
    report.write_json(summary, tmp_path / "chaos.json")

    assert "C2 at 52.56 s: report d was first paged" in report.text(summary)
    assert '"page-d-jaap:page"' in report.text(summary)
    (violation,) = orjson.loads((tmp_path / "chaos.json").read_bytes())["violations"]
    assert violation["check"] == "C2"
    assert any("page-d-jaap:page" in line for line in violation["lines"].values())


def test_a_history_judged_again_is_1_when_a_promise_was_broken(tmp_path: Path) -> None:
    assert report.check_file(kept(clean(), tmp_path / "clean.jsonl")) == 0
    assert report.check_file(kept(LATE(clean()), tmp_path / "late.jsonl")) == 1


def test_the_picture_has_every_fault_and_no_red_mark_in_a_clean_run(tmp_path: Path) -> None:
    root = drawn(clean(), tmp_path)

    tips = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert all(any(tip.startswith(fault) for tip in tips) for fault in ("kill alerting-a", "stop broker-1"))
    assert list(root.iter(f"{SVG}polygon")) == shapes(root)
    assert "no promise broken" in words(root)


def test_the_picture_marks_each_violation_at_its_time(tmp_path: Path) -> None:
    root = drawn(LATE(clean()), tmp_path)

    (mark,) = [shape for shape in root.iter(f"{SVG}polygon") if shape not in shapes(root)]
    assert "report d was first paged" in str(mark[0].text)
    assert {"1 violation", "C2"} <= words(root)


def drawn(lines: list[Line], folder: Path) -> ElementTree.Element:
    run, summary = judged(lines)
    drawing.draw(run, summary, folder / "chaos.svg")
    return ElementTree.fromstring((folder / "chaos.svg").read_text())  # noqa: S314 - our own


def shapes(root: ElementTree.Element) -> list[ElementTree.Element]:
    """Those without a tip: the reports of each second."""
    return [shape for shape in root.iter(f"{SVG}polygon") if len(shape) == 0]


def words(root: ElementTree.Element) -> set[str]:
    return {text.text or "" for text in root.iter(f"{SVG}text")}


def test_the_load_is_told_with_how_it_was_come_to() -> None:
    first, *rest = clean()
    first_page = {"n": 40, "p50": 0.06, "p99": 0.2, "worst": 0.21}
    found = {"rate": 50.0, "carried": 100.0, "wished": 200.0, "fits": True, "first_page": first_page}

    def told(load: object) -> str:
        return report.text(judged([replace(first, value={**first.value, "load": load}), *rest])[1])

    carried = "50 incidents a second: at 100 and without faults, first page p50 60 ms, p99 200 ms, worst 210 ms of 40"
    assert f"{carried}; this machine carries no 200\n" in told(found)
    assert f"{carried}\n" in told({**found, "wished": 50.0})
    assert f"{carried}; more than this machine carries\n" in told({**found, "fits": False})
    assert "40 incidents a second, as asked\n" in told({"rate": 40.0})
