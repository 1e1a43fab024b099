"""The client that a request comes from, for the limit of sign-ups of one client.

Behind a proxy each connection comes from the proxy. It puts the address of its client at the end of
`X-Forwarded-For`. The client may have written the addresses before that, in the same line or in an
earlier one. If the connection is not that of a trusted proxy, the client may have written all of them,
and none counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""The networks of a proxy on this machine."""
_HOUSEHOLD = 64
"""The bits of an IPv6 address that one household has."""
_WITH_PORT = re.compile(r"\[([^\[\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5}")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return addresses or networks, such as `10.0.0.5` and `172.16.0.0/12`, as networks. Raises
    :class:`ValueError`.
    """
    return tuple(ip_network(text) for text in texts)


def client_of(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the client for which a connection from ``peer`` speaks, from all lines of
    `X-Forwarded-For`: an address, or for IPv6 the network of a household. Empty if it is unknown.
    """
    address = _address(peer)
    if address is not None and any(address in network for network in trusted) and forwarded:
        address = _address(",".join(forwarded).rpartition(",")[2].strip(" \t"))
    if address is None:
        return ""
    if address.version == 6:
        return str(ip_network((int(address) >> _HOUSEHOLD << _HOUSEHOLD, _HOUSEHOLD)))
    return str(address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a text is, perhaps with a port or a zone; None for anything else."""
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address
