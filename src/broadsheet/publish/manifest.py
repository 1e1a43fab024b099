"""The manifest of a publication: the files of a site with their digests, in the order in which they
are sent.

A manifest is kept at the target, so that another machine can go on from it. Format 1 is JSON::

    format   1
    files    {path: [SHA-256 digest, size in bytes]}
    kept     the same, of files that belong to the publication before and stay for one more
    commit   the commit that the publication was at, with `-dirty` if there were changes beside it
    at       when it was published, an ISO time in UTC

A reader may have a page of the old site open while the new one is published, and its scripts load
more when they are needed. So a file with a digest in its name, which is a version of something,
stays until the publication after. Everything else that the new site does not have is removed at
once: an article that was taken down is gone.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from broadsheet.errors import Notice, Place, PublishError, also
from broadsheet.processes import secret_values
from broadsheet.project.project import MARKER
from broadsheet.site.output.output_folder import content_of, walked
from broadsheet.storage.json_text import decoded
from broadsheet.storage.private_paths import private_name

NAME = "published.json"
OURS = ".broadsheet"
"""The folder at a target, or in its tree, in which the manifest is."""
_FORMAT = 1
_HASHED = re.compile(
    r"site_libs/(?:.*[/_.-])?[0-9a-f]{7,64}(?:\.[^/]*)?|search/.*_[0-9a-f]{7,64}\.pf_\w+"
)
"""Only scripts, styles and fonts, and what Pagefind writes, have digests as names: an author's
`report-20240115.pdf` and `sales-2023dec.csv` are of a day and a month."""
_PAGE = ".html"
_LAST = re.compile(r"^index\.html$|\.(?:xml|atom|feed\.json)$|^llms\.txt$|^robots\.txt$")
_NEVER = {".git", OURS}
"""Names of files and folders in an output that are never published."""
_SHOWN = 10
"""The number of private files that are named."""
_ODD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class File(msgspec.Struct, frozen=True, array_like=True):
    """A file of a site."""

    digest: str
    """Its SHA-256 digest."""
    size: int
    """Its size in bytes."""


@dataclass(frozen=True)
class Manifest:
    """The list of what is published (see above)."""

    files: Mapping[str, File]
    """The files of the site, by path."""
    kept: Mapping[str, File] = field(default_factory=dict)
    """Files that belong to the publication before and stay for one more."""
    commit: str = ""
    """The commit that the publication was at."""
    at: str = ""
    """The moment of publication, an ISO time in UTC."""
    format: int = _FORMAT
    """The number of the format."""

    @property
    def all(self) -> dict[str, File]:
        """The files of the site, and those that stay."""
        return {**self.kept, **self.files}

    def as_bytes(self) -> bytes:
        """Return the manifest as JSON."""
        return msgspec.json.encode(self, order="deterministic") + b"\n"


@dataclass(frozen=True)
class Changes:
    """The changes that a new site makes: paths with the sizes that they will have, or had."""

    added: Mapping[str, int]
    """The files that are new."""
    changed: Mapping[str, int]
    """The files that have another content."""
    removed: Mapping[str, int]
    """The files that go."""
    unchanged: int
    """The number of files that stay as they are."""

    @property
    def bytes_to_send(self) -> int:
        """The size of all that is added or changed."""
        return sum(self.added.values()) + sum(self.changed.values())


def compare(old: Manifest | None, new: Manifest, lost: Collection[str] = frozenset()) -> Changes:
    """Return the changes that publishing ``new`` makes to ``old``, of which some files are
    ``lost``.
    """
    before, after = old.all if old else {}, new.all
    common = [path for path in in_order(new.files) if path in before]
    changed = {
        path: new.files[path].size
        for path in common
        if before[path] != new.files[path] or path in lost
    }
    return Changes(
        {path: new.files[path].size for path in in_order(new.files) if path not in before},
        changed,
        {path: before[path].size for path in sorted(before) if path not in after},
        len(common) - len(changed),
    )


def following(
    old: Manifest | None,
    files: Mapping[str, File],
    commit: str,
    at: str,
    lost: Collection[str] = frozenset(),
) -> Manifest:
    """Return the manifest of a new site of these ``files``, at a target that has the ``old`` one,
    of which some files are ``lost``.
    """
    before = {path: file for path, file in old.files.items() if path not in lost} if old else {}
    kept = {path: before[path] for path in sorted(before) if path not in files and is_hashed(path)}
    return Manifest(files, kept, commit, at)


def is_hashed(path: str) -> bool:
    """Return True if a file's name has a digest in it, so that its content never changes."""
    return bool(_HASHED.fullmatch(path)) and not path.endswith(_PAGE)


def in_order(paths: Iterable[str]) -> list[str]:
    """Return paths in the order in which they are sent."""
    return sorted(paths, key=lambda path: (rank(path), path))


def rank(path: str) -> int:
    """Return the turn in which a file is sent: 0 if it has a digest in its name, 1 for other files,
    2 for pages, 3 for what leads readers to pages. So what a page uses is there before the page.
    """
    if is_hashed(path):
        return 0
    if _LAST.search(path):
        return 3
    return 2 if path.endswith(_PAGE) else 1


def read_manifest(content: bytes, where: str) -> Manifest:
    """Return the manifest in a file at a target. Raises :class:`PublishError` for something else."""
    manifest = decoded(content, Manifest)
    if manifest is None or manifest.format != _FORMAT or any(map(_ODD.search, manifest.all)):
        raise damaged(where)
    return manifest


def damaged(where: str) -> PublishError:
    """Return the error for a manifest that cannot be read."""
    return PublishError(
        where,
        f"its {NAME} is damaged, or of another version of Broadsheet",
        "Publish with the version that wrote it; or remove all that is there, and publish anew.",
    )


def site_files(site: Path) -> tuple[dict[str, File], list[Notice]]:
    """Return the files of a built site by their paths, and a notice of each that is not published.
    Raises :class:`PublishError` for a file that is private, however it came there, and
    :class:`SecretError` for one that holds a secret.
    """
    entries, _ = walked(site)
    links = [path for path, entry in entries.items() if entry.is_symlink()]
    names = [
        path
        for path, entry in sorted(entries.items())
        if entry.is_file(follow_symlinks=False)
        and path != MARKER
        and not _NEVER.intersection(path.split("/"))
    ]
    for path in names:
        if _ODD.search(path):
            raise PublishError(
                str(site / path),
                "a name with a control character in it, or one that is not UTF-8",
                "Give it another name.",
            )
    private = [(path, why) for path in names if (why := private_name(path))]
    private = private or [(path, why) for path in names if (why := content_of(site / path))]
    if private:
        (path, why), *others = private
        raise PublishError(
            str(site / path),
            f"this is {why}, and is never published",
            "Move it out of the site, and publish again. If it was public before, the addresses or keys "
            "in it are known: change what can be changed.",
            also([f"{path}: {why}" for path, why in others], _SHOWN),
        )
    with ThreadPoolExecutor(min(8, (os.cpu_count() or 1) + 2)) as threads:
        by_path = dict(zip(names, threads.map(lambda path: _file(site, path), names), strict=True))
    return by_path, [
        Notice(
            Place(str(site / path)),
            "this is a link, which is not published",
            "Put the file itself there.",
        )
        for path in sorted(links)
    ]


def sha256_of(content: bytes) -> str:
    """Return the digest by which contents are compared."""
    return hashlib.sha256(content).hexdigest()


def _file(site: Path, path: str) -> File:
    if secret_values.searches():
        content = (site / path).read_bytes()
        secret_values.refuse(content, path, "this file")
        return File(sha256_of(content), len(content))
    with (site / path).open("rb") as file:
        return File(
            hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size
        )
