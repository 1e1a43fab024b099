"""Who a request comes from, for the limit of sign-ups of one client.

Behind a proxy each connection is the proxy's, and what it has seen is the last of the addresses in
`X-Forwarded-For`. Whatever stands before that, in the same line or in an earlier one, may have been
written by the client. Where the connection is not a trusted proxy's, all of it may, and none of it
counts.
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
"""Where a proxy on this very machine comes from."""
_HOUSEHOLD = 64
"""The bits of an address of IPv6 that one household has."""
_WITH_PORT = re.compile(r"\[([^\[\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5}")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses or networks, such as `10.0.0.5` and `172.16.0.0/12`. Raises :class:`ValueError`."""
    return tuple(ip_network(text) for text in texts)


def client_of(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The client that a connection from ``peer`` speaks for, given all lines of `X-Forwarded-For`:
    an address, or of IPv6 the network of a household. Empty if it cannot be known.
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
    """The address that a text is, perhaps with a port or a zone; None for anything else."""
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address
