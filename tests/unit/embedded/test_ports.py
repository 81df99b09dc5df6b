"""Where a run may listen: not where another program answers to http://localhost."""

import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.embedded import ports
from deploy.embedded.frontdoor import FrontDoor
from deploy.embedded.ports import free_ports, is_free

HAS_IPV6 = ports.addresses("127.0.0.1") == ("127.0.0.1", "::1")
needs_ipv6 = pytest.mark.skipif(not HAS_IPV6, reason="this machine has no ::1")


def listening(host: str, port: int) -> socket.socket:
    """Another program; IPv6 alone where the host is of IPv6."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind((host, port))
    server.listen()
    return server


@pytest.fixture
def port() -> int:
    """One that is free."""
    return free_ports(1)[0]


@pytest.fixture
def taken_on_ipv6(port: int) -> Iterator[int]:
    """One on which another program listens, on ::1 alone."""
    with listening("::1", port):
        yield port


@needs_ipv6
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_port_that_another_program_has_on_ipv6_alone_is_taken(taken_on_ipv6: int, host: str) -> None:
    assert not is_free(taken_on_ipv6, host)


@needs_ipv6
async def test_a_front_door_does_not_open_beside_another_program_on_ipv6(taken_on_ipv6: int) -> None:
    with pytest.raises(OSError, match="address already in use"):
        async with FrontDoor(taken_on_ipv6, {}):
            pass
    with listening("127.0.0.1", taken_on_ipv6):
        pass


@needs_ipv6
@pytest.mark.parametrize("host", ["::", "::1"])
def test_an_address_of_ipv6_is_asked_as_one(port: int, host: str) -> None:
    assert is_free(port, host)
    with listening("::1", port):
        assert not is_free(port, host)


@needs_ipv6
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_front_door_answers_wherever_localhost_leads(port: int, host: str) -> None:
    async with FrontDoor(port, {}, host=host):
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), 1).close()
        assert not is_free(port)
    assert is_free(port)


@pytest.mark.parametrize("code", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
async def test_a_machine_without_ipv6_listens_on_ipv4(port: int, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", without_ipv6(code))
    assert is_free(port)
    async with FrontDoor(port, {}):
        assert not is_free(port)


def without_ipv6(code: int) -> type[socket.socket]:
    """Sockets of a kernel without the family, or with the family and no address of it."""

    class Socket(socket.socket):
        def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:
            if family == socket.AF_INET6 and code == errno.EAFNOSUPPORT:
                raise OSError(code, "Address family not supported by protocol")
            super().__init__(family, type, proto, fileno)

        def bind(self, address: Any, /) -> None:
            if self.family == socket.AF_INET6:
                raise OSError(code, "Cannot assign requested address")
            super().bind(address)

    return Socket
