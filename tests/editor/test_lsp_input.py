"""Whatever comes over standard input, the language server answers what can be answered, says what
cannot be read, and ends when its input ends.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from conftest import Site, slow_but


def message(body: object) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(content), content)


def request(number: int, method: str, **parameters: object) -> bytes:
    return message({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})


def notice(method: str, **parameters: object) -> bytes:
    return message({"jsonrpc": "2.0", "method": method, "params": parameters})


def opened(uri: str, text: str) -> bytes:
    document = {"uri": uri, "languageId": "quarto", "version": 1, "text": text}
    return notice("textDocument/didOpen", textDocument=document)


def completion(number: int, uri: str) -> bytes:
    place = {"line": 0, "character": 0}
    return request(number, "textDocument/completion", textDocument={"uri": uri}, position=place)


BEGIN = request(1, "initialize", capabilities={}, processId=None, rootUri=None)
SHUT = request(9, "shutdown")
EXIT = notice("exit")

REFUSED = {
    "negative": (
        BEGIN + b"Content-Length: -5\r\n\r\n" + SHUT,
        "`Content-Length` is '-5', no length",
    ),
    "words": (BEGIN + b"Content-Length: many\r\n\r\n" + SHUT, "is 'many', no length"),
    "missing": (BEGIN + b"X: y\r\n\r\n{}" + SHUT, "has no `Content-Length`"),
    "garbage": (bytes(range(256)) * 400, "`Content-Length`"),
    "endless line": (b"A" * 5_000_000, "a line of a header does not end"),
    "endless header": (b"A: b\r\n" * 100_000, "has no `Content-Length`"),
    "too many digits": (b"Content-Length: " + b"9" * 3000 + b"\r\n\r\n", "no length"),
}
ENDED = {
    "nothing": b"",
    "open": BEGIN + notice("initialized"),
    "in a body": BEGIN + b"Content-Length: 500\r\n\r\n{",
    "in an absurd body": BEGIN + b"Content-Length: 99999999999999999\r\n\r\nabc",
    "in a header": BEGIN + b"Content-Le",
    "exit without shutdown": BEGIN + EXIT,
}
ANSWERED = {
    "no UTF-8": message(b'{"jsonrpc":"2.0","id":3,"method":"\xe9"}'),
    "no JSON": message(b"{nope"),
    "deep JSON": message(b"[" * 200_000),
    "no request": message([1, 2]),
    "empty": message(b""),
    "unknown": request(3, "no/such"),
    "small letters": notice("initialized").replace(b"Content-Length", b"content-length"),
    "with a type": b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + notice("x"),
    "outside": opened("file:///etc/passwd", "It rose 5 percent.")
    + completion(3, "file:///etc/passwd"),
    "not opened": completion(3, "file:///dev/zero"),
    "odd addresses": opened("file://%00x", "x") + opened("untitled:x", "y") + opened("", "z"),
    "endless address": opened("file:///" + "x" * 5000, "z"),
}


@pytest.fixture
def serve(site: Site) -> Callable[[bytes], tuple[int, str, str]]:
    """A server that is given these bytes and then no more: its exit code and what it wrote."""

    def served(data: bytes) -> tuple[int, str, str]:
        ended = subprocess.run(
            [sys.executable, "-m", "broadsheet", "lsp"],
            input=data,
            capture_output=True,
            timeout=120,
            cwd=site.root,
            check=False,
        )
        return ended.returncode, ended.stdout.decode(), ended.stderr.decode()

    return served


def answers(out: str) -> set[int]:
    """The numbers of the requests that were answered."""
    return {int(number) for number in re.findall(r'"id": ?(\d+)', out)}


@pytest.mark.parametrize("name", slow_but(REFUSED, ("negative", "missing", "garbage")))
def test_a_header_without_a_length_is_named_and_ends_it(
    name: str, serve: Callable[[bytes], tuple[int, str, str]]
) -> None:
    data, fault = REFUSED[name]
    code, _, err = serve(data)
    assert code == 2 and err.startswith("error: standard input: ") and fault in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", slow_but(ENDED, ("nothing", "in an absurd body")))
def test_it_ends_with_its_input_and_an_exit_code_of_1(
    name: str, serve: Callable[[bytes], tuple[int, str, str]]
) -> None:
    code, _, err = serve(ENDED[name])
    assert (code, err) == (1, "")


def test_after_a_shutdown_the_exit_code_is_0(
    serve: Callable[[bytes], tuple[int, str, str]],
) -> None:
    code, out, err = serve(BEGIN + SHUT + EXIT)
    assert (code, err) == (0, "") and answers(out) == {1, 9}


def test_what_is_odd_is_answered_and_what_follows_too(
    site: Site, serve: Callable[[bytes], tuple[int, str, str]]
) -> None:
    os.mkfifo(site.root / "pipe.qmd")
    pipe = completion(4, (site.root / "pipe.qmd").as_uri())
    code, out, err = serve(BEGIN + pipe + b"".join(ANSWERED.values()) + SHUT + EXIT)
    assert (code, err) == (0, "") and answers(out) >= {1, 3, 4, 9}


def test_a_request_before_the_beginning_is_answered(
    serve: Callable[[bytes], tuple[int, str, str]],
) -> None:
    code, out, err = serve(completion(3, "file:///x.qmd") + BEGIN + SHUT + EXIT)
    assert (code, err) == (0, "") and answers(out) >= {1, 3, 9}


def test_a_message_that_is_too_long_is_passed_over_and_the_editor_hears_of_it(
    site: Site, serve: Callable[[bytes], tuple[int, str, str]]
) -> None:
    long = opened((site.root / "a.qmd").as_uri(), "word " * 3_000_000)
    code, out, err = serve(BEGIN + long + SHUT + EXIT)
    assert (code, err) == (0, "") and answers(out) == {1, 9}
    assert "a message of 14.3 MB was passed over; the limit is 4 MB" in out
    assert "window/showMessage" in out
