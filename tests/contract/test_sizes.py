"""The shape of the code: a file does one thing and is read in one sitting."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 250
SUFFIXES = (".py", ".js", ".css", ".html", ".sql")


def source_files() -> list[Path]:
    """What is committed or about to be; vendored and generated files are not written by hand."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    paths = [Path(line) for line in told if line.endswith(SUFFIXES)]
    return [
        path for path in paths if "vendor" not in path.parts and path.name != "schema.sql" and (ROOT / path).exists()
    ]


def lines_of(path: Path) -> int:
    """How long a file is."""
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_one_sitting() -> None:
    too_long = {str(path): lines for path in source_files() if (lines := lines_of(path)) > LONGEST}
    assert too_long == {}


def test_the_measure_sees_the_code() -> None:
    names = {str(path) for path in source_files()}
    assert {"deploy/embedded/up.py", "shared/events.py"} <= names


@pytest.mark.parametrize(
    "word", ["/work/", "/root/", "/tmp/bash", "pypi" + ".org", "repo.maven", "files.python" + "hosted"]
)
def test_the_repository_names_no_machine_and_no_registry(word: str) -> None:
    told = subprocess.run(
        ["git", "grep", "-lF", word, "--", ".", ":!tests/contract/test_sizes.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.stdout == ""
