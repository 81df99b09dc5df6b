"""Keeps links into the code on their functions: a link whose text is a function's name gets that function's line."""

import ast
import re
from pathlib import Path

from shared.errors import Misconfigured

LINK = re.compile(r"\[`(?P<name>\w+)`\]\((?P<file>[\w/]+\.py)#L\d+\)")


def refreshed(text: str, root: Path) -> str:
    """The text with the lines as they are now; Misconfigured when a function is not there any more."""
    return LINK.sub(
        lambda link: f"[`{link['name']}`]({link['file']}#L{line_of(root / link['file'], link['name'])})", text
    )


def line_of(file: Path, name: str) -> int:
    """Where the function or class of that name begins, the first of them."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            return node.lineno
    raise Misconfigured(f"{file} has no {name} any more: README.md links to it")
