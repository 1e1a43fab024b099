"""Which files may be read for the site.

A publication is often somebody else's: a pull request, an archive. A link in it may lead anywhere
on the machine that builds it, so a file reaches the site only if its real path, links followed,
lies in the publication's own folder, or in one that `_quarto.yml` allows:

    broadsheet:
      allowed-folders: [../shared, /srv/photographs]     # from the root, or absolute

And it must be a file: a pipe or a device may never end. What is *published as it is* must also not
be hidden: the name that a link leads to has no part that begins with a dot or an underscore, so
that `photo.png` is not `.env`.

Each refusal says where the link leads, and how to allow it.
"""

from __future__ import annotations

import errno
import os
import stat
from functools import lru_cache
from pathlib import Path, PurePath

from broadsheet.errors import BroadsheetError, Place

ALLOWED = "allowed-folders"
_LONGEST = 200
"""Characters of a name that a message shows."""
_ABSENT = "is not there"
_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class FileError(BroadsheetError):
    """A file that may not be read for the site, or that cannot be read."""


def check(root: Path, file: Path, where: Place | str, *, published: bool = False) -> None:
    """Raise :class:`FileError` at ``where`` if ``file`` is there and may not be read for the site
    of the publication at ``root``. What is not there at all passes: whoever reads it knows best
    what to say.

    ``published`` is for a file that goes into the site as it is.
    """
    told = refusal(root, file, published=published)
    if told is not None:
        raise FileError(where, *told)


def refusal(root: Path, file: Path, *, published: bool = False) -> tuple[str, str] | None:
    """What is wrong with a file that may not be read for the site, and what to do; None if nothing
    is.
    """
    name, is_link = _named(root, file), _is_link(root, file)
    real, found = _resolved(file)
    which = f"{name} is a link to {_shown(root, real)}, which" if is_link else name
    if isinstance(found, str):
        return (
            (f"{which} {found}", "Mend the link, or take it away.")
            if is_link
            else _outside(root, name, real)
            if found == _ABSENT
            else (f"{name} {found}", "See who may read it.")
        )
    if stat.S_ISDIR(found):
        return None
    if not stat.S_ISREG(found):
        return (
            f"{which} is {_KINDS.get(stat.S_IFMT(found), 'no file')}",
            "Put a file there, or take the name away.",
        )
    home = _home(root, real)
    if home is None:
        return _outside(root, which, real)
    if published and any(part[0] in "._" for part in real.relative_to(home).parts):
        return (
            f"{which} is hidden",
            "What begins with a dot or an underscore is never published: give it another name.",
        )
    if not os.access(real, os.R_OK):
        return f"{which} cannot be read: permission denied", "See who may read it."
    return None


def _outside(root: Path, which: str, real: Path) -> tuple[str, str] | None:
    return (
        None
        if _home(root, real)
        else (
            f"{which} lies outside of the publication",
            "Put the file itself into the publication; or allow the folder "
            f"that it is in, in _quarto.yml: `broadsheet: {{{ALLOWED}: [{real.parent}]}}`.",
        )
    )


def _resolved(file: Path) -> tuple[Path, int | str]:
    """Where a path leads, and the mode of what is there, or what is wrong."""
    try:
        real = Path(os.path.realpath(file, strict=True))
        return real, real.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Path(os.path.realpath(file)), _ABSENT
    except ValueError:  # no file can have such a name
        return file, _ABSENT
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return file, _ABSENT
        return (
            file,
            "leads in a circle"
            if error.errno == errno.ELOOP
            else f"cannot be read: {(error.strerror or 'unknown error').lower()}",
        )


def _home(root: Path, real: Path) -> Path | None:
    """The folder, the publication's or an allowed one, that a real path lies in."""
    own = _real(root)
    if real.is_relative_to(own):
        return own
    return next((folder for folder in _allowed(own) if real.is_relative_to(folder)), None)


def _allowed(root: Path) -> tuple[Path, ...]:
    from broadsheet.project.project import CONFIG

    try:
        return _allowed_by(root, (root / CONFIG).stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=8)
def _allowed_by(root: Path, changed: int) -> tuple[Path, ...]:
    """The folders that `_quarto.yml` allows; it is read only when a path leads out of the
    publication.
    """
    from broadsheet.project.project import open_project

    return tuple(
        Path(os.path.realpath(root / folder))
        for folder in open_project(root).settings.broadsheet.allowed_folders
    )


def _is_link(root: Path, file: Path) -> bool:
    """Whether a link is on the way to a file, from the root on."""
    return any(
        os.path.islink(path)  # noqa: PTH114 - Path.is_symlink raises for a name that is too long
        for path in (file, *file.parents)
        if path != root and path.is_relative_to(root)
    )


def _shown(root: Path, real: Path) -> Path:
    return real.relative_to(_real(root)) if real.is_relative_to(_real(root)) else real


@lru_cache(maxsize=64)
def _real(folder: Path) -> Path:
    return Path(os.path.realpath(folder))


def _named(root: Path, file: Path) -> str:
    path = PurePath(os.path.normpath(file))
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    return f"`{name if len(name) <= _LONGEST else name[:_LONGEST] + '…'}`"
