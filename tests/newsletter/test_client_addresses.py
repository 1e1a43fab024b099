"""Who a request comes from: what a proxy says of it, if the proxy is trusted, and nothing else."""

# ruff: noqa: F811

from __future__ import annotations

import http.client
from collections.abc import Sequence
from contextlib import closing
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_subscriptions import (  # noqa: F401 - fixtures
    FORM,
    Service,
    gazette,
    room,
    start,
)

from broadsheet.newsletter.client_address import LOOPBACK, client_of, networks
from broadsheet.newsletter.subscriber_database import BY_CLIENT

PROXIES = (*LOOPBACK, *networks(["10.0.0.5", "172.16.0.0/12", "2001:db8:1::/48"]))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.9, 192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.9", "192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.9,", "192.0.2.1 "], "192.0.2.1"),
        ("127.0.0.1", ["192.0.2.1:49152"], "192.0.2.1"),
        ("::1", ["2001:db8:2:3:4:5:6:7"], "2001:db8:2:3::/64"),
        ("::1", ["[2001:db8:2:3::1]:443"], "2001:db8:2:3::/64"),
        ("::1", ["[2001:db8:2:3::1]"], "2001:db8:2:3::/64"),
        ("::1", ["::ffff:192.0.2.1"], "192.0.2.1"),
        ("::1", ["fe80::1%eth0"], "fe80::/64"),
        ("::ffff:127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.5", ["192.0.2.1"], "192.0.2.1"),
        ("172.17.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("2001:db8:1::9", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.6", ["192.0.2.1"], "10.0.0.6"),  # it is not the proxy's
        ("192.0.2.7", ["127.0.0.1", "10.0.0.5"], "192.0.2.7"),
        ("127.0.0.1", ["192.0.2.1, unknown"], ""),
        ("127.0.0.1", ["192.0.2.1,"], ""),
        ("127.0.0.1", ["192.0.2.1", ""], ""),
        ("127.0.0.1", ["192.0.2.1, _hidden"], ""),
        ("127.0.0.1", ["192.0.2.999"], ""),
        ("127.0.0.1", ["[192.0.2.1", "1.2.3.4:99999999"], ""),
        ("", ["192.0.2.1"], ""),
        ("a socket", [], ""),
    ],
)
def test_the_client(peer: str, forwarded: Sequence[str], client: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


def test_without_a_proxy_nothing_that_is_said_counts() -> None:
    assert client_of("127.0.0.1", ["192.0.2.1"], ()) == "127.0.0.1"


@given(st.lists(st.text(max_size=60), max_size=4), st.text(max_size=60))
def test_whatever_a_client_says_before_it_the_last_counts(said: list[str], peer: str) -> None:
    assert client_of("127.0.0.1", [*said, "192.0.2.1"], PROXIES) == "192.0.2.1"
    assert client_of("192.0.2.7", said, PROXIES) == "192.0.2.7"
    client_of(peer, said, PROXIES)  # never raises


def test_the_first_of_two_lines_is_not_believed(gazette, room, start):
    service: Service = start("--behind-proxy")
    body = urlencode({"email": "a@mail.example", "lang": "en", "website": ""})
    answers = []
    for number in range(BY_CLIENT + 1):
        with closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)) as asking:
            asking.putrequest("POST", "/paper/subscribe/sign-up")
            for name, value in (
                ("Content-Type", FORM),
                ("Content-Length", str(len(body))),
                ("X-Forwarded-For", f"198.51.100.{number}"),  # the client's
                ("X-Forwarded-For", "192.0.2.1"),  # the proxy's
            ):
                asking.putheader(name, value)
            asking.endheaders(body.encode())
            answers.append(asking.getresponse().status)
    assert answers == [303] * BY_CLIENT + [429]


def test_a_proxy_elsewhere_is_not_believed_unless_it_is_named(gazette, room, start):
    service: Service = start("--behind-proxy", "10.0.0.5")
    answers = [
        service.sign_up(f"r{number}@mail.example", {"X-Forwarded-For": f"192.0.2.{number}"})[0]
        for number in range(BY_CLIENT + 1)
    ]
    assert answers == [303] * BY_CLIENT + [429]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--behind-proxy", "proxy.example"], "--behind-proxy proxy.example: this is no address"),
        (["--behind-proxy", "10.0.0.5/8"], "10.0.0.5/8 has host bits set"),
        (["--host", "0.0.0.0", "--behind-proxy"], "anybody could connect, and say to be the proxy"),
    ],
)
def test_what_is_no_proxy_is_said(gazette, run, room, options, said):
    exit_code, _, errors = run(gazette, "newsletter", "serve", "--port", "0", *options)
    assert exit_code == 2 and said in errors and "\n  → " in errors
