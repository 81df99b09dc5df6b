"""The webhook channel: the page as JSON to an address of the member's, any 2xx is the delivery receipt."""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from services.alerting.channels.outcome import Never, Outcome, Retry, Sent

KIND = "webhook"
TRY_AGAIN = (408, 425, 429)
# IPv6 addresses that carry an IPv4 address which a gateway may call: compatible, mapped, NAT64, Teredo, 6to4.
CARRIERS = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"))
)


class Forbidden(OSError):
    """The address leads to loopback or a private network, and the settings do not allow that."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`allow_private`: loopback and private targets; `timeout_s`: seconds a receiver may take."""

    allow_private: bool
    timeout_s: float


class Webhook:
    """One HTTP session for all webhooks; `services.alerting.places` says how many are called at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        resolver = None if settings.allow_private else PublicOnly()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, resolver=resolver, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=settings.timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def send(self, address: str, key: str, body: Mapping[str, Any]) -> Outcome:
        """POST it; 408, 425, 429, 5xx and network errors may work later, other answers never."""
        if (why := refused(address, self._settings.allow_private)) is not None:
            return Never(why)
        try:
            async with self._session.post(
                address, json=dict(body), headers={"Idempotency-Key": key}, allow_redirects=False
            ) as answer:
                return _outcome(answer.status)
        except Forbidden as error:
            return Never(str(error))
        except aiohttp.InvalidURL:
            return Never("not an address that HTTP knows")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Retry(type(error).__name__)

    async def close(self) -> None:
        """End the session."""
        await self._session.close()


def server(address: str) -> str:
    """The server an address leads to, as `host[:port]`, "" for none; whoever is called there waits for it together."""
    try:
        return URL(address).host_port_subcomponent or ""
    except ValueError:
        return ""


def refused(address: str, allow_private: bool) -> str | None:
    """Why this address may not be called, or None; names are looked at again when they are resolved."""
    try:
        url = URL(address)
        host = url.host
    except ValueError:
        host = None
    if not host or url.scheme not in ("http", "https"):
        return "a webhook address starts with http:// or https:// and names a host"
    if allow_private or not _calls_without_resolving(host):
        return None
    return None if _is_public(host) else f"{host} is not a public address"


def _calls_without_resolving(host: str) -> bool:
    """aiohttp asks no resolver for these, and the C library reads 2130706433 or 127.1 as loopback."""
    return ":" in host or host.replace(".", "").isdigit()


def _is_public(host: str) -> bool:
    """An address in its one usual spelling, and the IPv4 address that it may carry, lead outside."""
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(literal, ipaddress.IPv6Address) and any(literal in network for network in CARRIERS):
        return False
    return literal.is_global and not literal.is_multicast


class PublicOnly(AbstractResolver):
    """Resolves names as usual and refuses those that lead inside."""

    def __init__(self) -> None:
        self._resolver = aiohttp.DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses, when all of them are public."""
        found = await self._resolver.resolve(host, port, family)
        for result in found:
            if not _is_public(result["host"]):
                raise Forbidden(f"{host} is not a public address")
        return found

    async def close(self) -> None:
        """End the resolver."""
        await self._resolver.close()


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Sent(delivered=True)
    if status in TRY_AGAIN or status >= 500:
        return Retry(f"HTTP {status}")
    return Never(f"HTTP {status}")
