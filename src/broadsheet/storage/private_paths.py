"""The one list of what is never public: by its name, or by what it holds.

A build, the preview, `newsletter serve` and `publish` all ask here, whoever put a file into the site or
named it in `_quarto.yml`. A name is compared as file systems do that ignore case, and characters that
nobody sees. What moves under other names is known by its first bytes: the database of subscribers and
the files that SQLite keeps beside one, lists of readers, the journal of an issue, private keys.

What else is hidden, such as `.nojekyll`, may be published if somebody asks for it; that is
:mod:`broadsheet.storage.files`' matter.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePath

APPLICATION = 0x42534E4C
"""SQLite's `application_id` of the database of subscribers, by which each copy of it is known."""
BEGINNING = 64 * 1024
"""The bytes of a file that :func:`private_content` looks at."""

_SECRET = "keys or passwords"
_NAMES = {
    **dict.fromkeys((".git", ".hg", ".svn"), "the history of a repository"),
    **dict.fromkeys((".broadsheet", ".broadsheet.json"), "what Broadsheet keeps for itself"),
    "_newsletter": "the letters and readers of the newsletter",
    **dict.fromkeys((".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker"), _SECRET),
    **dict.fromkeys((".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".my.cnf"), _SECRET),
    **dict.fromkeys((".git-credentials", ".htpasswd", ".boto", ".s3cfg"), _SECRET),
    **dict.fromkeys(("id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk"), _SECRET),
    **dict.fromkeys(("id_ed25519", "id_ed25519_sk"), _SECRET),
}
_ENVIRONMENT = ".env"
"""The beginning of the names of files that hold an environment: `.env`, `.env.local`, `.envrc`."""
_KEY_STORES = (".p12", ".pfx", ".kdbx", ".jks", ".keystore", ".ppk")
_BESIDE_NAMES = re.compile(r".*\.(?:sqlite3?|s3db|db3?)-(?:wal|shm|journal)", re.DOTALL)

_IN_USE = "a part of a database in use"
_SQLITE = b"SQLite format 3\x00"
_TABLES = (b"CREATE TABLE subscribers (", b"CREATE TABLE unsubscribed (")
"""Statements on the first page of a database of subscribers that has no `application_id` yet."""
_BESIDE_SQLITE = re.compile(
    rb"\x37\x7f\x06[\x82\x83]\x00\x2d\xe2\x18"  # -wal
    rb"|\x18\xe2\x2d\x00\x00{4}|\x00\x2d\xe2\x18\x00{4}"  # -shm, of either order of bytes
    rb"|\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"  # -journal
    rb"|\x00{12}.{8}\x00\x00\x02\x00\x00[\x00\x01].\x00",  # the same before it is on disk
    re.DOTALL,
)
_KEY = re.compile(rb"Bag Attributes|PuTTY-User-Key-File-|-----BEGIN [A-Z0-9 ]+-----")
_IS_KEY = re.compile(rb"PuTTY-User-Key-File-|-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_EXPORT = re.compile(rb"(?:\xef\xbb\xbf)?email,language,since\r?\n")
_JOURNAL = re.compile(rb'\{"at": "[^"]*", "to": "[^"]*", "status": "\w+", "issue": "')
_ADDRESS = re.compile(rb"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,255}\.[^\s@<>,;\".\d][^\s@<>,;\".]+")
"""An address by its form; the host does not end in a number, as does the version in `react@18.2.0`."""


def private_name(path: PurePath | str) -> str:
    """Return the reason for which no file at this path, from the publication or from the site, is
    ever public: `keys or passwords`. Empty if its name says nothing against it.
    """
    parts = [_plain(part) for part in PurePath(path).parts]
    for part in parts:
        if part.startswith(_ENVIRONMENT):
            return "an environment with its secrets"
        if part in _NAMES:
            return _NAMES[part]
    if parts and _BESIDE_NAMES.fullmatch(parts[-1]):
        return _IN_USE
    return "a store of keys" if parts and parts[-1].endswith(_KEY_STORES) else ""


def private_content(beginning: bytes) -> str:
    """Return the reason for which no file that begins so is ever public; empty if it may be."""
    if beginning.startswith(_SQLITE):
        is_ours = beginning[68:72] == APPLICATION.to_bytes(4, "big")
        has_tables = all(table in beginning for table in _TABLES)
        return "a database of subscribers" if is_ours or has_tables else ""
    if _BESIDE_SQLITE.match(beginning):
        return _IN_USE
    if _KEY.match(beginning.lstrip()) and _IS_KEY.search(beginning):
        return "a private key"
    if _EXPORT.match(beginning):
        return "a list of subscribers"
    if _JOURNAL.match(beginning):
        return "the journal of who got an issue"
    return "a list of readers' addresses" if _is_list(beginning) else ""


def private_inodes(root: Path) -> frozenset[tuple[int, int]]:
    """Return the files at the publication's root, and in its folder of the newsletter, that are
    private by name: the same file may have another name, too.
    """
    return frozenset(_inodes(root))


def _inodes(root: Path) -> Iterator[tuple[int, int]]:
    for folder in (root, root / "_newsletter"):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                name = os.path.relpath(entry.path, root)
                if private_name(name) and entry.is_file():
                    status = entry.stat()
                    yield status.st_dev, status.st_ino


def _is_list(beginning: bytes) -> bool:
    """Return True if a file has nothing but addresses, one on each line, and comments."""
    lines = beginning.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(beginning) >= BEGINNING:
        lines.pop()  # it may be cut off
    entries = [
        line.strip() for line in lines if line.strip() and not line.lstrip().startswith(b"#")
    ]
    return len(entries) > 1 and all(map(_ADDRESS.fullmatch, entries))


def _plain(part: str) -> str:
    """Return a name as a file system may have it that ignores case, forms of letters and what is
    not seen.
    """
    text = unicodedata.normalize("NFKC", part)
    return "".join(char for char in text if unicodedata.category(char) != "Cf").casefold()
