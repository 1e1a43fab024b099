"""Values are decoded by many threads at once, also while a type is met for the first time."""

from __future__ import annotations

import ast
import subprocess
import sys

from source_tree import code, shown

DECODES = {"msgspec.json.decode", "msgspec.json.Decoder", "msgspec.msgpack.decode"}
KINDS = """
from __future__ import annotations
from dataclasses import dataclass
@dataclass(frozen=True)
class Leaf:
    a: int
    b: tuple[int, ...] = ()
@dataclass(frozen=True)
class Stem:
    one: Leaf
    some: list[Leaf]
    named: dict[str, Leaf]
@dataclass(frozen=True)
class Tree:
    stem: Stem
    more: tuple[Stem, ...]
"""
PROGRAM = """
import sys, threading
from types import ModuleType
from plotly_alive.text.json_decoding import decoder

sys.setswitchinterval(1e-6)
data = b'{"stem": {"one": {"a": 1}, "some": [{"a": 1}], "named": {"k": {"a": 1}}}, "more": []}'
for number in range(200):
    module = sys.modules[f"kinds{number}"] = ModuleType(f"kinds{number}")
    exec(sys.argv[1], module.__dict__)
    together, read = threading.Barrier(6), []
    def decode():
        together.wait()
        read.append(decoder(module.Tree).decode(data))
    threads = [threading.Thread(target=decode) for _ in range(6)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert read == [read[0]] * 6
print("all read")
"""


def test_threads_that_meet_a_type_at_once_read_it_alike() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, KINDS], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "all read\n"), done.stderr


def test_nothing_decodes_but_by_what_learns_a_type_first() -> None:
    calls = {
        shown(path)
        for path in code()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in DECODES
    }
    assert calls == {"plotly_alive/text/json_decoding.py"}
