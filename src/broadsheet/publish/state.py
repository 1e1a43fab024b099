"""The protocol of a target: what it must be able to do, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from broadsheet.errors import PublishError
from broadsheet.publish.lock import Lockable
from broadsheet.publish.manifest import Manifest
from plotly_alive.errors import enumerated

_NAMED = 3


@dataclass(frozen=True)
class Published:
    """A publication at a target."""

    now: Manifest | None = None
    """The manifest; None if nothing of ours is there."""
    has_before: bool = False
    """The target has a publication before that one, too."""
    is_begun: bool = False
    """A publication was begun that has not ended."""


@dataclass(frozen=True)
class Differences:
    """The differences between a target and its manifest."""

    changed: tuple[str, ...] = ()
    """Files with another content."""
    missing: tuple[str, ...] = ()
    """Files that are not there."""
    foreign: tuple[str, ...] = ()
    """Files that no publication of ours made."""

    @property
    def lost(self) -> frozenset[str]:
        """The files whose content is there no more."""
        return frozenset((*self.changed, *self.missing))


def differences(manifest: Manifest, digests: Mapping[str, str]) -> Differences:
    """Return the differences between a manifest and the files of these ``digests``."""
    files = manifest.all
    common = [path for path in files if path in digests]
    return Differences(
        tuple(sorted(path for path in common if digests[path] != files[path].digest)),
        tuple(sorted(files.keys() - digests.keys())),
        tuple(sorted(digests.keys() - files.keys())),
    )


class Target(Lockable, Protocol):
    """A place that a site is published to."""

    def published(self) -> Published:
        """Return the publication that is there now. Raises :class:`PublishError` if it cannot be
        reached, or if something is there that is not ours.
        """

    def differences(self) -> Differences:
        """Return the differences between the target and what was published: each file that may have
        been written since is read. Called after :meth:`published`, when something is.
        """

    def send(self, site: Path, new: Manifest, lost: frozenset[str] = frozenset()) -> None:
        """Publish the files of ``site`` that the manifest has, those that are ``lost`` there, too. Each
        is read back. Called after :meth:`published`, while the lock is held.
        """

    def restore(self) -> Manifest:
        """Publish what was published before, and return its manifest. Called after
        :meth:`published`, while the lock is held. Raises :class:`PublishError` before anything is
        changed, if not all of it is there as it was.
        """


def differs(where: str, path: str) -> PublishError:
    """Return the error for a file that is not at the target what was sent."""
    return PublishError(
        where,
        f"`{path}` is not there as it was sent",
        "See that nobody else writes there, and publish again.",
    )


def refuse_lost(where: str, paths: Collection[str]) -> None:
    """Raise :class:`PublishError` if these files of the publication before are not there as they were
    published.
    """
    if paths:
        listed = enumerated([f"`{path}`" for path in sorted(paths)], _NAMED)
        raise PublishError(
            where,
            f"{listed}, of the publication before, is not there any more as it was published, so "
            "nothing is restored",
            "Check out its commit, build, and publish that.",
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
    """Return the error if there is no publication to go back to."""
    return PublishError(
        where,
        "there is no publication before the one that readers see",
        "Mend the articles, and publish.",
    )
