"""A history keeps what was written, whole lines alone, however many write."""

from pathlib import Path
from threading import Thread

import pytest

from tests.proof.checker.gather import from_lines
from tests.proof.history import How, Writer, read


def test_what_is_written_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with Writer(path) as history:
        history.write("sender-1", "report", How.INVOKE, "r1", building="H01", kind="fire.alarm")
        history.write("sender-1", "report", How.OK, "r1", incident_id="i1")

    first, second = read(path)

    assert (first.who, first.op, first.how, first.id) == ("sender-1", "report", How.INVOKE, "r1")
    assert first.value == {"building": "H01", "kind": "fire.alarm"}
    assert second.how is How.OK
    assert second.t >= first.t


def test_several_writers_of_one_file_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"

    def write(who: str) -> None:
        with Writer(path) as history:
            for number in range(2_000):
                history.write(who, "message", How.INFO, str(number), text="x" * (number % 90))

    threads = [Thread(target=write, args=(f"phone-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(1 for _ in read(path)) == 8_000


def test_a_line_cut_off_by_the_death_of_its_writer_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with Writer(path) as history:
        history.write("run", "run", How.INFO, "begin", wall=1.0)
    with path.open("ab") as file:
        file.write(b'{"t":1.0,"who":"pho')

    assert [line.id for line in read(path)] == ["begin"]


def test_a_history_without_its_beginning_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="run begin"):
        from_lines([])
