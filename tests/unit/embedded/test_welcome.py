"""What a run prints when it is ready."""

import shlex

import pytest

from deploy.embedded import up
from deploy.embedded.access import Access
from deploy.embedded.console import Progress
from deploy.embedded.settings import RunSettings


@pytest.mark.parametrize("state", [".meldkamer", "/my files/it's"])
def test_the_line_for_the_command_line_can_be_typed_as_it_is(
    state: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MELDKAMER_STATE", state)
    up._welcome(RunSettings(), Access("admin", "s" * 32, {"fire": "k"}, {"operator": "p"}), Progress())
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("for the command line")]
    assert shlex.split(line.removeprefix("for the command line")) == [".", f"{state}/env"]
