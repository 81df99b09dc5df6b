"""The table of topics is the truth: one producer each, and the services subscribe to what it says."""

import ast
import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from faststream.kafka import KafkaBroker

from deploy import openapi
from shared import topics
from shared.migrate import SERVICES
from shared.topics import TOPICS, Topic
from shared.words import Kind

ROOT = Path(__file__).parents[2]
FLOW = ["intake", "alerting", "reporting"]


def test_data_flows_one_way() -> None:
    for topic in TOPICS:
        assert all(FLOW.index(topic.producer) < FLOW.index(consumer) for consumer in topic.consumers), topic.name


def test_each_topic_stands_once_in_the_table_and_somebody_reads_it() -> None:
    names = [name for topic in TOPICS for name in (topic.name, topic.dead)]
    assert len(names) == len(set(names))
    assert all(topic.consumers for topic in TOPICS)


def test_every_kind_goes_to_a_topic_that_intake_writes() -> None:
    assert {topics.for_kind(kind).producer for kind in Kind} == {"intake"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_publishes_as_itself_and_only_what_the_table_allows(service: str) -> None:
    foreign = {name for name, topic in vars(topics).items() if isinstance(topic, Topic) and topic.producer != service}
    for file, call in calls_of("encode", ROOT / "services" / service):
        topic, source = call.args[0], call.args[3]
        assert service == (
            source.value if isinstance(source, ast.Constant) else constants_of(file)[ast.unparse(source)]
        )
        assert not set(re.findall(r"\w+", ast.unparse(topic))) & foreign, file


def test_the_measure_sees_who_publishes() -> None:
    publishers = {service for service in SERVICES if list(calls_of("encode", ROOT / "services" / service))}
    assert publishers == {topic.producer for topic in TOPICS}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_subscribes_to_what_the_table_says(
    service: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed: set[str] = set()
    original: Callable[..., Any] = KafkaBroker.subscriber

    def noted(broker: KafkaBroker, *names: str, **more: Any) -> Any:
        subscribed.update(names)
        return original(broker, *names, **more)

    monkeypatch.setattr(KafkaBroker, "subscriber", noted)
    app = openapi.application(service, database_url)
    async with app.router.lifespan_context(app):
        for _ in range(20):
            await asyncio.sleep(0.1)
            if subscribed:
                break
    assert subscribed == set(topics.of_consumer(service))


# A rebuild reads topics again outside any consumer group: it acknowledges nothing and nothing acts on it.
ONE_WAY = {
    "subscriber": {"shared/kafka.py"},
    "AIOKafkaConsumer": {"shared/acks.py", "shared/kafka.py", "services/reporting/replay.py"},
    "AIOKafkaProducer": {"shared/parcels.py", "shared/publish.py", "shared/stamps.py"},
}


@pytest.mark.parametrize(("word", "files"), ONE_WAY.items(), ids=ONE_WAY.keys())
def test_nobody_consumes_or_produces_beside_the_one_way(word: str, files: set[str]) -> None:
    assert {str(file.relative_to(ROOT)) for file, name in names_used() if name == word} == files


def constants_of(file: Path) -> dict[str, object]:
    """Names that a module gives to plain values."""
    assigned = (node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Assign))
    return {ast.unparse(node.targets[0]): node.value.value for node in assigned if isinstance(node.value, ast.Constant)}


def names_used() -> Iterator[tuple[Path, str]]:
    """Every name and attribute that services and shared code use."""
    for folder in ("services", "shared"):
        for file, tree in parsed(ROOT / folder):
            for node in ast.walk(tree):
                if isinstance(node, ast.Name):
                    yield file, node.id
                elif isinstance(node, ast.Attribute):
                    yield file, node.attr


def calls_of(function: str, folder: Path) -> Iterator[tuple[Path, ast.Call]]:
    """Calls of a function, by its bare name or as an attribute `wire.<function>`."""
    for file, tree in parsed(folder):
        for node in ast.walk(tree):
            match node:
                case (
                    ast.Call(func=ast.Name(id=name))
                    | ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id="wire")))
                ) if name == function:
                    yield file, node
                case _:
                    pass


def parsed(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Each Python file of a folder."""
    for file in sorted(folder.rglob("*.py")):
        yield file, ast.parse(file.read_text(), str(file))
