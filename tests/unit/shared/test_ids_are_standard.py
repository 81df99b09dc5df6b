"""Ids follow the standard: what was named before this version was written has the same id."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from shared import ids


@given(st.uuids(), st.text(st.characters(exclude_categories=["Cs"])))
def test_an_id_is_the_standard_library_s_uuid5(namespace: uuid.UUID, name: str) -> None:
    assert ids.uuid5(namespace, name) == uuid.uuid5(namespace, name)
