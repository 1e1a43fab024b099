"""What a target must be able to do, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from broadsheet.errors import PublishError, enumerated
from broadsheet.publish.lock import Lockable
from broadsheet.publish.manifest import Manifest

_NAMED = 3


@dataclass(frozen=True)
class Published:
    """What is published at a target: the manifest, whether there is a publication before that one,
    and whether a publication was begun whose end is not there.
    """

    now: Manifest | None = None
    has_before: bool = False
    is_begun: bool = False


class Target(Lockable, Protocol):
    """A place that a site is published to."""

    def published(self) -> Published:
        """What is there now. Raises :class:`PublishError` if it cannot be reached, or if something is
        there that is not ours.
        """

    def send(self, site: Path, new: Manifest) -> None:
        """Publish the files of ``site`` that the manifest has. Each is read back. Called after
        :meth:`published`, while the lock is held.
        """

    def restore(self) -> Manifest:
        """Publish what was published before, and return its manifest. Called after
        :meth:`published`, while the lock is held.
        """


def differs(where: str, path: str) -> PublishError:
    """The error for a file that is not at the target what was sent."""
    return PublishError(
        where,
        f"`{path}` is not there as it was sent",
        "See that nobody else writes there, and publish again.",
    )


def refuse_foreign(where: str, paths: Collection[str]) -> None:
    """Raise :class:`PublishError` if there are files at the target, at these paths of the site, that
    no publication of ours put there.
    """
    if paths:
        listed = enumerated([f"`{path}`" for path in sorted(paths)], _NAMED)
        raise PublishError(
            where,
            f"{listed}, of your site, is there already, and no publication of ours made it",
            "Remove it there if it is of no use; or take it out of your site: then it stays there.",
        )


def nothing_before(where: str) -> PublishError:
    """The error if there is no publication to go back to."""
    return PublishError(
        where,
        "there is no publication before the one that readers see",
        "Mend the articles, and publish.",
    )
