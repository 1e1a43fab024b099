"""What a stranger may send to `newsletter serve`, and what may fail below it, stops nobody else."""

# ruff: noqa: F811

from __future__ import annotations

import resource
import socket
from contextlib import ExitStack

import pytest
from test_confirmation_mail import HEALTH, until
from test_subscriptions import (  # noqa: F401 - fixtures
    FORM,
    READER,
    Service,
    gazette,
    mail,
    room,
    start,
)

HOSTS = ("evil.example", "[", "a b", "evil.example:99999", "")


def head(service: Service, request: str, content: bytes = b"") -> str:
    """The status and the headers of the answer to what is sent as it is."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1") + content)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := connection.recv(65536)):
            answer += part
    return answer.partition(b"\r\n\r\n")[0].decode("latin-1")


@pytest.mark.parametrize("host", HOSTS)
def test_no_answer_leads_to_a_host_that_the_client_names(gazette, run, room, start, host):
    assert run(gazette, "build")[0] == 0
    (gazette.root / "_site/deep").mkdir()
    (gazette.root / "_site/deep/index.html").write_text("<p>x</p>")
    service: Service = start("--site")
    for path in ("/paper/deep", "/paper//deep", "//paper/deep", "/paper/subscribe/health/"):
        answer = head(service, f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n\n")
        places = [line for line in answer.splitlines() if line.lower().startswith("location:")]
        assert answer.split()[1] in ("200", "307", "400", "404"), answer
        assert all(line.startswith(("location: /paper", "location: /deep")) for line in places)
    assert service.ask("GET", "/paper/deep")[1]["location"] == "/paper/deep/"


@pytest.mark.parametrize("host", HOSTS)
def test_a_form_is_taken_whatever_the_host_is_called(gazette, room, start, host):
    service: Service = start()
    content = b"email=ada%40mail.example"
    answer = head(
        service,
        f"POST /paper/subscribe/sign-up HTTP/1.1\nHost: {host}\nContent-Type: {FORM}\n"
        f"Content-Length: {len(content)}\n\n",
        content,
    )
    if " 400 " not in answer:  # which is no host's name at all
        assert "location: /paper/subscribe/check-your-mail?lang=en" in answer
        assert "evil" not in mail(room)[0].get_content()


def test_paths_tokens_and_languages_of_any_kind_get_an_answer(gazette, run, room, start):
    assert run(gazette, "build")[0] == 0
    service: Service = start("--site")
    odd = ("%00", "%ff%fe", "%ed%a0%80", "a%0d%0aX-Y: z", "..%2f..%2f_quarto.yml", "a" * 5000)
    for text in (*odd, "%2e%2e/_quarto.yml", "..%5c_quarto.yml", "a/" * 2000, "%E2%80%AE"):
        for path in (
            f"/paper/{text}",
            f"/paper/subscribe/confirm/{text}",
            f"/paper/subscribe/unsubscribe/{text}",
            f"/paper/subscribe/theme/{text}",
            f"/paper/subscribe/check-your-mail?lang={text}",
        ):
            answer = head(service, f"GET {path.replace(' ', '%20')} HTTP/1.1\nHost: x\n\n")
            assert answer.split()[1] in ("200", "404", "410"), (path[:80], answer)
            assert "X-Y" not in answer.partition("\r\n")[2].replace("x-y", "")


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="another process's limits need Linux")
def test_a_full_disk_is_said_and_mail_goes_out_when_there_is_room(gazette, room, start):
    service: Service = start()
    pid = service.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, most))
    assert service.sign_up()[0] == 503
    until(lambda: service.ask("GET", HEALTH)[2] == "the database of subscribers cannot be used\n")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
    assert service.sign_up()[0] == 303
    assert mail(room)[0]["To"] == READER
    until(lambda: service.ask("GET", HEALTH)[2] == "ok\n")


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="another process's limits need Linux")
def test_more_connections_than_descriptors(gazette, room, start):
    service: Service = start()
    pid = service.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (256, most))
    with ExitStack() as stack:
        for _ in range(500):
            stack.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=60))
        assert service.ask("GET", HEALTH)[0] == 200
        assert service.sign_up()[0] == 303
    assert mail(room)[0]["To"] == READER
