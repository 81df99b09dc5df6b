"""docker-compose.yml without a Docker engine: its form, its hardening, and that it agrees with the services."""

import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from deploy import env_example
from deploy.cli import main
from deploy.embedded.jars import kafka_version
from services.alerting.settings import Settings as Alerting
from services.intake.settings import Settings as Intake
from services.reporting.settings import Settings as Reporting
from shared.problems import RETRY_AFTER_S

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ADDRESSES = {
    "intake": ("/intake", Intake().intake_port),
    "alerting-a": ("/alerting", Alerting().alerting_port),
    "alerting-b": ("/alerting", Alerting().alerting_port),
    "reporting": ("/monitor", Reporting().reporting_port),
}


@pytest.mark.skipif(find_spec("check_jsonschema") is None, reason="check-jsonschema carries the compose specification")
def test_it_is_a_compose_file() -> None:
    spec = find_spec("check_jsonschema")
    assert spec is not None
    assert spec.origin is not None
    schema = Path(spec.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    Draft7Validator(json.loads(schema.read_text())).validate(COMPOSE)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == "30s"


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_does_not_run_as_root(name: str) -> None:
    service = SERVICES[name]
    match service.get("build"):
        case None:
            user = str(service["user"])
        case str():
            user = last_user(ROOT / "Dockerfile")
        case build:
            user = last_user(ROOT / build["context"] / build["dockerfile"])
    assert user.partition(":")[0] not in ("", "0", "root")


def last_user(dockerfile: Path) -> str:
    """Whom the image runs as."""
    return str(re.findall(r"^USER (\S+)$", dockerfile.read_text(), re.MULTILINE)[-1])


@pytest.mark.parametrize(("name", "address"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_a_service_is_healthy_when_it_says_that_it_is_ready(name: str, address: tuple[str, int]) -> None:
    prefix, port = address
    module = f"services.{name.partition('-')[0]}"
    assert SERVICES[name]["command"] == ["python", "-m", module]
    *_, script, url = SERVICES[name]["healthcheck"]["test"]
    assert url == f"http://127.0.0.1:{port}{prefix}/readyz"
    assert (ROOT / script).exists()


@pytest.mark.parametrize(("name", "address"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_the_proxy_passes_on_what_is_the_services(name: str, address: tuple[str, int]) -> None:
    prefix, port = address
    routes = re.findall(r"handle (\S+) {\s+reverse_proxy ([^{]+) {\s+flush_interval -1", caddyfile())
    assert f"{name}:{port}" in dict(routes)[f"{prefix}/*"].split()


def test_the_proxy_keeps_inside_what_is_for_machines() -> None:
    found = re.search(r"@inside path_regexp (\S+)", caddyfile())
    assert found
    paths = [f"{prefix}/{word}" for prefix, _ in ADDRESSES.values() for word in ("metrics", "readyz", "livez")]
    assert all(re.search(found[1], path) for path in paths)
    assert not re.search(found[1], "/monitor/v1/incidents")


def test_the_proxy_keeps_no_record_of_who_asked() -> None:
    options = block(caddyfile(), r"^{")
    excluded = block(options, r"log default {").split()
    assert excluded == ["exclude", "http.log.error", "http.handlers.reverse_proxy"]
    assert not re.search(r"^\s*log( {|$)", caddyfile(), re.MULTILINE), "an access log"


def test_what_the_proxy_answers_itself_says_when_to_come_again() -> None:
    answers = block(caddyfile(), r"handle_errors 502 503 504 {")
    assert re.search(rf"header Retry-After {RETRY_AFTER_S}$", answers, re.MULTILINE)
    problem = re.search(r"respond `({.*})` {err.status_code}", answers)
    assert problem
    assert set(json.loads(problem[1].replace("{err.status_code}", "502"))) == {"type", "title", "status", "detail"}


def test_the_proxy_keeps_its_only_intake_while_kafka_or_the_database_is_away() -> None:
    assert "health_uri /intake/livez" in block(caddyfile(), r"handle /intake/\* {")


def test_the_braces_of_the_proxys_configuration_match() -> None:
    code = re.sub(r"`[^`]*`|#.*", "", caddyfile())
    assert code.count("{") == code.count("}")


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_service_believes_the_proxy_about_who_asks(name: str) -> None:
    assert SERVICES[name]["environment"]["MELDKAMER_PROXIES"] == "*"


def test_everything_waits_for_schemas_and_topics() -> None:
    assert set(SERVICES["prepare"]["depends_on"]) == {"kafka", "postgres"}
    for name in ADDRESSES:
        assert SERVICES[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


@pytest.mark.parametrize("name", ["prepare", *ADDRESSES])
def test_every_setting_that_is_given_is_one(name: str) -> None:
    known = {field.upper() for _, settings in env_example.SECTIONS for field in settings.model_fields}
    assert set(SERVICES[name]["environment"]) <= known


def test_a_variable_that_is_asked_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", TEXT))
    told = set(re.findall(r"^#? ?(\w+)=", env_example.render(), re.MULTILINE))
    assert asked <= told


def test_kafka_is_the_one_that_is_tested_against() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka_version()}"


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_line_that_makes_an_account_runs_the_image_and_writes_the_file_that_the_services_read() -> None:
    text = running().replace("\\\n", "")
    ((line, readable),) = re.findall(r"^(docker run .*) && chmod 644 (\S+)$", text, re.MULTILINE)
    options, _, command = line.partition(" meldkamer ")
    *_, mount, image = shlex.split(options)
    folder, _, inside = mount.removeprefix("$PWD/").partition(":")
    *account, file = shlex.split(command)
    assert CliRunner().invoke(main.build(), [*account, file, "--help"]).exit_code == 0
    assert (image, file, readable) == (
        SERVICES["intake"]["image"], f"{inside}/accounts.json", f"{folder}/accounts.json"
    )  # fmt: skip
    services_read = SERVICES["intake"]["environment"]["MELDKAMER_ACCOUNTS"]
    assert f"./{readable}:{services_read}:ro" in SERVICES["intake"]["volumes"]
    assert text.index("docker compose build\n") < text.index(line)


def running() -> str:
    """What operators read."""
    return (ROOT / "docs" / "running.md").read_text()


def block(text: str, opening: str) -> str:
    """What stands between the braces that this opens; the closing one is indented as the line is."""
    found = re.search(rf"^(\s*)(?:{opening.removeprefix('^')})\n(.*?)^\1}}", text, re.MULTILINE | re.DOTALL)
    assert found, opening
    return found[2]


def caddyfile() -> str:
    """The proxy's configuration."""
    return (ROOT / "deploy" / "compose" / "Caddyfile").read_text()
