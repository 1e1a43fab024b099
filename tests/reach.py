"""What a test reaches, read from the source without running it: which processes it may start, and
which packages can break it.

The source is read as a graph: each function, class and variable of a module names others. The graph
is followed from a test and its fixtures. It knows names, not types: a function reaches all that a
class does which it names. It can miss what is called by a name that is put together; so the tests
that are said to start nothing are watched while they run (`tiers.py`).
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from source_tree import PLACES_OF_TESTS, PROGRAM, PROGRAMS, TESTS, code, program_of

TIERS = ("unit", "page", "whole")
"""*unit* starts no process, *page* starts Pandoc alone, *whole* anything."""

Node = tuple[str, str]
"""A module, and a name that it defines."""

STARTS = frozenset(
    {
        *(f"subprocess.{name}" for name in ("Popen", "run", "call", "check_call", "check_output")),
        *(f"os.{name}" for name in ("fork", "forkpty", "posix_spawn", "system", "execv", "popen")),
        *(f"multiprocessing.{name}" for name in ("Process", "Pool", "get_context", "Manager")),
        *(f"socket.{name}" for name in ("socket", "create_connection", "create_server")),
        *("asyncio.create_subprocess_exec", "asyncio.start_server", "asyncio.open_connection"),
        *("http.server.ThreadingHTTPServer", "http.server.HTTPServer", "socketserver.TCPServer"),
        *("http.client.HTTPConnection", "urllib.request.urlopen", "smtplib.SMTP"),
        *("aiosmtpd.controller.Controller", "uvicorn.Server", "uvicorn.run", "moto.server"),
        *("papermill.execute_notebook", "nbclient.NotebookClient", "jupyter_client.KernelManager"),
        *("playwright.sync_api.sync_playwright", "kaleido.Kaleido", "distributed.Client"),
        *(
            "distributed.LocalCluster",
            "concurrent.futures.ProcessPoolExecutor",
            "s3fs.S3FileSystem",
        ),
    }
)
"""Names of libraries that start a process, or open a connection."""

PANDOC = ("broadsheet.markdown.pandoc", "_Worker")
"""The class that starts Pandoc."""

ELSEWHERE = frozenset({("broadsheet.storage.limits", "matching")})
"""What starts a process only if it is called in a thread that is not the main one. Tests do not."""

ENDS = ELSEWHERE | {PANDOC}

NAMING_FIXTURES = ("usefixtures", "getfixturevalue")

COMMAND_LINE = ("broadsheet.cli.main", "main")


@dataclass(frozen=True)
class Definition:
    """What a module says of a name: a function, a class or a variable."""

    names: tuple[str, ...]
    """The names in it, with their dots: `nbformat.write`."""
    arguments: tuple[str, ...]
    """Its arguments, and the fixtures that it names in a mark; so a test says which fixtures it has."""
    texts: tuple[str, ...]
    """Its short strings; so a test says which command it runs, and that it reads the source."""
    fixture: bool
    autouse: bool


@dataclass(frozen=True)
class Module:
    """A file of the program or of the tests."""

    imports: dict[str, str]
    """Each name that it imports, and what that stands for: `Path`, `pathlib.Path`."""
    definitions: dict[str, Definition]
    folders: tuple[str, ...]
    """Folders and files below which it reads: the right side of `FOLDER / "templates"`."""
    conftest: str = "conftest"
    """The module of fixtures beside it, if it is one of tests."""

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> Self:
        """The module of a summary."""
        return cls(
            summary["imports"],
            {name: Definition(*each) for name, each in summary["definitions"].items()},
            tuple(summary["folders"]),
            summary.get("conftest", "conftest"),
        )


class Reach:
    """The graph of the source as it is now; ``kept`` is a file that saves reading it anew."""

    def __init__(self, modules: dict[str, Module]) -> None:
        self.modules = modules
        self._edges: dict[Node, frozenset[Node | str]] = {}
        self._tiers: dict[Node, str] = {}
        self._breaks: dict[Node, frozenset[str] | None] = {}

    @classmethod
    def read(cls, kept: Path) -> Self:
        """Read what has changed since ``kept`` was written, and write it."""
        try:
            before = json.loads(kept.read_bytes())
        except (OSError, ValueError):
            before = {}
        version = _digest(Path(__file__))
        after = {}
        for file in _files():
            name, digest = _module_name(file), version + _digest(file)
            if before.get(name, {}).get("digest") == digest:
                after[name] = before[name]
            else:
                package = name if file.name == "__init__.py" else name.rpartition(".")[0]
                after[name] = {
                    "digest": digest,
                    "conftest": _module_name(_place_of_tests(file) / "conftest.py"),
                    **summary_of(file.read_bytes(), package),
                }
        if after != before:
            part = kept.with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps(after), "utf-8")
            part.replace(kept)
        return cls({name: Module.of(summary) for name, summary in after.items()})

    def tests(self, file: Path) -> list[Node]:
        """The test functions of a file."""
        module = _module_name(file)
        names = self.modules[module].definitions if module in self.modules else ()
        return [(module, name) for name in names if name.startswith("test_")]

    def tier(self, test: Node) -> str:
        """The tier of a test. One that starts something by a way that is not seen here is marked
        `whole`.
        """
        if test not in self._tiers:
            reached = self.reached(test)
            starts = any(isinstance(node, str) for node in reached)
            starts |= "pytest.mark.whole" in self._definition(test).names
            pandoc = PANDOC in reached
            self._tiers[test] = "whole" if starts else "page" if pandoc else "unit"
        return self._tiers[test]

    def reached(self, test: Node) -> dict[Node | str, Node | str | None]:
        """All that a test reaches, each with what led there; the names of :data:`STARTS` among it."""
        first = [test, *self._fixtures(test)]
        seen = self._followed(dict.fromkeys(first))
        if COMMAND_LINE in seen:
            seen = self._followed(seen | dict.fromkeys(self._commands(seen), COMMAND_LINE))
        return seen

    def breaks(self, test: Node) -> frozenset[str] | None:
        """The modules of the program that can break a test, by what it imports; None for all of them:
        the test runs commands, starts processes itself, or reads the source.
        """
        if test not in self._breaks:
            reached = self._followed(dict.fromkeys([test, *self._fixtures(test)]), local=True)
            nodes = {node for node in reached if isinstance(node, tuple)}
            starts = len(nodes) < len(reached)
            used = {module for module, _ in nodes if self._is_program(module)}
            texts = {text for node in nodes for text in self._definition(node).texts}
            looks = any(text.startswith(("src/", "*.py")) or text == "src" for text in texts)
            looks |= test[0] in self._of_the_repository
            whole = starts or looks or COMMAND_LINE in nodes
            self._breaks[test] = None if whole else self._imported(used)
        return self._breaks[test]

    @cached_property
    def packages(self) -> dict[str, frozenset[str]]:
        """The packages and rooms that may be named, and the modules of each. Of a folder without
        modules, such as `templates`, these are the modules that read it. Packages of the
        distributions beside Broadsheet have the name of the distribution: `papermill-warm`.
        """
        table = {}
        for folder in (each for root in PROGRAMS for each in (root, *root.rglob("*"))):
            program = program_of(folder) or PROGRAM
            path = folder.relative_to(program).as_posix()
            dotted = f"{program.name}.{path.replace('/', '.')}".rstrip(".")
            if program != PROGRAM:
                path = f"{program.parents[1].name}/{path}".removesuffix("/.")
            if not folder.is_dir() or path == "." or "__" in path:
                continue
            inside = {
                name for name in self.modules if name == dotted or name.startswith(dotted + ".")
            }
            if not inside and "/" not in path:
                inside = {name for name, module in self.modules.items() if path in module.folders}
                inside = {name for name in inside if self._is_program(name)}
            if inside:
                table[path] = frozenset(inside)
        return table

    @cached_property
    def _of_the_repository(self) -> frozenset[str]:
        """The modules of tests that look at the repository."""
        return frozenset(map(_module_name, TESTS.glob("repository/test_*.py")))

    @staticmethod
    def _is_program(module: str) -> bool:
        return module.partition(".")[0] in {program.name for program in PROGRAMS}

    def _imported(self, modules: Iterable[str]) -> frozenset[str]:
        """The modules, and all that they import."""
        seen = set(modules)
        todo = list(seen)
        while todo:
            module = todo.pop()
            for target in self.modules[module].imports.values():
                node = self._node(target)
                if isinstance(node, tuple) and self._is_program(node[0]) and node[0] not in seen:
                    seen.add(node[0])
                    todo.append(node[0])
        return frozenset(seen)

    def _fixtures(self, test: Node) -> list[Node]:
        """The fixtures that a test asks for, and those that these ask for."""
        module = self.modules[test[0]]
        offered = {
            name: (place, name)
            for place in (module.conftest, test[0])
            if place in self.modules
            for name, definition in self.modules[place].definitions.items()
            if definition.fixture
        }
        for name, target in module.imports.items():
            node = self._node(target)
            if isinstance(node, tuple) and self._definition(node).fixture:
                offered[name] = node
        marks = module.definitions.get("pytestmark")
        asked = [
            *self._definition(test).arguments,
            *(marks.arguments if marks else ()),
            *(name for name, each in module.definitions.items() if each.autouse),
        ]
        nodes: list[Node] = []
        while asked:
            node = offered.get(asked.pop())
            if node is not None and node not in nodes:
                nodes.append(node)
                asked += self._definition(node).arguments
        return nodes

    def _commands(self, seen: Iterable[Node | str]) -> Iterator[Node]:
        """What the commands do that are named in the tests' own part of what was reached; of no name,
        what each command does.
        """
        words = {
            word
            for node in seen
            if isinstance(node, tuple)
            and not self._is_program(node[0])
            and node[0].rpartition(".")[2] != "conftest"
            for word in self._definition(node).texts
        }
        named = [call for name, call in self._calls.items() if words.issuperset(name)]
        for call in named or self._calls.values():
            module, _, function = call.partition(":")
            if f"broadsheet.cli.{module}" in self.modules:
                yield (f"broadsheet.cli.{module}", function)

    @cached_property
    def _calls(self) -> dict[tuple[str, ...], str]:
        """The commands, as their words, and what each calls."""
        table = tomllib.loads((PROGRAM / "cli/commands.toml").read_text("utf-8"))
        return {
            tuple(name.split()): given["call"] for name, given in table.items() if "call" in given
        }

    def _followed(
        self, seen: dict[Node | str, Node | str | None], local: bool = False
    ) -> dict[Node | str, Node | str | None]:
        """All nodes that lead on from these; ``local``: only through the tests."""
        seen = dict(seen)
        todo = list(seen)
        while todo:
            node = todo.pop()
            if isinstance(node, str) or node in ENDS or (local and self._is_program(node[0])):
                continue
            for other in self._leads(node):
                if other not in seen:
                    seen[other] = node
                    todo.append(other)
        return seen

    def _leads(self, node: Node) -> frozenset[Node | str]:
        if node not in self._edges:
            module = self.modules[node[0]]
            targets: set[Node | str] = set()
            for name in self._definition(node).names:
                head, _, rest = name.partition(".")
                if head in module.definitions:
                    targets.add((node[0], head))
                elif head in module.imports:
                    target = self._node(".".join(filter(None, (module.imports[head], rest))))
                    if isinstance(target, tuple) or target in STARTS:
                        targets.add(target)
            self._edges[node] = frozenset(targets - {node})
        return self._edges[node]

    def _definition(self, node: Node) -> Definition:
        nothing = Definition((), (), (), False, False)
        return self.modules[node[0]].definitions.get(node[1], nothing)

    def _node(self, name: str) -> Node | str:
        """What a name with dots stands for; the name itself if it is not of this repository."""
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            module = ".".join(parts[:cut])
            if module not in self.modules:
                continue
            if cut == len(parts):
                return (module, "")
            head, rest = parts[cut], parts[cut + 1 :]
            imported = self.modules[module].imports.get(head)
            if head not in self.modules[module].definitions and imported not in (None, name):
                return self._node(".".join([str(imported), *rest]))
            return (module, head)
        return next(
            (
                ".".join(parts[:cut])
                for cut in range(len(parts), 0, -1)
                if ".".join(parts[:cut]) in STARTS
            ),
            name,
        )


def _files() -> Iterator[Path]:
    yield from code()
    for folder in PLACES_OF_TESTS:
        yield from (file for file in folder.rglob("*.py") if "sites" not in file.parts)


def _place_of_tests(file: Path) -> Path:
    """The folder with the fixtures of a file."""
    return next(filter(file.is_relative_to, PLACES_OF_TESTS), TESTS)


def _module_name(file: Path) -> str:
    """The name by which a file is imported; each distribution's fixtures have a name of their own."""
    program, place = program_of(file), _place_of_tests(file)
    if program is not None:
        parts = file.relative_to(program.parent).with_suffix("").parts
    elif file.name == "conftest.py" and place != TESTS:
        parts = (place.parent.name, "conftest")
    else:
        parts = file.relative_to(place).with_suffix("").parts
        if not (file.parent / "__init__.py").exists():
            parts = parts[-1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def summary_of(source: str | bytes, package: str) -> dict[str, Any]:
    """What a :class:`Module` of a ``package`` has, as data that JSON has too."""
    tree = ast.parse(source)
    definitions: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for target in _targets(statement):
            definitions.setdefault(target, []).append(statement)
    return {
        "imports": dict(_imports(tree, package)),
        "definitions": {
            target: _definition(statements) for target, statements in definitions.items()
        },
        "folders": sorted(
            {
                node.right.value.partition("/")[0]
                for node in ast.walk(tree)
                if isinstance(node, ast.BinOp)
                and isinstance(node.right, ast.Constant)
                and isinstance(node.right.value, str)
            }
        ),
    }


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                short = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (short, short)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")
            above = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield alias.asname or alias.name, f"{base}.{alias.name}"


def _targets(statement: ast.AST) -> Iterator[str]:
    """The names that a statement of a module defines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
    elif isinstance(statement, ast.If | ast.Try | ast.With):
        for part in ast.iter_child_nodes(statement):
            yield from _targets(part)


def _definition(statements: list[ast.stmt]) -> tuple[Any, ...]:
    """What a :class:`Definition` has, as data."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    types = {
        id(inner)
        for node in nodes
        for outer in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(outer, ast.AST)
        for inner in ast.walk(outer)
    }
    used = [node for node in nodes if id(node) not in types]
    strings = {
        node.value
        for node in used
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    last = statements[-1]
    arguments: set[str] = set()
    fixture = autouse = False
    if isinstance(last, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = {each.arg for each in [*last.args.args, *last.args.kwonlyargs]}
        for decorator in map(ast.dump, last.decorator_list):
            fixture |= "attr='fixture'" in decorator
            autouse |= fixture and "autouse" in decorator
    for node in used:
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in NAMING_FIXTURES:
            arguments |= {
                each.value
                for each in node.args
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
    return (
        sorted(set(_dotted_names(used))),
        sorted(arguments),
        sorted(text for text in strings if text.isalpha() or text.startswith(("src/", "*.py"))),
        fixture,
        autouse,
    )


def _dotted_names(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield ".".join([inner.id, *reversed(parts)])
