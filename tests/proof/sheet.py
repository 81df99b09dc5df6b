"""A sheet to draw on: SVG without a plotting library, with colours for a light and for a dark page."""

from collections.abc import Iterable, Mapping
from html import escape

STYLE = """
:root { --paper: #ffffff; --ink: #1b2430; --quiet: #5c6875; --rule: #dfe4ea; --shade: #eef1f5; --good: #18794e;
  --bad: #d3122f; --p50: #0b5cad; --band: #9cc5ee; --worst: #b25e00; --accepted: #4d8fcc; --refused: #e0912f;
  --unknown: #8d97a3; }
@media (prefers-color-scheme: dark) { :root { --paper: #10151c; --ink: #e8edf3; --quiet: #9ba8b6; --rule: #2a333e;
  --shade: #1a222c; --good: #4cc38a; --bad: #ff5a6e; --p50: #8cc4ff; --band: #2f5d8c; --worst: #f0a355;
  --accepted: #4d8fcc; --refused: #e0912f; --unknown: #8d97a3; } }
text { font-family: Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; font-size: 12px; fill: var(--ink); }
.title { font-size: 21px; font-weight: 650; } .head { font-size: 13px; font-weight: 650; }
.quiet { fill: var(--quiet); }
.good { fill: var(--good); font-weight: 650; } .bad { fill: var(--bad); font-weight: 650; }
"""


class Sheet:
    """Elements in the order in which they are painted; lengths are pixels from the upper left corner."""

    def __init__(self, width: int, title: str) -> None:
        self.width, self._title = width, title
        self._parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, fill: str, tip: str = "", **more: object) -> None:
        """A filled rectangle; `tip` is shown under the pointer."""
        place = f'x="{x:.2f}" y="{y:.2f}" width="{max(width, 0.1):.2f}" height="{max(height, 0.1):.2f}"'
        self._add(f'rect {place} style="fill:{fill}"{_attributes(more)}', "rect", tip)

    def rule(self, x: float, y: float, to_x: float, to_y: float, stroke: str, **more: object) -> None:
        """A straight line."""
        place = f'x1="{x:.2f}" y1="{y:.2f}" x2="{to_x:.2f}" y2="{to_y:.2f}"'
        self._add(f'line {place} style="stroke:{stroke}"{_attributes(more)}', "line")

    def dot(self, x: float, y: float, radius: float, fill: str, tip: str = "") -> None:
        """A filled circle."""
        self._add(f'circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" style="fill:{fill}"', "circle", tip)

    def path(self, points: Iterable[tuple[float, float]], stroke: str, **more: object) -> None:
        """A line through these points."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._add(f'polyline points="{places}" fill="none" style="stroke:{stroke}"{_attributes(more)}', "polyline")

    def shape(self, points: Iterable[tuple[float, float]], fill: str, tip: str = "") -> None:
        """A filled outline."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._add(f'polygon points="{places}" style="fill:{fill}"', "polygon", tip)

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        """Words; `y` is their base line."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def svg(self, height: float) -> str:
        """The whole as a file."""
        size = f'width="{self.width}" height="{height:.0f}" viewBox="0 0 {self.width} {height:.0f}"'
        paper = '<rect width="100%" height="100%" style="fill:var(--paper)"/>'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>{escape(self._title)}</title>'
        return "\n".join([head, f"<style>{STYLE}</style>", paper, *self._parts, "</svg>", ""])

    def _add(self, element: str, name: str, tip: str = "") -> None:
        inside = f"><title>{escape(tip)}</title></{name}>" if tip else "/>"
        self._parts.append(f"<{element}{inside}")


def _attributes(more: Mapping[str, object]) -> str:
    """Names as Python can write them: `stroke_width` is stroke-width."""
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
