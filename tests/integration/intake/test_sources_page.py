"""The snippets of docs/sources.md do what the page says."""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from deploy.embedded.ports import free_ports
from services.intake import app
from shared.campus import Scope
from shared.words import Kind
from tests.integration.intake.desk import KEYS, Intake, wait_until_ready

PAGE = (Path(__file__).parents[3] / "docs" / "sources.md").read_text()


def snippets(language: str) -> list[str]:
    """The code blocks of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
async def environment(intake: Intake) -> AsyncIterator[dict[str, str]]:
    """A second intake on a port of its own, and what the snippets read from the environment."""
    port = free_ports(1)[0]
    server = uvicorn.Server(uvicorn.Config(app.build(intake.settings), port=port, log_config=None))
    task = asyncio.create_task(server.serve())
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, transport=httpx.AsyncHTTPTransport(retries=20)) as http:
        await wait_until_ready(http)
    yield {
        **os.environ,
        "MELDKAMER_URL": url,
        "SOURCE_KEY": KEYS[Scope.FIRE],
        "GENERAL_KEY": KEYS[Scope.GENERAL],
        "KAFKA_BOOTSTRAP_SERVERS": intake.settings.kafka_bootstrap_servers,
    }
    server.should_exit = True
    await task


async def run(program: list[str], environment: dict[str, str]) -> str:
    """What the snippet prints."""
    process = await asyncio.create_subprocess_exec(
        *program, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await process.communicate()
    assert process.returncode == 0, error.decode()
    return out.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_curl_sends_an_alarm_and_two_reports(intake: Intake, environment: dict[str, str]) -> None:
    one, many = snippets("bash")
    answer = json.loads(await run(["bash", "-c", one], environment))
    (alarm,) = await intake.incidents(1)
    assert answer == {"incident_id": str(alarm.incident_id), "status": "published"}
    answers = json.loads(await run(["bash", "-c", many], environment))
    assert {item["incident_id"] for item in answers} == {str(i.incident_id) for i in await intake.incidents(2)}


async def test_python_sends_an_alarm_and_clears_it(intake: Intake, environment: dict[str, str]) -> None:
    plain, _ = snippets("python")
    printed = (await run([sys.executable, "-c", plain], environment)).split()
    alarm, restored = await intake.incidents(2)
    assert printed == [str(alarm.incident_id), str(restored.incident_id)]
    assert (alarm.kind, restored.kind) == (Kind.FIRE_ALARM, Kind.FIRE_RESTORED)
    assert restored.clears == alarm.dedup_key


async def test_a_cloudevents_sdk_publishes_what_the_services_read(intake: Intake, environment: dict[str, str]) -> None:
    _, direct = snippets("python")
    printed = await run([sys.executable, "-c", direct], environment)
    ((topic, key, incident),) = await intake.records(1)
    assert (topic, key, incident.kind) == ("incidents.general", "NANOLAB", Kind.GAS)
    assert printed.strip() == str(incident.incident_id)


def test_the_page_names_every_scope() -> None:
    rows = re.findall(r"^\| (\w+) \| `/intake/v1/", PAGE, re.MULTILINE)
    assert set(rows) == set(Scope)
