"""Whatever a sender sent, the problem he gets can be sent back to him."""

import json
from http import HTTPStatus

import asyncpg

from shared import problems
from shared.problems import Problem


def test_half_a_surrogate_pair_in_a_quoted_value_is_replaced() -> None:
    problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no \ud800", [{"field": "x", "detail": "no building \udfff"}])
    body = json.loads(bytes(problems.response(problem).body))
    assert (body["detail"], body["errors"][0]["detail"]) == ("no ?", "no building ?")


def test_a_value_that_postgresql_cannot_keep_is_the_senders_mistake() -> None:
    for error in (asyncpg.DataError("date value out of range"), asyncpg.CharacterNotInRepertoireError("0x00")):
        problem = problems.problem_of(error)
        assert problem is not None
        assert problem.status is HTTPStatus.UNPROCESSABLE_ENTITY
