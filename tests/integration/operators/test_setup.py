"""deploy/setup makes an environment that works where the checkout lies, with a Python that only pretends."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# A Python fails as a real one does, with much to say, where it lacks something; one in .venv has a pip when it got one.
PRETENDER = """#!/bin/sh
echo "$*" >>"$ASKED"
fails() { echo "Traceback (most recent call last):" >&2; exit 1; }
case "$LACKS, $0 $*" in
  *ensurepip*" -m venv --clear .venv" | *" pip, "*" -m pip --python "*) fails ;;
  *", .venv/bin/python -m pip "*) [ -e .venv/pip ] || fails ;;
esac
case "$*" in
  "-m venv "*) rm -rf .venv && mkdir -p .venv/bin .venv/site && cp "$0" .venv/bin/python ;;
  *sysconfig*) echo .venv/site ;;
esac
case "$*" in
  "-m venv --clear .venv" | "-m pip --python "*) touch .venv/pip ;;
esac
"""


def checkout(folder: Path) -> Path:
    """What deploy/setup needs of ours, and a package whose command prints where it lies and its arguments."""
    (folder / "deploy" / "cli").mkdir(parents=True)
    for name in ("setup", "meldkamer"):
        shutil.copy(ROOT / "deploy" / name, folder / "deploy" / name)
    (folder / "requirements.lock").write_text("one==1\n")
    for package in (folder / "deploy", folder / "deploy" / "cli"):
        (package / "__init__.py").touch()
    (folder / "deploy" / "cli" / "main.py").write_text(
        "import os, sys\n\n\ndef app():\n    print(os.path.dirname(os.path.dirname(__file__)), *sys.argv[1:])\n"
    )
    return folder


def run(folder: Path, lacks: str = "", **environment: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """How it ended with a Python that lacks this, and what it asked of that Python."""
    python, asked = folder.parent / "python", folder.parent / "asked"
    python.write_text(PRETENDER)
    python.chmod(0o755)
    asked.write_text("")
    told = {"PYTHON": str(python), "ASKED": str(asked), "LACKS": lacks, "KAFKA_BOOTSTRAP_SERVERS": "not ours:9092"}
    ended = subprocess.run(
        [folder / "deploy" / "setup"],
        env=os.environ | told | environment, cwd="/", capture_output=True, text=True,
    )  # fmt: skip
    return ended, asked.read_text().splitlines()


def set_up(folder: Path) -> tuple[str, int]:
    """Run it; what it said, and how often it made the environment."""
    ended, asked = run(folder)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, sum(line.startswith("-m venv ") for line in asked)


def with_real_python(folder: Path) -> Path:
    """The command in an environment whose Python is this one, on the checkout's path."""
    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="${{0%/.venv/*}}" exec {sys.executable} "$@"\n')
    return folder / ".venv" / "bin" / "meldkamer"


def test_the_command_works_in_a_folder_whose_path_has_a_space(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "x y")
    set_up(folder)
    command = with_real_python(folder)
    link = tmp_path / "meldkamer"
    link.symlink_to(command)
    for called, cwd in ((".venv/bin/meldkamer", folder), (str(command), Path("/")), (str(link), Path("/"))):
        told = subprocess.run([called, "up", "a b"], cwd=cwd, capture_output=True, text=True, check=True)
        assert told.stdout == f"{folder / 'deploy'} up a b\n"


def test_a_second_set_up_has_nothing_to_do(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "x y")
    assert set_up(folder)[1] == 1
    assert set_up(folder) == ("", 0)


def test_newer_requirements_are_installed_into_the_environment_that_is_there(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "x y")
    set_up(folder)
    (folder / "requirements.lock").write_text("one==2\n")
    said, environments = set_up(folder)
    assert environments == 0
    assert "1 packages of requirements.lock" in said


def test_a_copied_checkout_gets_an_environment_of_its_own_because_its_scripts_name_the_old_one(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "x y")
    set_up(folder)
    for place in (tmp_path / "x", tmp_path / "x y z"):
        shutil.copytree(folder, place, symlinks=True)
        said, environments = set_up(place)
        assert environments == 1
        assert f".venv was made in {folder}" in said


def test_a_python_without_ensurepip_gets_the_pip_of_the_system(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "x y")
    ended, asked = run(folder, lacks="ensurepip")
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "this Python has no ensurepip: fetching pip apart" in ended.stdout
    tried, bare, pip = (line for line in asked if re.match("-m (venv|pip --python)", line))
    assert (tried, bare) == ("-m venv --clear .venv", "-m venv --clear --without-pip .venv")
    assert pip.startswith("-m pip --python .venv/bin/python install")
    assert set_up(folder) == ("", 0)


def test_where_no_pip_can_be_had_it_says_so_in_one_line_and_tries_again_the_next_time(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "x y")
    path = without_apt(tmp_path / "bin")
    for _ in range(2):
        ended, asked = run(folder, lacks="ensurepip and pip", PATH=path)
        assert ended.returncode != 0
        assert ended.stderr == "setup: no pip to be had: install it (Debian: apt install python3-venv)\n"
        assert not [line for line in asked if "requirements.lock" in line]
    assert set_up(folder)[1] == 1


def without_apt(folder: Path) -> str:
    """A PATH on which there is what every Linux has, and nothing of Debian's."""
    folder.mkdir()
    for name in ("awk", "cat", "cp", "date", "dirname", "grep", "ls", "mkdir", "mktemp", "rm", "sha256sum", "touch"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return str(folder)
