"""Alerting dies at the worst moment."""

import pytest

from tests.e2e.campus import Campus
from tests.e2e.phone import Phone
from tests.e2e.times import until

CALLED = 80
ON_THE_WIRE = 64  # no more than so many connections to one receiver at a time; the others are decided and not yet sent


@pytest.mark.timeout(60)
async def test_pages_decided_but_not_sent_at_a_kill_9_are_sent_by_the_process_that_comes_back(campus: Campus) -> None:
    product = campus.product
    own = await campus.crew(others=CALLED - 1)
    for phone in own.phones:
        phone.keeps_its_answer = True
    alarm = await campus.reports("gas")
    rung = await ringing(own.phones, ON_THE_WIRE)
    await product.alerting.process.kill()
    for phone in own.phones:
        phone.keeps_its_answer = False
    await product.restart(product.alerting)

    for phone in own.phones:
        await phone.has_received(lambda p: len(p.received) == 1 + (p in rung), within=15)
        assert {message.key for message in phone.received} == {f"{phone.received[0].page_id}:page"}
        phone.reads_everything()
    assert 0 < len(rung) < CALLED
    alert = await alarm.alert()

    async def all_delivered() -> bool:
        return {(page["step"], page["state"]) for page in (await alert.look())["pages"]} == {(1, "delivered")}

    await until(all_delivered, 5)
    called = sorted(page["member_id"] for page in (await alert.look())["pages"])
    assert called == sorted(phone.member_id for phone in own.phones)


async def ringing(phones: tuple[Phone, ...], wanted: int) -> set[Phone]:
    """Wait until so many phones have rung; which."""

    async def enough() -> bool:
        return sum(bool(phone.received) for phone in phones) >= wanted

    await until(enough, 5)
    return {phone for phone in phones if phone.received}
