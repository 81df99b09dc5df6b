"""Errors of a command in one line on standard error, with exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import asyncpg
import typer
from pydantic import ValidationError

from shared.errors import MeldkamerError


@contextmanager
def told() -> Iterator[None]:
    """What an operator can change is told without a stack trace; anything else is a defect and shows one."""
    try:
        yield
    except MeldkamerError as error:
        fail(str(error))
    except ValidationError as error:
        fail("; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_url=False)))
    except asyncpg.PostgresError as error:
        fail(f"PostgreSQL: {error}")
    except (OSError, TimeoutError) as error:
        fail(f"{error or type(error).__name__}: do KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL name servers that run?")


def fail(words: str) -> NoReturn:
    """Say what is wrong and end with 1."""
    typer.echo(f"meldkamer: {words}", err=True)
    raise typer.Exit(1) from None
