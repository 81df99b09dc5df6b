"""Settings of topics that exist already: what differs is set, what somebody else set on them stays."""

import logging
from collections.abc import Mapping

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

log = logging.getLogger(__name__)
SET_ON_THE_TOPIC = 1
Settings = Mapping[str, str]


async def bring_up(admin: AIOKafkaAdminClient, wanted: Mapping[str, Settings]) -> list[str]:
    """Set what differs; returns the names of the topics that changed. What Kafka refuses to set is a warning."""
    if not wanted:
        return []
    differing = {
        name: {**own, **wanted[name]}  # what a request leaves out, Kafka resets
        for name, own in (await _own_settings(admin, list(wanted))).items()
        if not wanted[name].items() <= own.items()
    }
    if not differing:
        return []
    changes = [ConfigResource(ConfigResourceType.TOPIC, name, configs=dict(own)) for name, own in differing.items()]
    refused: set[str] = set()
    for answer in await admin.alter_configs(changes):
        for code, why, _, name in answer.resources:
            if code != 0:
                refused.add(name)
                error = for_code(code).__name__
                log.warning("Kafka does not set %s on topic %s: %s %s", wanted[name], name, error, why)
    return [name for name in differing if name not in refused]


async def _own_settings(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    """What is set on the topics themselves, without what they have from the broker and by default."""
    found: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names]):
        for code, why, _, name, entries in answer.resources:
            if code != 0:
                error = for_code(code).__name__
                log.warning("Kafka does not show the settings of topic %s: %s %s", name, error, why)
                continue
            found[name] = {entry[0]: entry[1] for entry in entries if entry[3] == SET_ON_THE_TOPIC}
    return found
