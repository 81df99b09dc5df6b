"""Loopback ports for the embedded parts: free, remembered, and never in the range that the kernel hands out."""

import errno
import random
import socket
from pathlib import Path

_drawn: set[int] = set()  # what this process was given may not be in use yet
FIRST, LAST = 20000, 32000  # below 32768: above it an outgoing connection may sit on the port at the restart
NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def addresses(host: str) -> tuple[str, ...]:
    """Where to listen for `host`: http://localhost may lead to ::1 first, unless the machine has no IPv6."""
    if host not in ("127.0.0.1", "localhost"):
        return (host,)
    return ("127.0.0.1",) if _refusal(0, "::1") in NO_IPV6 else ("127.0.0.1", "::1")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now, at each of the addresses."""
    return not any(_refusal(port, address) for address in addresses(host))


def _refusal(port: int, address: str) -> int:
    """The errno with which the kernel lets nobody listen there, 0 when it does."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as asyncio's servers
            probe.bind((address, port))
    except OSError as error:
        return error.errno or errno.EINVAL
    return 0


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
