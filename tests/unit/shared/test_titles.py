"""A title that the product made is read in the reader's language; a source's own words are left as they are."""

from itertools import chain

import pytest

from shared.phrase import Phrase
from shared.titles import ACCESS_GRANTED, FIRE_TEST, KINDS, RESOLVED, read_in
from shared.words import Kind, Language

EVERY = (*KINDS.values(), FIRE_TEST, ACCESS_GRANTED)


@pytest.mark.parametrize("phrase", EVERY)
@pytest.mark.parametrize("more", ["", ", west side door", ", detector 12, floor 2: east"])
def test_either_reader_has_it_in_his_own_language(phrase: Phrase, more: str) -> None:
    for written in (phrase.nl, phrase.en):
        assert read_in(written + more, Language.NL) == phrase.nl + more
        assert read_in(written + more, Language.EN) == phrase.en + more


def test_what_was_resolved_is_read_too() -> None:
    assert read_in("Opgelost: Stroomuitval", Language.EN) == "Resolved: Power failure"
    assert read_in("Resolved: Cooling is down", Language.NL) == "Opgelost: Cooling is down"
    assert read_in("Opgelost", Language.EN) == "Opgelost"


@pytest.mark.parametrize(
    "title",
    ["", "Smoke in the canteen", "Brandmelding in de kantine", "Deur geforceerd!", "Roof, Gaslek", "Ik: Gaslek", ", "],
)
def test_words_of_a_source_stay_as_they_are(title: str) -> None:
    assert read_in(title, Language.EN) == title


def test_the_words_of_one_phrase_are_no_other_phrase_and_hold_no_mark_that_ends_them() -> None:
    """Else a title could not be read back."""
    assert set(KINDS) == set(Kind)
    words = list(chain.from_iterable({phrase.nl, phrase.en} for phrase in (*EVERY, RESOLVED)))
    assert len(words) == len(set(words))
    assert all(words)
    assert not any(mark in said for said in words for mark in (", ", ": "))
