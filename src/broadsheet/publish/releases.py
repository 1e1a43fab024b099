"""Publishes to a folder of this machine or of a server: each publication is a release of its own.

The path of the site is a link to a release. A new release is put together beside it, files that are
as they were being links to those of the one before. When it is whole, and was read back, the link is
exchanged in one step: a reader sees the old site or the new, and nothing between. For the site
`/srv/www/paper` there are::

    /srv/www/paper                               a link to .paper.broadsheet/ID/site
    /srv/www/.paper.broadsheet/ID/site/          the files
                              /ID/published.json the manifest
                              /ID/before         the ID of the release that was shown before it
                              /new/              a release that is being put together
                              /lock              who is publishing (:mod:`.lock`), as a link's target

The release before stays, for :meth:`Releases.restore`; older ones are removed. What happens in these
folders is `releases.sh`, which the shell of the server runs; files are sent by rsync.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import stat
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from broadsheet.errors import PublishError
from broadsheet.publish import shell
from broadsheet.publish.address import Folder, Server
from broadsheet.publish.manifest import Manifest, read_manifest, sha256_of
from broadsheet.publish.state import Differences, Published, differences, differs, refuse_lost
from broadsheet.text.url_schemes import bracketed

_SCRIPT = Path(__file__).with_name("releases.sh").read_text("utf-8")
_FOREIGN = 3
_LONGEST = 103
"""The longest path of a socket, in bytes: that of macOS."""
_MORE = 55
"""The bytes that the path becomes longer: ssh makes 40 characters of %C, and puts 17 behind for a
while.
"""


class Releases:
    """The releases of a site at ``site``, a path on this machine or, with ``ssh``, on a server.
    Has state: where its releases are and which one is shown, as they were last looked up.
    """

    def __init__(self, where: str, site: str, ssh: tuple[str, ...] = (), host: str = "") -> None:
        self.where, self._site, self.ssh, self._host = where, site, ssh, host
        self._folder, self._now, self._before = "", "", ""
        self._manifest: Manifest | None = None

    @classmethod
    def of(cls, address: Folder | Server, where: str) -> Releases:
        """Return the releases at an address."""
        if isinstance(address, Folder):
            return cls(where, str(address.path))
        ssh = ["ssh", "-o", "ConnectTimeout=20"]
        ssh += ["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4"]
        ssh += _one_connection()
        if not shell.is_attended():
            ssh += ["-o", "BatchMode=yes"]
        if address.port:
            ssh += ["-p", str(address.port)]
        host = f"{address.user}@{address.host}" if address.user else address.host
        return cls(where, address.folder, tuple(ssh), host)

    def take_lock(self, content: bytes) -> bytes:
        """Put a lock there. Return the content of a lock that is there already, else nothing."""
        return self._do("lock", content=content)

    def drop_lock(self, content: bytes) -> None:
        """Remove the lock, if it is still the one with this content."""
        self._do("unlock", content=content)

    def how_to_unlock(self) -> str:
        """Return the command that removes the lock."""
        path = PurePosixPath(self._site)
        command = f"rm {shlex.quote(str(path.parent / f'.{path.name}.broadsheet/lock'))}"
        if not self.ssh:
            return command
        return shlex.join(["ssh", *self._options_for_people(), self._host, command])

    def published(self) -> Published:
        """Return the publication at the path. Raises :class:`PublishError` if something is there
        that is not ours.
        """
        folder, now, *rest = self._do("state").split(b"\n", 3)
        self._folder, self._now = folder.decode(), now.decode()
        if not self._now:
            return Published()
        before, manifest = rest
        self._before, self._manifest = before.decode(), read_manifest(manifest, self.where)
        return Published(self._manifest, has_before=bool(before))

    def differences(self) -> Differences:
        """Return the differences between the release that is shown and what was published."""
        return differences(self._manifest or Manifest({}), self._digests(self._now))

    def send(self, site: Path, new: Manifest, lost: frozenset[str] = frozenset()) -> None:
        """Put a new release together, read it back, and show it."""
        left = self._do("begin").decode().splitlines()
        others = [path for path in left if path.removeprefix("./") not in new.files]
        if others:
            self._do("remove", content=_lines(others))
        kept = [path for path in new.kept if path not in new.files]
        if self.ssh:
            self._rsync(site, new)
        else:
            self._copy(site, new)
        if kept:
            self._do("keep", content=_lines(kept))
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        is_same = self._manifest is not None and new.files == self._manifest.files
        before = [self._before] if is_same else []  # what is mended is no publication of its own
        self._do("finish", name, *before, content=new.as_bytes())

    def restore(self) -> Manifest:
        """Show the release before, and return its manifest."""
        before = self._do("state").split(b"\n", 3)[2].decode()
        manifest = read_manifest(self._do("manifest", before), self.where)
        refuse_lost(self.where, differences(manifest, self._digests(before)).lost)
        self._do("back", before)
        return manifest

    def _digests(self, release: str) -> dict[str, str]:
        """Return the digests of the files of a release; of a link none."""
        digests = {}
        for line in self._do("digests", release).decode(errors="replace").split("\n")[:-1]:
            digest, _, path = line.partition(" ")
            if not path:  # the rest of a name with a line break in it, which none of ours has
                continue
            path = path.lstrip(" *")
            if digest.startswith("\\"):  # a backslash in its name is doubled then
                digest, path = digest[1:], path.replace("\\\\", "\\")
            digests[path.removeprefix("./")] = digest
        return digests

    def _do(self, command: str, *arguments: str, content: bytes = b"") -> bytes:
        """Run a command of `releases.sh`."""
        words = ["sh", "-c", _SCRIPT, "releases", command, self._site, *arguments]
        if self.ssh:
            words = [*self.ssh, self._host, shlex.join(words)]
        try:
            return shell.run(words, content)
        except shell.FailedError as failed:
            if failed.code == _FOREIGN:
                raise PublishError(
                    self.where,
                    f"here is {failed.output.decode(errors='replace').strip()}, which no publication of ours made",
                    "Name a folder that does not exist yet or is empty, or move away what is there.",
                ) from None
            raise shell.fault(self.where, f"`{command}` there", failed) from None

    # To a server

    def _rsync(self, site: Path, new: Manifest) -> None:
        """Send the files. Unchanged files become links to those of the release that is shown."""
        to = f"{self._folder}/new/site/"
        listed = "".join(f"./{path}\0" for path in new.files).encode()  # `#` begins a comment
        send = [
            *("rsync", "--recursive", "--checksum", "--perms", "--chmod=D755,F644"),
            *("--from0", "--files-from=-", "--protect-args", f"--rsh={shlex.join(self.ssh)}"),
        ]
        if self._now:
            send.append(f"--link-dest={self._folder}/{self._now}/site/")
        target = f"{self._bracketed}:{to}"
        try:
            shell.run([*send, f"{site}/", target], listed)
            check = [*send, "--dry-run", "--itemize-changes", f"{site}/", target]
            itemized = shell.run([word for word in check if "--link-dest" not in word], listed)
        except shell.FailedError as failed:
            raise shell.fault(self.where, "rsync", failed) from None
        wrong = [
            line.split(" ", 1)[1]
            for line in itemized.decode(errors="replace").splitlines()
            if line.startswith(("<f", ">f", "cf"))
        ]
        if wrong:
            raise differs(self.where, wrong[0])

    @property
    def _bracketed(self) -> str:
        """The host as rsync has it, with brackets around an address of IPv6."""
        user, _, host = self._host.rpartition("@")
        return f"{user}@{bracketed(host)}" if user else bracketed(host)

    def _options_for_people(self) -> list[str]:
        return list(self.ssh[self.ssh.index("-p") :]) if "-p" in self.ssh else []

    # To a folder

    def _copy(self, site: Path, new: Manifest) -> None:
        """Copy the files. Unchanged files are links to those of the release that is shown."""
        folder = Path(self._folder)
        shown = folder / self._now / "site" if self._now else None
        new_site = folder / "new/site"
        old = self._manifest.all if self._manifest else {}
        try:
            for path, file in new.files.items():
                to = new_site / path
                if to.is_file() and sha256_of(to.read_bytes()) == file.digest:
                    continue  # of a publication that was broken off
                to.parent.mkdir(parents=True, exist_ok=True)
                to.unlink(missing_ok=True)
                if shown and old.get(path) == file:
                    with suppress(OSError):  # a file system without links
                        os.link(shown / path, to)
                        if sha256_of(to.read_bytes()) == file.digest:
                            continue
                        to.unlink()
                shutil.copyfile(site / path, to)
                to.chmod(0o644)
                if sha256_of(to.read_bytes()) != file.digest:
                    raise differs(self.where, path)
        except OSError as error:
            message = f"{error.strerror or error}: {error.filename}"
            raise shell.fault(self.where, "copying", shell.FailedError(1, b"", message)) from error


def _one_connection() -> list[str]:
    """Return the options of ssh for one connection for all: the first call opens it, and it closes
    a few seconds after the last. None if the path of its socket were too long, or not ours alone.
    """
    sockets = Path(tempfile.gettempdir()) / f"broadsheet-ssh-{os.getuid()}"
    path = f"{sockets}/%C"
    if len(os.fsencode(path)) + _MORE > _LONGEST:
        return []
    with suppress(OSError):
        sockets.mkdir(mode=0o700, exist_ok=True)
        status = sockets.lstat()
        if status.st_uid == os.getuid() and stat.S_IMODE(status.st_mode) == 0o700:
            return [
                *("-o", "ControlMaster=auto", "-o", "ControlPersist=5"),
                *("-o", f"ControlPath={path}"),
            ]
    return []


def _lines(paths: list[str]) -> bytes:
    return "".join(f"{path}\n" for path in paths).encode()
