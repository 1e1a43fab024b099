"""What messages and guides advise to install and to run: each extra is one, and brings what was missing;
each command and option is one.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from broadsheet.cli.options import parser
from broadsheet.processes.extras import extra_with, lacks
from conftest import CONFIG, TABLE, Site, slow_but

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "src/broadsheet"
NOT_IMPORTED = {"build", "quarto"}
"""Extras that nothing imports: the libraries that make a wheel, and the command `quarto`."""
BESIDE = {"jupyterlab_jupytext", "jupytext_config"}
"""Modules of these libraries that are for others."""
WITHOUT = """\
import os, sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        absent = os.environ["ABSENT"].split()
        return None if name.partition(".")[0] in absent else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
"""
"""A `sitecustomize` with which Python does not find the modules that `ABSENT` names."""


def requirements() -> dict[str, list[str]]:
    """The distributions of each extra but that for tests."""
    found: dict[str, list[str]] = {}
    for line in metadata.requires("broadsheet") or ():
        if needs := re.match(r"""([\w.-]+).*; extra == ['"](.+)['"]""", line):
            found.setdefault(needs[2], []).append(needs[1])
    found.pop("dev")
    return found


def modules_of(distribution: str) -> list[str]:
    """What is imported of an installed distribution."""
    normal = distribution.lower().replace("_", "-")
    return [
        module
        for module, distributions in metadata.packages_distributions().items()
        if normal in {one.lower().replace("_", "-") for one in distributions}
        and not module.startswith("_")
        and module not in BESIDE
    ]


EXTRAS = requirements()
IMPORTED = {
    (module, extra)
    for extra, distributions in EXTRAS.items()
    for distribution in distributions
    for module in modules_of(distribution)
}


@pytest.mark.parametrize(("module", "extra"), sorted(IMPORTED))
def test_an_extra_is_found_by_each_module_that_it_brings(module: str, extra: str) -> None:
    """By the module, and by a module in it; named after the command that needs it."""
    for name in (module, f"{module}.deep.inside"):
        assert extra_with(name, f"broadsheet {extra}") == extra
        assert f"'broadsheet[{extra}]'" in lacks(name, f"broadsheet {extra}").mend


def test_a_module_of_no_extra_is_installed_by_its_own_name() -> None:
    assert "`pip install scikit-learn`" in lacks("sklearn.tree", "x").mend


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (800, 400)).save(data, "JPEG")
    return data.getvalue()


def with_photo(site: Site) -> None:
    front = "title: A\ndate: 2023-05-26\nimage: photo.jpg\nimage-focal: left"
    site.article("a", ("md", "![A quay](photo.jpg){fig-alt=Ships}"), front=front)
    (site.root / "posts/a/photo.jpg").write_bytes(photo())


def with_script(site: Site) -> None:
    site.write("_quarto.yml", CONFIG.replace("*.ipynb", "*.py"))
    site.write(
        "posts/a/index.py", "# %% [raw]\n# ---\n# title: A\n# date: 2024-01-01\n# ---\n\n# %%\n1\n"
    )


def with_article(site: Site) -> None:
    site.article("a", ("md", "Text."))


def with_newsletter(site: Site) -> None:
    """Without code: what runs notebooks needs `requests`, too."""
    letter = "broadsheet:\n  newsletter: {from: a@example.org, provider: buttondown, username: a}\n"
    site.write("_quarto.yml", CONFIG.replace("*.ipynb", "*.qmd") + letter)
    site.write(
        "posts/a/index.qmd", "---\ntitle: A\ndate: 2023-05-26\nexcerpt: A text.\n---\n\nText.\n"
    )


def with_bucket(site: Site) -> None:
    site.write("_quarto.yml", CONFIG + "broadsheet:\n  publish: {live: s3://paper}\n")
    with_article(site)


def with_source(address: str) -> Callable[[Site], None]:
    """With a table that comes from a file."""

    def make(site: Site) -> None:
        site.table(entry={**TABLE, "refresh": {"source": "file", "address": address}})
        site.write("raw/trade.xlsx", "a workbook")
        site.write("raw/trade.parquet", "a table")
        with_article(site)

    return make


NEEDED: list[tuple[str, str, tuple[str, ...], Any]] = [
    ("pictures", "PIL", ("build",), with_photo),
    ("pictures", "PIL", ("check",), with_photo),
    ("jupytext", "jupytext", ("build",), with_script),
    ("jupytext", "jupytext", ("new", "b", "--py"), with_article),
    ("dask", "distributed", ("build", "--scheduler", "tcp://127.0.0.1:1"), with_article),
    ("lsp", "pygls", ("lsp",), with_article),
    ("lsp", "lsprotocol", ("lsp",), with_article),
    ("completion", "shtab", ("--print-completion", "bash"), with_article),
    ("preview", "starlette", ("preview", "--no-browser"), with_article),
    ("preview", "uvicorn", ("preview", "--no-browser"), with_article),
    ("preview", "watchfiles", ("preview", "--no-browser"), with_article),
    ("newsletter", "starlette", ("newsletter", "serve"), with_newsletter),
    ("newsletter", "uvicorn", ("newsletter", "serve"), with_newsletter),
    ("newsletter", "css_inline", ("newsletter", "a"), with_newsletter),
    ("newsletter", "email_validator", ("newsletter", "subscribers"), with_newsletter),
    ("newsletter", "requests", ("newsletter", "a", "--draft"), with_newsletter),
    ("s3", "s3fs", ("publish",), with_bucket),
    ("files", "openpyxl", ("data", "refresh"), with_source("raw/trade.xlsx")),
    ("files", "pyarrow", ("data", "refresh"), with_source("raw/trade.parquet")),
    ("files", "fsspec", ("data", "refresh"), with_source("memory://trade.csv")),
]


DEAR = {
    ("lsp", "lsprotocol"),
    ("preview", "uvicorn"),
    ("preview", "starlette"),
    ("newsletter", "starlette"),
}
"""What is rarely absent alone."""


@pytest.mark.parametrize(
    ("extra", "module", "command", "make"),
    slow_but(NEEDED, [one for one in NEEDED if one[:2] not in DEAR]),
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_what_is_missing_is_named_by_its_extra(
    extra: str, module: str, command: tuple[str, ...], make: Any, site: Site, tmp_path: Path
) -> None:
    """Where the module is truly absent."""
    make(site)
    hook = tmp_path / "hook/sitecustomize.py"
    hook.parent.mkdir()
    hook.write_text(WITHOUT)
    ended = subprocess.run(
        [sys.executable, "-m", "broadsheet", *command],
        cwd=site.root,
        env={
            **os.environ,
            "ABSENT": module,
            "PYTHONPATH": os.pathsep.join([str(hook.parent), os.environ.get("PYTHONPATH", "")]),
            "BROADSHEET_NEWSLETTER_KEY": "a-key",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    said = " ".join((ended.stdout + ended.stderr).split())
    assert re.findall(r"broadsheet\[([^\]]*)\]", said) == [extra], said
    assert "Traceback" not in said
    assert ended.returncode in ((0,) if extra == "pictures" else (1, 2))


def test_each_module_of_an_extra_is_taken_away_in_a_test() -> None:
    tried = {(module, extra) for extra, module, _, _ in NEEDED}
    assert {one for one in IMPORTED - tried if one[1] not in NOT_IMPORTED} == set()
    sources = "\n".join(path.read_text("utf-8") for path in PROGRAM.rglob("*.py"))
    for module in {module for module, extra in IMPORTED if extra in NOT_IMPORTED}:
        assert not re.search(rf"^\s*(import|from) {module}\b", sources, re.MULTILINE), module


# What is advised in words.

TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (
        *ROOT.glob("*.md"),
        *(path for path in (ROOT / "docs").glob("*.*") if path.suffix in {".md", ".ipynb", ".yml"}),
        *(
            path
            for path in PROGRAM.rglob("*")
            if path.suffix in {".py", ".toml", ".jinja", ".yml", ".qmd", ".js", ".txt"}
        ),
        ROOT / "Makefile",
    )
}


def test_each_extra_that_is_advised_is_one() -> None:
    advised = {
        (name, extra)
        for name, text in TEXTS.items()
        for extras in re.findall(r"broadsheet\[([^\]{]+)\]", text)
        for extra in re.split(r"\s*,\s*", extras)
    }
    assert len({extra for _, extra in advised}) > 4
    assert {one for one in advised if one[1] not in EXTRAS and one[1] != "…"} == set()


def test_what_make_site_installs_has_the_pictures() -> None:
    """The publication of this repository gets what its pictures need by its own set-up."""
    assert re.search(r"^pillow==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert "--extra pictures" in (ROOT / "Makefile").read_text("utf-8")


def advised() -> Iterator[tuple[str, str]]:
    """Each command that a guide, a message or a starting file writes, with where it does."""
    for name, text in TEXTS.items():
        is_code = name.endswith(".py")
        texts = strings_of(text) if is_code else [text.replace("\\\n", " ")]
        for one in texts:
            for command in re.findall(r"`broadsheet ([^`\n]+)`", one):
                yield name, command
            if not is_code:
                lines = re.findall(
                    r"^ *(?:- run: |\$ )?broadsheet ([a-z-][^\n`|]*)$", one, re.MULTILINE
                )
                for command in lines if name.startswith(("docs/", "README", "src/")) else ():
                    yield name, command


def strings_of(code: str) -> Iterator[str]:
    """The strings of a program; what is put into one stands as `…`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def fault_of(command: str) -> str:
    """Why a command cannot be run as it is written; `…` and words in capitals stand for something."""
    words = shlex.split(
        command.partition(" #")[0].replace("[", "").replace("]", ""), comments=False
    )
    at: argparse.ArgumentParser = parser()
    while words:
        below = [one for one in at._actions if isinstance(one, argparse._SubParsersAction)]
        choices = below[0].choices if below else {}
        two = " ".join(words[:2])
        if two in choices:
            at, words = choices[two], words[2:]
        elif words[0] in choices:
            at, words = choices[words[0]], words[1:]
        else:
            break
    else:
        return ""
    if words[0] == "COMMAND":  # any of them
        words = words[1:]
    elif below and not words[0].startswith(("-", "…")):
        return f"{words[0]} is no command"
    options = {name: action for action in at._actions for name in action.option_strings}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if not re.match(r"--?[a-z]", word):
            continue
        if name not in options:
            return f"{name} is no option of {at.prog}"
        chosen = options[name].choices
        value = value if equals else following
        if chosen and value and value not in chosen and not re.fullmatch(r"[A-Z]+|.*…", value):
            return f"{value} is none of {chosen}"
    return ""


def test_each_command_that_is_advised_parses() -> None:
    commands = sorted(set(advised()))
    assert len(commands) > 150
    assert {one: fault for one in commands if (fault := fault_of(one[1]))} == {}


def test_a_command_that_is_none_is_seen() -> None:
    assert fault_of("build --nonsense")
    assert fault_of("nonsense")
    assert fault_of("check --format=nonsense")
