"""Messages between kernel and engine, without a kernel."""

from __future__ import annotations

import json
import logging
import socket
from typing import Any

from nbclient.client import output_from_msg
from nbformat.notebooknode import NotebookNode

from papermill_warm import wire
from papermill_warm.kernel import _message
from papermill_warm.kernel_app import QuietLog
from papermill_warm.kernel_line import KernelLine


def parts(kind: str, content: Any, number: str = "1") -> list[bytes]:
    header = {"msg_id": f"m{number}", "msg_type": kind, "date": "2026-01-01T00:00:00+00:00"}
    parent = {**header, "msg_id": f"p{number}", "msg_type": "execute_request"}
    return [
        b"topic",
        b"<IDS|MSG>",
        b"",
        *(json.dumps(part).encode() for part in (header, parent, {}, content)),
    ]


def kinds(value: Any) -> Any:
    """The types of a value and of all in it."""
    if isinstance(value, dict):
        return type(value), {key: kinds(part) for key, part in value.items()}
    return [kinds(part) for part in value] if isinstance(value, list) else type(value)


def test_an_output_is_what_nbclient_makes_of_plain_json() -> None:
    chart = {"data": [{"x": [1, 2.5, None], "line": {"width": 1}}], "layout": {}}
    content = {"data": {"application/vnd.plotly.v1+json": chart, "text/plain": "a"}, "metadata": {}}
    message = _message(parts("display_data", content))
    made = output_from_msg(message)
    plain = output_from_msg({**message, "content": json.loads(json.dumps(content))})
    assert (made, kinds(made)) == (plain, kinds(plain))
    assert type(made.data["application/vnd.plotly.v1+json"].data[0].line) is NotebookNode


def test_each_message_has_the_header_of_its_own_request() -> None:
    first, second, again = (_message(parts("stream", {}, number)) for number in "121")
    first["parent_header"]["msg_id"] = "changed"
    assert second["parent_header"]["msg_id"] == "p2"
    assert again["parent_header"]["msg_id"] == "p1"
    assert again["parent_header"]["date"] == again["header"]["date"]


def test_a_line_is_waited_for_until_the_reply_has_come() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = KernelLine(ours)
        theirs.sendall(wire.pack(wire.IOPUB, [b"output"]) + wire.pack(wire.SHELL, [b"reply"]))
        line.wait(wire.SHELL, 60)
        assert line.take(wire.SHELL) == [b"reply"]
        line.wait(wire.SHELL, 0)  # nothing comes
        assert (line.take(wire.SHELL), line.take(wire.IOPUB)) == (None, [b"output"])
        theirs.close()
        line.wait(wire.SHELL, 60)
        assert line.ended


def test_a_log_makes_records_only_for_who_takes_them() -> None:
    log, heard = QuietLog("kernel"), list[str]()
    log.propagate = False
    handler = logging.Handler(logging.WARNING)
    log.addHandler(handler)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    assert not log.isEnabledFor(logging.DEBUG)
    log.warning("a warning")
    handler.setLevel(logging.DEBUG)
    log.debug("a detail")
    assert heard == ["a warning", "a detail"]
