"""Loopback ports for the embedded parts: free, remembered, and never in the range that the kernel hands out."""

import random
import socket
from pathlib import Path

_drawn: set[int] = set()  # what this process was given may not be in use yet
FIRST, LAST = 20000, 32000  # below 32768: above it an outgoing connection may sit on the port at the restart


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Free ports, each given once by this process, drawn at random so that runs side by side seldom meet."""
    found: list[int] = []
    while len(found) < count:
        port = random.randint(FIRST, LAST)
        if port not in _drawn and is_free(port):
            _drawn.add(port)
            found.append(port)
    return found


def remembered(file: Path, count: int) -> list[int]:
    """The ports of the last start while they are still free, else new ones; the file holds one a line."""
    if file.exists():
        ports = [int(line) for line in file.read_text().split()]
        if len(ports) == count and all(is_free(port) for port in ports):
            _drawn.update(ports)
            return ports
    ports = free_ports(count)
    file.write_text("".join(f"{port}\n" for port in ports))
    return ports
