"""The jars of Apache Kafka: fetched from a repository, each as the lock says or not at all."""

import functools
import hashlib
import re
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.embedded import jars
from deploy.embedded.jars import Jar, PartMissing

CONTENT = b"a jar"
HASH = "19df2f6341cef54e1d4bc0fcf7d0ed82e9d2fce1d5ab8f6aa9c1c7e3c7b04bd1"


class Quiet(SimpleHTTPRequestHandler):
    """Files, without a line for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A mirror with one jar of two that are locked."""
    folder = tmp_path / "mirror"
    (folder / "org/one/a/1").mkdir(parents=True)
    (folder / "org/one/a/1/a-1.jar").write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    monkeypatch.setenv("MAVEN_REPOSITORY", f"http://127.0.0.1:{server.server_port}/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder
    server.shutdown()
    server.server_close()


def lock(monkeypatch: pytest.MonkeyPatch, *locked: Jar) -> None:
    """Only these are locked."""
    monkeypatch.setattr(jars, "locked", lambda: list(locked))


def test_a_jar_that_is_what_the_lock_says_is_fetched_once(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, Jar("org.one", "a", "1", hashlib.sha256(CONTENT).hexdigest()))
    path = jars.class_path(tmp_path / "cache")
    assert Path(path).read_bytes() == CONTENT
    (repository / "org/one/a/1/a-1.jar").unlink()
    assert jars.class_path(tmp_path / "cache") == path


@pytest.mark.parametrize(
    ("jar", "told"),
    [
        (Jar("org.one", "a", "1", HASH), r"not what deploy/embedded/jgo\.lock\.toml says: a-1\.jar"),
        (Jar("org.one", "b", "2", HASH), r"/org/one/b/2/b-2\.jar: .*404.* \(MAVEN_REPOSITORY names a mirror\)"),
    ],
    ids=["another content", "not there"],
)
@pytest.mark.usefixtures("repository")
def test_one_that_is_not_is_refused(jar: Jar, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(monkeypatch, jar)
    with pytest.raises(PartMissing, match=told):
        jars.class_path(tmp_path / "cache")


@pytest.mark.parametrize(
    ("terminal", "said"), [(True, ["Apache Kafka", "100%"]), (False, [])], ids=["terminal", "log"]
)
@pytest.mark.usefixtures("repository")
def test_a_terminal_is_shown_how_far_it_is_and_a_log_is_not(
    terminal: bool, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    lock(monkeypatch, Jar("org.one", "a", "1", hashlib.sha256(CONTENT).hexdigest()))
    jars.class_path(tmp_path / "cache")
    told = capsys.readouterr()
    assert told.out == ""
    assert re.findall(r"Apache Kafka|\d+%", told.err)[-2:] == said  # it is drawn several times, the last time full
