"""Kafka is away."""

import asyncio
import signal

import pytest

from shared import topics
from tests.e2e import records
from tests.e2e.campus import Campus, new_name
from tests.e2e.times import after, now, until, until_past

LANDS_WITHIN_S = 3.0  # a record that intake gave up on may land so long after, never later
AWAY = (r"ERROR aiokafka",)


@pytest.mark.timeout(60)
async def test_what_intake_refuses_while_kafka_is_away_never_lands_and_is_welcome_later(campus: Campus) -> None:
    product = campus.product
    product.logs.expect(AWAY)
    own = await campus.crew()
    before = await campus.press("detector 12", external_id=new_name())
    await own.expect_page(step=1)
    await own.answer("coming")
    await product.kafka.stop()

    names = [new_name() for _ in range(5)]
    asked_at = now()
    replies = await asyncio.gather(*(campus.asks(name) for name in names))
    refused_at = now()
    assert {reply.status for reply in replies} == {503}
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in replies)
    assert (refused_at - asked_at).total_seconds() < 2.5

    await until_past(refused_at, LANDS_WITHIN_S)
    await product.kafka.start()
    await product.kafka.ready()
    assert await landed(campus, names) == []

    async def accepted() -> bool:
        return {reply.status for reply in await asyncio.gather(*(campus.asks(name) for name in names))} == {202}

    await until(accepted, 10, every=0.2)
    assert sorted(set(await landed(campus, names))) == sorted(names)
    alert = await before.alert()

    async def joined() -> bool:
        return len((await alert.look())["incident_ids"]) == 1 + len(names)

    await until(joined, 15)
    await alert.is_shown(within=15)


@pytest.mark.timeout(60)
async def test_what_intake_refuses_while_kafka_is_frozen_never_lands_and_is_welcome_later(campus: Campus) -> None:
    """The requests wait in a socket of the frozen broker: it reads them when it goes on, however late that is."""
    product = campus.product
    product.logs.expect(AWAY)
    own = await campus.crew()
    before = await campus.press("detector 12", external_id=new_name())
    await own.expect_page(step=1)
    await own.answer("coming")
    names = [new_name() for _ in range(5)]

    await product.kafka.process().freeze()
    try:
        replies = await asyncio.gather(*(campus.asks(name) for name in names))
        refused_at = now()
        await until_past(refused_at, LANDS_WITHIN_S + 2)
    finally:
        product.kafka.process().send(signal.SIGCONT)
    assert {reply.status for reply in replies} == {503}
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in replies)

    last = new_name()

    async def accepted() -> bool:
        return (await campus.asks(last)).status == 202

    await until(accepted, 10, every=0.2)
    await until_past(now(), 2)  # what Kafka found in its sockets is on the topics by now, if it took it
    assert await landed(campus, names) == []
    assert {reply.status for reply in await asyncio.gather(*(campus.asks(name) for name in names))} == {202}
    alert = await before.alert()

    async def joined() -> bool:
        return len((await alert.look())["incident_ids"]) == 2 + len(names)

    await until(joined, 15)
    await alert.is_shown(within=15)


@pytest.mark.timeout(60)
async def test_people_are_called_and_answer_while_kafka_is_away_and_the_monitor_hears_of_it_later(
    campus: Campus,
) -> None:
    product = campus.product
    product.logs.expect(AWAY)
    own, buddies = await campus.crew(), await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    await own.answer("coming")
    alert = await alarm.alert()
    await alert.expects(state="staffed")
    await product.kafka.stop()

    declined_at = await own.others[0].answers("not_coming")
    await buddies.expect_page(step=2, when=after(declined_at))
    deadline = await alert.deadline()
    await buddies.others[0].answers("coming")
    for phone in (buddies.lead, buddies.others[1]):
        await phone.expects("stand_down")
    await alert.expects(state="staffed", step=2)
    assert now() < deadline

    await product.kafka.start()
    await product.kafka.ready()
    shown = await alert.is_shown(within=15)
    assert [line["reason"] for line in shown["timeline"]] == [
        line["reason"] for line in (await alert.look())["timeline"]
    ]


async def landed(campus: Campus, names: list[str]) -> list[str]:
    """Those of these names that are on a topic, as often as they are."""
    found = await records.read(campus.product.kafka.bootstrap_servers, [topic.name for topic in topics.INCIDENTS])
    return [name for record in found for name in names if name.encode() in (record.value or b"")]
