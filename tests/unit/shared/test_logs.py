"""What a library says again and again does not fill the disk while Kafka is away."""

import logging

from shared.logs import Seldom


def said(name: str, template: str, *values: object) -> logging.LogRecord:
    """A record as a logger makes it."""
    return logging.LogRecord(name, logging.ERROR, "", 0, template, values, None)


def test_a_message_of_a_repeating_library_comes_once_whatever_its_values() -> None:
    seldom = Seldom(("aiokafka",), seconds=60)
    passed = [seldom.filter(said("aiokafka.client", "no node %s", n)) for n in range(5)]
    assert passed == [True, False, False, False, False]
    assert seldom.filter(said("aiokafka.client", "another matter"))
    assert seldom.filter(said("aiokafka.consumer", "no node %s", 1))


def test_the_next_one_says_how_many_were_left_out() -> None:
    seconds = iter([0.0, 1.0, 4.9, 5.0])
    seldom = Seldom(("aiokafka",), seconds=5, now=lambda: next(seconds))
    assert [seldom.filter(said("aiokafka", "no node %s", n)) for n in range(3)] == [True, False, False]
    again = said("aiokafka", "no node %s", 3)
    assert seldom.filter(again)
    assert again.getMessage() == "no node 3 (and 2 more like it)"


def test_our_own_words_are_never_left_out() -> None:
    seldom = Seldom(("aiokafka",), seconds=60)
    assert all(seldom.filter(said("shared.outbox", "outbox is not relayed yet")) for _ in range(5))
