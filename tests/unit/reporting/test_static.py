"""The look of every page: contrast in both themes, vendored files as they came."""

import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "shared" / "static"
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", (STATIC / "tokens.css").read_text()
    )
}
GROUNDS = ("ground", "surface", "raised")
WORDS = [(ink, ground) for ink in ("ink", "ink-quiet", "accent", "danger-ink", "good-ink") for ground in GROUNDS]
WORDS += [(f"{s}-ink", s) for s in ("extreme", "severe", "moderate", "minor", "unknown", "accent")]
WORDS += [(f"{tone}-ink", f"{tone}-ground") for tone in ("danger", "caution", "good")]
WORDS += [("ink", "sunken"), ("accent", "sunken"), ("ink", "outline")]
SHAPES = [
    (shape, ground) for shape in ("line-strong", "focus", "extreme", "severe", "minor", "unknown") for ground in GROUNDS
]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_and_edges_can_be_seen(shape: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[shape][theme], TOKENS[ground][theme]) >= 3


def test_vendored_files_are_as_they_came() -> None:
    told = re.findall(r"^([0-9a-f]{64})  (\S+)$", (STATIC / "vendor" / "README.md").read_text(), re.MULTILINE)
    files = {str(p.relative_to(STATIC / "vendor")) for p in (STATIC / "vendor").rglob("*.woff2")}
    assert {name for _, name in told} == files
    for digest, name in told:
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest


def test_styles_and_scripts_ask_no_other_host() -> None:
    services = STATIC.parents[1] / "services"
    files = [*STATIC.glob("*.css"), *services.rglob("*.css"), *services.rglob("*.js")]
    assert len(files) >= 4
    assert [
        f.name for f in files if re.search(r"(?:https?:)?//[\w-]+\.\w", re.sub(r"/\*.*?\*/", "", f.read_text()))
    ] == []
