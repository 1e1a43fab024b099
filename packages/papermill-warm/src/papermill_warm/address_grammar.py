"""Postpones a grammar that nbformat's imports compile for a second, and no notebook needs.

jsonschema, which nbformat imports, takes one function from `rfc3987_syntax` where that is installed, as it
is beside JupyterLab. That package compiles the grammar of international addresses when it is imported.
While jsonschema is imported, a function stands in for that one, and imports the package when it is
called. Whoever else imports the package has the package itself.
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_GRAMMAR = "rfc3987_syntax"
_IMPORTER = "jsonschema._format"


def postpone() -> None:
    """Let jsonschema be imported without the grammar. It stays as it is if it is imported already."""
    if not any(type(finder).__name__ == _FinderBesideGrammar.__name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, _FinderBesideGrammar())


class _FinderBesideGrammar:
    """Finds the module that imports the grammar, and no other."""

    def find_spec(self, name: str, path: Any = None, target: object = None) -> ModuleSpec | None:
        """Return the specification of that module, if the grammar is installed and not imported yet."""
        if name != _IMPORTER or _GRAMMAR in sys.modules or PathFinder.find_spec(_GRAMMAR) is None:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _LoaderBesideGrammar(spec.loader)  # type: ignore[assignment]
        return spec


class _LoaderBesideGrammar:
    """Loads that module, as its ``real`` loader does, beside a grammar of one function."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return what the real loader returns."""
        module: ModuleType | None = self.real.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self.real
        grammar = ModuleType(_GRAMMAR)
        grammar.__dict__["is_valid_syntax"] = _is_valid_syntax
        sys.modules[_GRAMMAR] = grammar
        try:
            self.real.exec_module(module)
        finally:
            sys.modules.pop(_GRAMMAR, None)


def _is_valid_syntax(*arguments: Any, **named: Any) -> Any:
    """Ask the package itself."""
    return importlib.import_module(_GRAMMAR).is_valid_syntax(*arguments, **named)
