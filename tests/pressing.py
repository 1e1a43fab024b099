"""Editions, finished without a site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from broadsheet.press.press import Finishing, Press
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project


def prepare(
    project: Project, editions: Iterable[Edition], jobs: int = 1, **options: Any
) -> Finishing:
    """The ``editions``, by a press of their own."""
    with Press(project, jobs) as press:
        return press.finish_all(editions, **options)
