"""A small disk that can be full: a tmpfs, where we may mount one."""

import os
import re
import subprocess
from pathlib import Path
from typing import Self

NAME = "meldkamer-proof"
MOUNTED = re.compile(rf"^{NAME}-(?P<pid>\d+) (?P<folder>\S+) tmpfs ", re.MULTILINE)


class SmallDisk:
    """Full means no byte more than is used now."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._size = megabytes * 1024 * 1024

    @classmethod
    def mounted(cls, folder: Path, megabytes: int) -> Self | None:
        """A new one on this folder; None where it is not allowed. Takes away those of runs that were killed."""
        sweep()
        folder.mkdir(parents=True, exist_ok=True)
        disk = cls(folder, megabytes)
        name = f"{NAME}-{os.getpid()}"
        return disk if _done("mount", "-t", "tmpfs", "-o", f"size={disk._size}", name, str(folder)) else None

    def fill(self) -> None:
        """From now on, whoever wants more gets ENOSPC."""
        used = os.statvfs(self.folder)
        self._resize((used.f_blocks - used.f_bfree) * used.f_frsize)

    def free(self) -> None:
        """There is room."""
        self._resize(self._size)

    def unmount(self) -> None:
        """Gone, with all that is on it."""
        _done("umount", "-l", str(self.folder))

    def _resize(self, size: int) -> None:
        if not _done("mount", "-o", f"remount,size={size}", str(self.folder)):
            raise OSError(f"{self.folder} cannot be given {size} bytes")


def sweep() -> None:
    """Unmount what processes left that are no more."""
    for found in MOUNTED.finditer(Path("/proc/mounts").read_text()):
        if not Path("/proc", found["pid"]).exists():
            _done("umount", "-l", found["folder"])


def _done(*command: str) -> bool:
    """Whether it could be done; a machine without the command cannot."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
