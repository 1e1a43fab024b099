"""Postpones the import of a module until its one function is called.

jsonschema, which nbformat imports, takes one function from the package `rfc3987_syntax` where that is
installed, as it is beside JupyterLab. That package compiles the grammar of international addresses when
it is imported, for a second, and a notebook is never asked for such an address.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

SLOW = ("rfc3987_syntax", "is_valid_syntax")
"""A package that nbformat brings with it and does not use, and the function that is taken from it."""


def postpone(module: str, function: str) -> None:
    """Let ``from module import function`` cost nothing before that function is called.

    Any other use of the module loads it at once. A module that is loaded, or not installed, stays as
    it is.
    """
    finders = (getattr(finder, "postponed", None) for finder in sys.meta_path)
    if module not in sys.modules and module not in finders:
        sys.meta_path.insert(0, _Postponed(module, function))


class _Postponed:
    """Finds one module, and loads it when it is used. The base classes of `importlib.abc` would cost
    each command the import of `tempfile` and `shutil`.
    """

    def __init__(self, postponed: str, function: str) -> None:
        self.postponed = postponed
        self.function = function

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return a specification of the module, if ``name`` is its name and it is installed."""
        real = PathFinder.find_spec(name) if name == self.postponed else None
        if real is None or real.loader is None:
            return None
        spec = ModuleSpec(name, self, origin=real.origin, loader_state=real)  # type: ignore[arg-type]
        spec.has_location = real.has_location
        spec.submodule_search_locations = real.submodule_search_locations
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Put into the module what loads it."""
        real: ModuleSpec = module.__spec__.loader_state  # type: ignore[union-attr]

        def load() -> None:
            if module.__dict__.pop("__getattr__", None) is not None:
                module.__spec__, module.__loader__ = real, real.loader
                real.loader.exec_module(module)  # type: ignore[union-attr]

        def attribute(name: str) -> Any:
            load()
            return getattr(module, name)

        def called(*arguments: Any, **named: Any) -> Any:
            load()
            return getattr(module, self.function)(*arguments, **named)

        module.__dict__.update({"__getattr__": attribute, self.function: called})
