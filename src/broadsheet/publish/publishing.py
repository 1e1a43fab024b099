"""Publishes the site of a publication, and takes it back.

Only what a strict check finds nothing wrong with is published: the check builds the site in a folder
of its own, then the site itself is built, and the two must be the same. While it is sent no build can
change it. A target has only what is new to it sent (:mod:`.branch`, :mod:`.releases`,
:mod:`.bucket`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.errors import BroadsheetError, Notice, Place, PublishError, UsageError, in_short
from broadsheet.processes import secret_values
from broadsheet.processes.git import command
from broadsheet.project.project import CONFIG, Project, open_project
from broadsheet.project.settings.publish_settings import PASSWORD, PublishTarget
from broadsheet.publish import shell
from broadsheet.publish.address import KINDS, PAGES, Branch, Bucket, Folder, read_address
from broadsheet.publish.branch import GitBranch
from broadsheet.publish.bucket import Storage
from broadsheet.publish.lock import held
from broadsheet.publish.manifest import Changes, File, Manifest, compare, following, site_files
from broadsheet.publish.releases import Releases
from broadsheet.publish.state import Differences, Target, nothing_before
from broadsheet.site.index.sign_up import OWN, service_place
from broadsheet.site.output import swap
from broadsheet.storage.limits import TABLE, wall
from plotly_alive.errors import enumerated
from plotly_alive.text.did_you_mean import question

if TYPE_CHECKING:
    from broadsheet.site.build.options import Watch

_NAMED = 3
_SEARCH = "search/"
"""The folder of the search index, whose files Pagefind gives other names at times."""
_EXAMPLE = "broadsheet:\n    publish:\n      live: github-pages"


@dataclass(frozen=True)
class Publishing:
    """The result of publishing to a target."""

    name: str
    """The target's name."""
    where: str
    """The target's address."""
    manifest: Manifest
    """The manifest of what is published there now."""
    changes: Changes
    """The changes of what was there."""
    is_new: bool
    """Something was done."""
    is_first: bool = False
    """Nothing of ours was there before."""
    notices: tuple[Notice, ...] = ()
    """Messages to the author."""


@dataclass(frozen=True)
class Chosen:
    """A target that was chosen."""

    name: str
    """Its name, or its address if it has none."""
    target: Target
    """The target itself."""


def publish(
    root: Path,
    to: str | None = None,
    *,
    watch: Watch,
    dry_run: bool = False,
    jobs: int = 0,
    waiting: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] = lambda line: None,
) -> Publishing:
    """Publish the site of the publication at ``root`` to the target ``to``: a name in
    `_quarto.yml`, an address, or else the first of those names. With ``dry_run`` nothing is sent.
    ``tell`` gets a line on what is being done. Raises :class:`PublishError`.
    """
    project = open_project(root)
    with secret_values.given_back():
        chosen = choose(project, to)
        if not isinstance(chosen.target, Storage):  # whose client has threads, and a build forks
            chosen.target.published()  # what is wrong there is told before anything is built
    _build_checked(project, jobs, watch, waiting)
    output = project.output.resolve()
    with swap.locked(output, waiting), secret_values.given_back():
        files, notices = site_files(output)
        notices = [*notices, *form_without_service(project, chosen)]
        _compare_with_checked(project, files)
        return send(
            chosen, output, files, notices, _commit(project.root), dry_run=dry_run, tell=tell
        )


def form_without_service(project: Project, chosen: Chosen) -> Iterator[Notice]:
    """Yield a notice if readers sign up at a path of the site's own host, and the target is a host of
    files alone.
    """
    place = service_place(project)
    is_own = project.settings.broadsheet.newsletter.provider == OWN and place.startswith("/")
    if is_own and isinstance(chosen.target, GitBranch | Storage):
        yield Notice(
            project.text.place(("broadsheet", "newsletter")),
            f"the form to sign up posts to `{place}` of the site's own host, and {chosen.target.where} "
            "serves files alone: readers who sign up there get an error",
            "Run `broadsheet newsletter serve` on a server, and give its full address to `broadsheet: "
            "newsletter: url`; or name a provider that keeps the list.",
        )


def send(
    chosen: Chosen,
    site: Path,
    files: Mapping[str, File],
    notices: Sequence[Notice] = (),
    commit: str = "",
    *,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> Publishing:
    """Publish the ``files`` of a built site. With ``dry_run`` nothing is changed at the target, and
    no lock is held. ``tell`` gets a line when the sending begins.
    """
    with nullcontext() if dry_run else held(chosen.target):
        published = chosen.target.published()
        new = published.now
        lost = chosen.target.differences().lost if new is not None else frozenset[str]()
        is_new = new is None or new.files != files or published.is_begun or bool(lost)
        if new is None or is_new:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            new = following(published.now, files, commit, at, lost)
            if published.now and new.files == published.now.files and not published.is_begun:
                # it is mended
                kept = {path: file for path, file in published.now.kept.items() if path not in lost}
                new = replace(published.now, kept=kept)
        changes = compare(published.now, new, lost)
        if lost and not published.is_begun:
            notices = [*notices, _lost(chosen.target.where, lost)]
        if is_new and not dry_run:
            count = len(changes.added) + len(changes.changed)
            files_are = "file" if count == 1 else "files"
            tell(
                f"sending {count:,} {files_are}, {changes.bytes_to_send:,} bytes, to {chosen.target.where}"
            )
            chosen.target.send(site, new, lost)
    is_first = published.now is None
    where = chosen.target.where
    return Publishing(chosen.name, where, new, changes, is_new, is_first, tuple(notices))


@dataclass(frozen=True)
class Verified:
    """A publication at a target, compared with what is there."""

    name: str
    """The target's name."""
    where: str
    """The target's address."""
    manifest: Manifest
    """The manifest of what is published there."""
    differences: Differences
    """The differences between the manifest and the files there."""
    is_begun: bool
    """A publication was begun that has not ended."""


def verify(root: Path, to: str | None = None) -> Verified:
    """Compare what is at a target with what was published there. Raises :class:`PublishError`."""
    project = open_project(root)
    with secret_values.given_back():
        chosen = choose(project, to)
        published = chosen.target.published()
        if published.now is None:
            raise PublishError(
                chosen.target.where, "nothing of ours is published here", "Publish first."
            )
        differences = chosen.target.differences()
    return Verified(
        chosen.name, chosen.target.where, published.now, differences, published.is_begun
    )


def _lost(where: str, paths: Collection[str]) -> Notice:
    listed = enumerated([f"`{path}`" for path in sorted(paths)], _NAMED)
    return Notice(
        Place(where),
        f"what was published of {listed} was not there any more, and is sent anew",
        "See who else writes there, and whether what was published is theirs to change.",
    )


def take_back(root: Path, to: str | None = None) -> Publishing:
    """Restore the publication before at a target. Raises :class:`PublishError`."""
    project = open_project(root)
    with secret_values.given_back():
        chosen = choose(project, to)
        target = chosen.target
        with held(target):
            published = target.published()
            if not (published.has_before or published.is_begun):
                raise nothing_before(target.where)
            restored = target.restore()
    return Publishing(
        chosen.name, target.where, restored, compare(published.now, restored), is_new=True
    )


def choose(project: Project, to: str | None) -> Chosen:
    """Return the target ``to``, a name or an address; the first in `_quarto.yml` without one."""
    targets = project.settings.broadsheet.publish
    if to is None:
        if not targets:
            raise UsageError(
                "publish",
                f"no target is given, and {CONFIG} names none",
                f"Name one. {KINDS} Or write into {CONFIG}:\n  {_EXAMPLE}",
            )
        to = next(iter(targets))
    if to in targets:
        place = project.text.place(("broadsheet", "publish", to))
        return _opened(project, to, targets[to], place, project.root)
    is_address = to == PAGES or to.startswith("git+") or any(sign in to for sign in "/:.~")
    if not is_address:
        advice = question(to, targets).rstrip()
        names = f"There are: {', '.join(targets)}." if targets else f"{CONFIG} names none."
        raise UsageError(to, "there is no target of this name", advice or f"{names} {KINDS}")
    read_address(to, Place(PASSWORD.sub("…@", to)), Path.cwd())  # before it is shown
    return _opened(project, to, PublishTarget(to=to), Place(to), Path.cwd())


def _opened(
    project: Project, name: str, settings: PublishTarget, place: Place, base: Path
) -> Chosen:
    where = settings.to
    address = read_address(where, place, base)
    target: Target
    if isinstance(address, Branch):
        target = GitBranch(address, where, project.root)
    elif isinstance(address, Bucket):
        target = Storage(address, where, settings.endpoint, settings.profile)
    else:
        if isinstance(address, Folder):
            _refuse_inside(project, address.path, place)
            address = Folder(address.path.parent.resolve() / address.path.name)
        target = Releases.of(address, where)
    return Chosen(name, target)


def _refuse_inside(project: Project, path: Path, place: Place) -> None:
    """Raise :class:`PublishError` for a folder in the publication, or around it."""
    real = path.resolve()
    if real.is_relative_to(project.root) or project.root.is_relative_to(real):
        raise PublishError(
            place,
            f"{real} is the publication's own folder, or in it, or around it",
            "Name a folder elsewhere: the next build would read what is published there.",
        )
    if not path.name:
        raise PublishError(place, "this is no folder for a site", "Name a folder in it.")


def _build_checked(project: Project, jobs: int, watch: Watch, waiting: Callable[[], None]) -> None:
    """Check the publication and build its site. Raises :class:`PublishError` if anything is wrong."""
    from broadsheet.checks.check import check_site
    from broadsheet.site.build.build import build_site
    from broadsheet.site.build.options import Options

    options = Options(day=project.today, jobs=jobs, watch=watch, waiting=waiting)
    report = check_site(project.root, options)
    faults: list[BroadsheetError | Notice] = [
        *report.faults,
        *report.stale,
        *(words.notice() for words in report.unaccounted),
        *(notice for notice in report.notices if notice.is_strict),
    ]
    if not faults:
        faults += build_site(project.root, options).faults
    if faults:
        raise PublishError(
            "broadsheet check --strict",
            f"{len(faults):,} {'thing is' if len(faults) == 1 else 'things are'} wrong, so nothing is published",
            "Run `broadsheet check --strict` to see all of it, mend it, and publish again.",
            "\n".join(map(in_short, faults)),
        )


def _compare_with_checked(project: Project, files: Mapping[str, File]) -> None:
    """Raise :class:`PublishError` if the site differs from the checked one."""
    from broadsheet.checks.check import SITE

    checked, _ = site_files(project.root / SITE)
    other = [
        path
        for path, file in checked.items()
        if files.get(path) != file and not path.startswith(_SEARCH)
    ]
    if other:
        raise PublishError(
            str(project.output),
            f"the site is not the one that was checked: {enumerated(other, _NAMED)}",
            "Something has changed meanwhile. Publish again.",
        )


def _commit(root: Path) -> str:
    """Return the commit that the publication is at, with `-dirty` if there are changes beside it;
    empty if it is in no repository.
    """
    try:
        words = command(
            root, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*", is_users=True
        )
        return shell.run(words, seconds=wall(TABLE["work-time"].value)).decode().strip()
    except (shell.FailedError, PublishError):
        return ""
