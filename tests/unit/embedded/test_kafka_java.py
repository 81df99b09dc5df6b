"""How an embedded Kafka starts Java."""

from pathlib import Path

import pytest

from deploy.embedded.jars import PartMissing
from deploy.embedded.kafka import Kafka


def test_java_finds_files_of_any_letters_whatever_the_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    java = tmp_path / "java"
    java.write_text('#!/bin/sh\necho "locale $LC_ALL"\nexit 1\n')
    java.chmod(0o755)
    kafka = Kafka(tmp_path / "kafka")
    (kafka.folder / "cluster.id").touch()
    with pytest.raises(PartMissing, match=r"locale C\.UTF-8"):
        kafka._format(str(java), "", kafka.nodes[0])
    assert kafka._command(str(java), "", kafka.nodes[0]).environment == {"LC_ALL": "C.UTF-8"}
