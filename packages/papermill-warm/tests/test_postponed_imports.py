"""A module that is imported beside what a notebook needs, and is loaded when it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TELLS = """\
from pathlib import Path
Path(__file__).with_name("loaded").write_text("")
NUMBER = 7
def double(number, *, again=False):
    return 4 * number if again else 2 * number
"""


def told(folder: Path, code: str) -> list[str]:
    """What a program prints; ``slow`` is a module beside it, postponed but for ``double``."""
    (folder / "slow").mkdir()
    (folder / "slow/__init__.py").write_text(TELLS)
    (folder / "slow/part.py").write_text("PART = 'part'\n")
    begun = """\
from pathlib import Path
from papermill_warm.postponed_imports import postpone
postpone("slow", "double")
postpone("slow", "double")
def tell(*what): print(*what, Path("slow/loaded").exists())
"""
    (folder / "program.py").write_text(begun + code)
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_function_loads_its_module_when_it_is_called(tmp_path):
    code = (
        "from slow import double\ntell('imported')\ntell(double(2, again=True))\ntell(double(3))\n"
        "import sys\ntell(sys.modules['slow'].double is not double)"
    )
    assert told(tmp_path, code) == ["imported False", "8 True", "6 True", "True True"]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("import slow\ntell('imported')\ntell(slow.NUMBER)", ["imported False", "7 True"]),
        ("from slow import NUMBER\ntell(NUMBER)", ["7 True"]),
        ("from slow import *\ntell(NUMBER, double(1))", ["7 2 True"]),
        ("from slow.part import PART\ntell(PART)", ["part False"]),
        ("import slow\ntell(hasattr(slow, 'absent'), slow.__spec__.name)", ["False slow True"]),
    ],
)
def test_any_other_use_loads_it(tmp_path, code, lines):
    assert told(tmp_path, code) == lines


def test_a_module_that_is_not_installed_stays_missing(tmp_path):
    code = (
        "postpone('nowhere', 'double')\ntry:\n    import nowhere\n"
        "except ModuleNotFoundError as error:\n    print(error.name)"
    )
    assert told(tmp_path, code) == ["nowhere"]


def test_nbformat_is_imported_without_the_grammar_of_addresses():
    pytest.importorskip("rfc3987_syntax")
    code = (
        "import sys, papermill_warm, nbformat, jsonschema\n"
        "print('lark' in sys.modules, 'papermill_warm' in sys.modules)\n"
        "checker = jsonschema.FormatChecker()\n"
        "print(checker.conforms('http://example.org/ü', 'iri'), checker.conforms('no address', 'iri'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True", "False"]
