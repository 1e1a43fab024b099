"""The grammar of addresses is compiled when somebody asks for it, and is then what it always was."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("rfc3987_syntax")


def told(code: str) -> list[str]:
    """What a program prints, of which the first line imports nbformat after our package."""
    code = f"import sys, papermill_warm, nbformat, jsonschema\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_nbformat_is_imported_without_it():
    code = "print('lark' in sys.modules, 'rfc3987_syntax' in sys.modules)"
    assert told(code) == ["False False"]


def test_addresses_are_checked_by_it_also_in_threads():
    code = """
from concurrent.futures import ThreadPoolExecutor
asked = jsonschema.FormatChecker().conforms
texts = ["http://example.org/ü", "no address"] * 4
with ThreadPoolExecutor(8) as pool:
    print(list(pool.map(lambda text: asked(text, "iri"), texts)))
print(asked("/ü", "iri-reference"), asked("/ ", "iri-reference"), asked(7, "iri"))
"""
    assert told(code) == [str([True, False] * 4), "True False True"]


def test_who_imports_it_has_the_package_itself():
    code = """
import importlib.resources, rfc3987_syntax
from rfc3987_syntax import make_syntax_validator
from rfc3987_syntax.utils import load_grammar
print(rfc3987_syntax.is_valid_syntax("iri", "http://example.org/"), rfc3987_syntax.__spec__.name)
print(importlib.resources.files("rfc3987_syntax").joinpath("__init__.py").is_file())
print(importlib.reload(rfc3987_syntax) is rfc3987_syntax)
print(jsonschema._format.__loader__ is jsonschema._format.__spec__.loader, jsonschema._format.__file__[-10:])
"""
    assert told(code) == ["True rfc3987_syntax", "True", "True", "True _format.py"]


def test_it_is_postponed_once():
    code = """
for name in [name for name in sys.modules if name.startswith("papermill_warm")]:
    del sys.modules[name]
import papermill_warm
print(sum(type(finder).__module__.startswith("papermill_warm") for finder in sys.meta_path))
"""
    assert told(code) == ["1"]
