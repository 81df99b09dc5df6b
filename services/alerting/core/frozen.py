"""What an alert froze when it opened, as JSON and back, exactly."""

from functools import cache

from pydantic import JsonValue, TypeAdapter

from services.alerting.core.facts import Frozen


def freeze(frozen: Frozen) -> dict[str, JsonValue]:
    """Plan, building and roster as JSON values."""
    dumped: dict[str, JsonValue] = _adapter().dump_python(frozen, mode="json")
    return dumped


def thaw(stored: dict[str, JsonValue]) -> Frozen:
    """What `freeze` was given."""
    return _adapter().validate_python(stored)


@cache
def _adapter() -> TypeAdapter[Frozen]:
    return TypeAdapter(Frozen)
