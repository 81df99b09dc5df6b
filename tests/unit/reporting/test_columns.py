"""Values as PostgreSQL's columns can keep them."""

import json

import pytest

from services.reporting.columns import as_json, model_json
from shared.events import Source


@pytest.mark.parametrize(
    "value",
    [{}, {"a": [1, 2.5, None, True, "é", "\\"]}, {"big": 2**70, "small": -(2**70)}, {"half": "\ud800"}, "<&>"],
)
def test_a_column_reads_back_as_what_was_written(value: object) -> None:
    assert json.loads(as_json(value)) == value


def test_the_character_that_jsonb_cannot_hold_is_replaced() -> None:
    assert json.loads(as_json({"a": "x\0y"})) == {"a": "x\ufffdy"}
    assert json.loads(model_json(Source(system="x\0y")))["system"] == "x\ufffdy"
