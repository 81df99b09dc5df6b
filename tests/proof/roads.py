"""Which roads there are between the parts of a cluster, and which doors each has."""

from collections.abc import Mapping, Sequence

from deploy.embedded.broker import BETWEEN
from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_ports
from tests.proof.network import Door

PERSON, PHONES, SENDER, MONITOR = "person-alerting", "alerting-phones", "sender-intake", "monitor-reporting"
Roads = dict[str, tuple[Door, ...]]


def kafka_links(services: Sequence[str], brokers: int) -> tuple[str, ...]:
    """Each service has its own listener at every broker; brokers have one for each other."""
    return (*services, BETWEEN) if brokers > 1 else tuple(services)


def roads(services: Sequence[str], ports: Mapping[str, int], kafka: Kafka, postgres: int) -> Roads:
    """Every road by its name. Where there are several brokers or replicas, the road to each alone too.

    `ports` are the services' own and that of the phones.
    """
    alertings = [name for name in services if name.startswith("alerting")]
    found: Roads = {
        SENDER: (_door(SENDER, ports["intake"]),),
        MONITOR: (_door(MONITOR, ports["reporting"]),),
        PHONES: (_door(PHONES, ports["phones"]),),
        **_to_alerting({name: ports[name] for name in alertings}),
    }
    for service in services:
        found[f"{service}-postgres"] = (_door(f"{service}-postgres", postgres),)
        found |= _to_kafka(f"{service}-kafka", service, kafka)
    if len(kafka.nodes) > 1:
        found |= _to_kafka(f"kafka-{BETWEEN}", BETWEEN, kafka)
    return found


def that_fail(found: Roads) -> list[str]:
    """Those that a drawn fault may hit: people's road to alerting stands for its doors to each replica."""
    return [name for name in found if not name.startswith(f"{PERSON}-")]


def _door(name: str, *targets: int) -> Door:
    return Door(name, free_ports(1)[0], targets)


def _to_alerting(replicas: Mapping[str, int]) -> Roads:
    """People who name a replica, and those who take whichever answers."""
    each = {f"person-{name}": (_door(f"person-{name}", port),) for name, port in replicas.items()}
    any_of = _door(f"{PERSON}-any", *replicas.values())
    return {PERSON: (any_of, *(door for doors in each.values() for door in doors)), **each}


def _to_kafka(road: str, link: str, kafka: Kafka) -> Roads:
    """One door for each broker: Kafka advertises its port to those who come by this link."""
    doors = tuple(
        Door(f"{road}-{number}", door.advertised, (door.port,))
        for number, door in enumerate(kafka.doors(link), start=1)
    )
    return {road: doors, **({door.name: (door,) for door in doors} if len(doors) > 1 else {})}
