"""The command `meldkamer`: each module of this package is one command, found by its name.

A module has either `command` (a function, one command) or `app` (a typer.Typer, a command with sub-commands).
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

import typer

from deploy import cli


def build(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command that the arguments begin with, alone, so that it starts fast; without one, all in order of name."""
    root = typer.Typer(help="Meldkamer: takes in incidents, pages the people who must act, shows the whole.",
                       no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)  # fmt: skip
    root.callback()(_together)
    names = sorted(module.name for module in iter_modules(cli.__path__) if module.name != "main")
    for name in [name for name in names if name in arguments[:1]] or names:
        module = import_module(f"{cli.__name__}.{name}")
        if hasattr(module, "app"):
            root.add_typer(module.app, name=name)
        else:
            root.command(name)(module.command)
    return root


def _together() -> None:
    """A callback makes typer treat a single command as one of several."""


def app() -> None:
    """The entry point."""
    build(sys.argv[1:])()


if __name__ == "__main__":
    app()
