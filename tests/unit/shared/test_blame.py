"""What an error is to be blamed on: whether a repeat helps, and what its sender is told."""

from asyncio import Future
from http import HTTPStatus
from socket import gaierror

import asyncpg
import pytest
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, NotLeaderForPartitionError
from jinja2 import TemplateNotFound

from shared import db
from shared.db import Blame
from shared.errors import Refused, TooLarge
from shared.problems import problem_of, refused
from shared.publish import refusal

AWAY = [
    ConnectionRefusedError(111, "Connect call failed"),
    FileNotFoundError(2, "No such file or directory"),  # of a Unix socket
    OSError("Multiple exceptions: [Errno 111], [Errno 101]"),
    gaierror(-3, "Temporary failure in name resolution"),
    TimeoutError(),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.PostgresIOError("could not read block"),
    asyncpg.InterfaceError("connection is closed"),
]
OUR_MISTAKES = [
    FileNotFoundError(2, "No such file or directory", "/etc/meldkamer/people.csv"),
    TemplateNotFound("respond.html"),
    asyncpg.UniqueViolationError("duplicate key"),
    ValueError("no"),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_a_server_that_is_away_is_waited_for_and_the_sender_sends_again(error: Exception) -> None:
    assert db.is_transient(error)
    assert db.blame(error) is not Blame.RECORD
    problem = problem_of(error)
    assert problem is not None
    assert (problem.status, "Retry-After" in problem.headers) == (HTTPStatus.SERVICE_UNAVAILABLE, True)


@pytest.mark.parametrize("error", OUR_MISTAKES, ids=repr)
def test_our_own_mistake_is_not_called_a_database_that_is_away(error: Exception) -> None:
    assert not db.is_transient(error)
    assert db.blame(error) is Blame.RECORD
    assert problem_of(error) is None


@pytest.mark.parametrize(
    ("error", "blame"),
    [
        (asyncpg.QueryCanceledError("statement timeout"), Blame.SIZE),
        (TimeoutError(), Blame.SIZE),
        (asyncpg.InvalidPasswordError("rotated"), Blame.SERVER),
        (asyncpg.UndefinedTableError("not migrated"), Blame.SERVER),
        (asyncpg.InsufficientPrivilegeError("a right is missing"), Blame.SERVER),
        (asyncpg.DeadlockDetectedError("deadlock"), Blame.SERVER),
        (asyncpg.NumericValueOutOfRangeError("integer out of range"), Blame.RECORD),
    ],
)
def test_no_record_is_blamed_for_time_rights_or_tables(error: Exception, blame: Blame) -> None:
    assert db.blame(error) is blame


def test_the_row_that_postgresql_quotes_is_not_told() -> None:
    error = asyncpg.CheckViolationError("violates check constraint")
    error.detail = "Failing row contains (Anna, 0612345678)."
    assert "Anna" in str(error)
    assert "Anna" not in str(db.without_row(error))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MessageSizeTooLargeError(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (NotLeaderForPartitionError(), HTTPStatus.SERVICE_UNAVAILABLE),
    ],
)
async def test_a_record_that_kafka_will_never_take_is_not_asked_for_again(
    error: KafkaError, status: HTTPStatus
) -> None:
    ack: Future[object] = Future()
    ack.set_exception(error)
    found = refusal(ack)
    assert isinstance(found, Refused)
    assert isinstance(found, TooLarge) is (status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    assert refused(found).status is status
