"""The packages of the image: what `[project.dependencies]` needs, and nothing else of requirements.lock.

The same versions and hashes as in requirements.lock, without the parts of `make run` and without the tools of tests.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

HEAD = "# What the image installs, a part of requirements.lock. Written by: python -m deploy.generate\n"
PACKAGE = re.compile(r"^(?=[A-Za-z0-9])", re.MULTILINE)


def render(root: Path) -> str:
    """The lock file of the image."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = closure(project["dependencies"])
    blocks = PACKAGE.split((root / "requirements.lock").read_text())
    return HEAD + "".join(block for block in blocks if block and name_of(block) in wanted)


def name_of(block: str) -> NormalizedName:
    """The package that a block of the lock file pins."""
    return canonicalize_name(re.split(r"[=\[ ]", block, maxsplit=1)[0])


def closure(dependencies: Iterable[str]) -> set[NormalizedName]:
    """The names of all packages that these need, on the platform of the image (as installed here)."""
    found: dict[NormalizedName, set[str]] = {}
    waiting = [Requirement(text) for text in dependencies]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        if name in found and asked.extras <= found[name]:
            continue
        found.setdefault(name, set()).update(asked.extras)
        waiting += needed_by(asked.name, found[name])
    return set(found)


def needed_by(name: str, extras: set[str]) -> Iterator[Requirement]:
    """What a package needs, with these extras."""
    for text in requires(name) or ():
        needed = Requirement(text)
        if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield needed
