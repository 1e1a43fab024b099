"""Where state is: a publication's in its values, that of a process in few named places. And names: one
at the level of modules stands for one thing.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import broadsheet as bs
from source_tree import PROGRAM, code, shown

TREES = {shown(path): ast.parse(path.read_text("utf-8")) for path in code()}
CHANGING = frozenset(
    {
        *("append", "add", "update", "clear", "pop", "extend", "setdefault", "insert", "remove"),
        *("discard", "popitem"),
    }
)
OF_A_PROCESS = {
    "notebook/claims/tracing.py: _calls",  # of a kernel, which has one notebook
    "notebook/claims/tracing.py: _traces",
    "papermill_warm/papermill_engine.py: SAID",  # what was said in this process
    "processes/secret_values.py: _held",  # the environment is the process's
    "processes/secret_values.py: _passed",
    "run/dask_worker.py: _installed_files",  # by their places, on the disk of a worker
    "run/reads.py: _by_cell",  # of a run
    "run/reads.py: _missing",
    "storage/store.py: _aside",  # messages, told once by the command that ends
    "storage/store.py: _damaged",
}
"""Lists and mappings of modules that change, each with the reason why no second publication matters."""
SHARED_NAMES = Path(__file__).with_name("shared_names.txt")


def names_of(node: ast.stmt) -> list[str]:
    """The names that a statement at the level of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def changed_in(function: ast.FunctionDef) -> Iterator[str]:
    """The names that a function changes and does not define."""
    own = {
        *(argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)),
        *(
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ),
    }
    for node in ast.walk(function):
        changed: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed = node.func.value if node.func.attr in CHANGING else None
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed = node.value
        if isinstance(changed, ast.Name) and changed.id not in own:
            yield changed.id


def test_state_of_modules_is_that_of_a_process() -> None:
    found = {
        f"{name}: {changed}"
        for name, tree in TREES.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for changed in changed_in(function)
        if changed in {one for node in tree.body for one in names_of(node)}
    }
    assert found == OF_A_PROCESS
    statements = [node for tree in TREES.values() for node in ast.walk(tree)]
    assert not [node for node in statements if isinstance(node, ast.Global)]
    assert not [
        node
        for node in statements
        if isinstance(node, ast.Attribute)
        and node.attr == "__class__"
        and isinstance(node.ctx, ast.Store)
    ]


def test_no_module_at_the_root_has_the_name_of_something_public() -> None:
    assert not {path.stem for path in PROGRAM.iterdir()} & set(bs.__all__)


DIGESTS = {"digest_of", "bytes_of", "sha256", "sha256_of", "md5", "blake2b", "file_digest"}


def test_no_repr_is_within_a_digest() -> None:
    found = [
        f"{name}, line {node.lineno}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in DIGESTS
        for part in (one for argument in node.args for one in ast.walk(argument))
        if (isinstance(part, ast.Name) and part.id in ("repr", "hash"))
        or (isinstance(part, ast.FormattedValue) and part.conversion == ord("r"))
    ]
    assert found == []
    called = {
        node.func.id
        for node in ast.walk(TREES["storage/value_digest.py"])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "repr" not in called


def test_a_file_is_replaced_by_one_function() -> None:
    """Other writing is into a tree that is not in its place yet, or into a folder of its own."""
    replacing = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "replace"
        and len(node.args) == 1
        and not node.keywords
        and not isinstance(node.args[0], ast.Starred)
    }
    assert replacing == {"storage/store.py"}


def test_a_public_name_of_modules_stands_for_one_thing() -> None:
    """`shared_names.txt` has the names that stand for several; it may only become shorter."""
    modules = defaultdict[str, set[str]](set)
    for name, tree in TREES.items():
        for node in tree.body:
            for one in names_of(node):
                modules[one].add(name)
    shared = {one for one, where in modules.items() if len(where) > 1 and one[0] != "_"}
    known = set(SHARED_NAMES.read_text("utf-8").split())
    assert not shared - known, "rename these, or import them from where they are"
    assert not known - shared, "take these out of the list: they stand for one thing now"
