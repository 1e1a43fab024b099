"""What is wrong with one source is a named fault of that source: the others are built, and the old
page stays.

The cases are in `tests/bad/`. All sources of a kind stand in one publication with two good pages,
which is built once before they are broken, and once after.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from bad import Bad, clashes, configuration, files, front_matter, markdown, metadata, notebooks, put
from broadsheet.cli.main import main
from broadsheet.errors import Place
from conftest import slow_but
from message_kinds import MessageSnapshots

KINDS = {
    "front_matter": front_matter,
    "files": files,
    "markdown": markdown,
    "notebooks": notebooks,
    "metadata": metadata,
    "clashes": clashes,
}
CASES = [(kind, name) for kind, module in KINDS.items() for name in module.CASES]
CONFIG = """\
project:
  type: website
  resources: ["clashes/page-and-resource/*.html"]
website:
  title: The Test
  search: false
"""
INDEX = "---\ntitle: The Test\nlisting: {contents: good.qmd}\n---\n"
ARTICLE = "---\ntitle: Good\ndate: 2024-01-01\n---\nWords of version %s.\n"


@cache
def _extension(kind: str) -> type[MessageSnapshots]:
    """Snapshots in a file of their kind."""

    class Extension(MessageSnapshots):
        @classmethod
        def get_file_basename(cls, **_: object) -> str:
            return f"bad_{kind}"

    return Extension


@dataclass(frozen=True)
class Built:
    """A publication whose sources are broken. ``old`` has the pages that were built before they
    were.
    """

    root: Path
    code: int
    messages: tuple[str, ...]
    old: dict[str, bytes]

    def reported(self, case: Bad) -> list[str]:
        """What was said of the files of a case, and of what lies in their folder if it is one of
        its own.
        """
        names = {case.path, *(path for path, _ in case.beside)}
        return sorted(
            message for message in self.messages if any(_speaks_of(message, name) for name in names)
        )


def _speaks_of(message: str, name: str) -> bool:
    return bool(re.match(rf"(?:error|warning): {re.escape(str(Place(name)))}[:,]", message))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """The publication of a kind of bad sources, built."""

    @cache
    def build(kind: str) -> Built:
        root, cases = tmp_path_factory.mktemp(kind), KINDS[kind].CASES.values()
        for name, text in {
            "_quarto.yml": CONFIG,
            "index.qmd": INDEX,
            "good.qmd": ARTICLE % 1,
        }.items():
            put(root / name, text)
        for case in cases:
            if case.good:
                put(root / case.path, case.good)
        code, said = _run(root)
        assert code == 0, said
        old = {case.page: (root / "_site" / case.page).read_bytes() for case in cases if case.good}
        put(root / "good.qmd", ARTICLE % 2)
        for case in cases:
            put(root / case.path, case.content)
            for path, content in case.beside:
                put(root / path, content)
        code, said = _run(root)
        return Built(root, code, said, old)

    return build


def _run(root: Path) -> tuple[int, tuple[str, ...]]:
    """`broadsheet build --verbose`: its exit code, and what it said of faults, message by message."""
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()) as said,
    ):
        patch.chdir(root)
        code = main(["build", "--verbose"])
    text = said.getvalue().replace(str(root), "ROOT")
    assert "Traceback" not in text, text
    return code, tuple(re.split(r"\n(?=error: |warning: |note: )", text.strip()))


@pytest.mark.parametrize("kind, name", CASES)
def test_a_bad_source_is_a_fault_of_its_own(
    built: Callable[[str], Built], snapshot: SnapshotAssertion, kind: str, name: str
) -> None:
    case, result = KINDS[kind].CASES[name], built(kind)
    reported = result.reported(case)
    page = result.root / "_site" / case.page
    assert result.code == 1
    if case.tolerated:
        assert not any(message.startswith("error: ") for message in reported), reported
        assert page.read_bytes() != result.old.get(case.page)
    else:
        assert any(message.startswith("error: ") for message in reported), (
            f"nothing was said of {case.path}"
        )
        assert (_bytes(page) == result.old.get(case.page)) is not (case.of_edition or case.told)
    assert _plain(reported) == snapshot.use_extension(_extension(kind))(name=name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_other_pages_are_built(built: Callable[[str], Built], kind: str) -> None:
    result = built(kind)
    assert "Words of version 2." in (result.root / "_site/good.html").read_text("utf-8")
    assert "good.html" in (result.root / "_site/index.html").read_text("utf-8")
    known = [message for case in KINDS[kind].CASES.values() for message in result.reported(case)]
    assert not [
        message
        for message in result.messages
        if message.startswith("error: ") and message not in known
    ]


@pytest.mark.parametrize("kind", slow_but(KINDS, 2))
def test_a_second_build_says_the_same(built: Callable[[str], Built], kind: str) -> None:
    result = built(kind)
    before = _digest(result.root / "_site")
    code, messages = _run(result.root)
    assert (code, sorted(messages)) == (1, sorted(result.messages))
    assert _digest(result.root / "_site") == before


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication with a good configuration, built."""
    root = tmp_path_factory.mktemp("configured")
    for name, text in {
        "_quarto.yml": configuration.GOOD,
        "index.qmd": INDEX.replace("good.qmd", "posts/good.qmd"),
        "about.qmd": "---\ntitle: About\n---\n",
        "posts/good.qmd": ARTICLE % 1,
    }.items():
        put(root / name, text)
    assert _run(root)[0] == 0
    return root


@pytest.fixture
def mended(configured: Path) -> Iterator[Path]:
    """The same, with the good configuration put back afterwards."""
    yield configured
    config = configured / "_quarto.yml"
    if config.is_dir() and not config.is_symlink():
        config.rmdir()
    put(config, configuration.GOOD)


@pytest.mark.parametrize("name", [*configuration.CASES, *configuration.FILES])
def test_a_bad_configuration_ends_the_command(
    mended: Path, snapshot: SnapshotAssertion, name: str
) -> None:
    before = _digest(mended / "_site")
    if name in configuration.FILES:
        configuration.FILES[name](mended)
    else:
        put(mended / "_quarto.yml", configuration.CASES[name])
    code, messages = _run(mended)
    assert code == 1
    assert [message for message in messages if message.startswith("error: _quarto.yml")]
    assert _digest(mended / "_site") == before
    assert _plain(messages) == snapshot.use_extension(_extension("configuration"))(name=name)


@pytest.mark.parametrize("name", configuration.TOLERATED)
def test_an_odd_configuration_is_taken(
    mended: Path, snapshot: SnapshotAssertion, name: str
) -> None:
    put(mended / "_quarto.yml", configuration.TOLERATED[name])
    code, messages = _run(mended)
    assert code == 0, messages
    assert (mended / "_site/posts/good.html").is_file()
    assert _plain(messages) == snapshot.use_extension(_extension("configuration"))(
        name=f"tolerated-{name}"
    )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:  # there is none, or no file can be called so
        return None


def _plain(messages: list[str] | tuple[str, ...]) -> str:
    """Messages as a terminal shows them."""
    return "\n".join(messages).encode("utf-8", "backslashreplace").decode()


def _digest(folder: Path) -> dict[str, str]:
    """What is in a site, but for the record of its making."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".broadsheet.json"
    }
