"""deploy/setup makes an environment that works where the checkout lies, with a Python that only pretends."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PRETENDER = """#!/bin/sh
echo "$*" >>"$ASKED"
case "$*" in
  "-m venv "*) rm -rf .venv && mkdir -p .venv/bin .venv/site && cp "$0" .venv/bin/python ;;
  *sysconfig*) echo .venv/site ;;
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


def set_up(folder: Path) -> tuple[str, int]:
    """Run it; what it said, and how often it made the environment."""
    python, asked = folder.parent / "python", folder.parent / "asked"
    python.write_text(PRETENDER)
    python.chmod(0o755)
    asked.write_text("")
    told = subprocess.run(
        [folder / "deploy" / "setup"],
        env=os.environ | {"PYTHON": str(python), "ASKED": str(asked), "KAFKA_BOOTSTRAP_SERVERS": "not ours:9092"},
        cwd="/", capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout, asked.read_text().count("-m venv ")


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
