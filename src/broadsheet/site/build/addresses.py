"""Redirects from aliases to pages, and a report of the addresses that a build drops.

An alias is an address that counts from the site's root, or, without a slash at its start, from the
folder of the page's source. It names a page `.html`, or else a folder. The page at the alias leads
straight to the article, so that there are no chains of redirects; each page of a figure gets such a
redirect too. An alias that is the address of another page, or of several, or outside of the folder,
or a name that only Broadsheet or git may use, is an error of the page that has it; one on another
site is a notice. Names that differ in case or in how an accent is encoded count as one, because
they are one file elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path, PurePosixPath

from broadsheet.errors import MISSING_FILE, BroadsheetError, Notice, Place, RenderError
from broadsheet.project.project import INPUTS
from broadsheet.project.settings.address import as_one_file
from broadsheet.site.article import links
from broadsheet.site.article.article import NOT_FOUND
from broadsheet.site.index.build_record import DROPPED, PageRecord, alias_path, alias_paths
from broadsheet.site.index.scene import render_redirect
from broadsheet.site.index.site_index import FRONT, Index
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.output.output_folder import MARKER, WORK, folders_of
from plotly_alive.errors import enumerated
from plotly_alive.text.unprintable import unprintable

_KEPT = frozenset({MARKER, WORK, ".git", ".nojekyll"})
"""Names of files and folders that no page may have: those of the site's record, and of git."""
_NAMED = 3
"""The most dropped addresses of a source that are named."""


def redirects(records: Mapping[str, PageRecord]) -> dict[str, tuple[str, str]]:
    """Return the path of each redirect, with the path of the page that has the alias, and the path
    of the page that the redirect leads to.
    """
    targets: dict[str, tuple[str, str]] = {}
    for path, record in sorted(records.items()):
        for place in alias_paths(record):
            targets[place] = (path, path)
            for figure in _figures(record):
                targets[figure.replace(_figures_folder(path), _figures_folder(place), 1)] = (
                    path,
                    figure,
                )
    return {place: target for place, target in targets.items() if place not in records}


@dataclass(frozen=True)
class Redirects:
    """The redirects of a site."""

    pages: Mapping[str, str]
    """The pages that lead on, by their paths."""
    notices: tuple[Notice, ...]
    """The notices of those that cannot be."""


def redirect_pages(site: Index, records: Mapping[str, PageRecord], folder: SiteFolder) -> Redirects:
    """Return a page for each alias at which the ``folder`` of the site has no file. If the site has
    no front page of its own, one leads to the first of its pages, as Quarto writes it. ``records``
    are the site's pages with their files.
    """
    names = folder.names
    taken = names | folders_of(names)
    alike = {as_one_file(name): name for name in names}
    pages, notices = dict[str, str](), list(_aliases_elsewhere(records))
    targets = redirects(records)
    by_depth = sorted(records.keys() - {NOT_FOUND}, key=lambda path: (path.count("/"), path))
    has_source = any((site.project.root / f"index{suffix}").is_file() for suffix in INPUTS)
    if by_depth and not has_source and FRONT not in names | records.keys() | targets.keys():
        targets[FRONT] = (by_depth[0], by_depth[0])
        if any(record.meta.is_listing for record in records.values()):
            notices.append(
                Notice(
                    site.project.text.place(("project",)),
                    f"there is no source of the site's front page: {FRONT} leads to {by_depth[0]}",
                    "Write index.qmd, in the publication's root.",
                    topic=MISSING_FILE,
                )
            )
    for place, (path, target) in sorted(targets.items()):
        here, meta = PurePosixPath(place), site.entries[path]
        other = alike.get(as_one_file(place))
        if (
            place in taken
            or not names.isdisjoint(map(str, here.parents))
            or (other and _is_one_file(folder.new / place, folder.new / other))
        ):
            notices.append(
                Notice(
                    Place(meta.source),
                    f"no alias at `/{place}`: the site has a file there",
                    "Take one of the two away.",
                    topic="alias",
                )
            )
            continue
        relative = links.relative(here, target)
        canonical = site.scene(path).absolute(links.url_of(target)) or relative
        pages[place] = render_redirect(relative, canonical, meta.title, meta.lang)
    return Redirects(pages, tuple(notices))


def _aliases_elsewhere(records: Mapping[str, PageRecord]) -> Iterator[Notice]:
    """Yield a notice for each alias on another site."""
    for _, record in sorted(records.items()):
        for alias in filter(_is_elsewhere, record.aliases):
            yield Notice(
                Place(record.meta.source),
                f"the alias `{alias}` is an address of another site, where no redirect can be put",
                "Take it out, or write where the page was, from the site's root: `/posts/old-name/`.",
                topic="alias",
            )


def _is_one_file(one: Path, other: Path) -> bool:
    """True if two names are one file: they differ in case, and the file system takes no heed of it."""
    return one.exists() and one.samefile(other)


def _with_folders(place: str) -> list[str]:
    """Return a path and the folders that it is in, each in the form of :func:`as_one_file`."""
    path = PurePosixPath(as_one_file(place))
    return [str(path), *map(str, path.parents)]


def _is_elsewhere(alias: str) -> bool:
    return "://" in alias


def misplaced(records: Mapping[str, PageRecord]) -> dict[str, BroadsheetError]:
    """Return the error of each page that has an alias where it cannot have one."""
    faults: dict[str, BroadsheetError] = {}
    pages = {as_one_file(path): path for path in records}
    holders: dict[str, str] = {}
    folders = folders_of(pages)
    for path, record in sorted(records.items()):
        for alias in filterfalse(_is_elsewhere, record.aliases):
            place = alias_path(alias, record)
            if place is None or ".." in place.parts or unprintable(str(place)):
                fault = "is no address of this site"
            elif not _KEPT.isdisjoint(as_one_file(str(place)).split("/")):
                fault = "has a name that Broadsheet and git keep for themselves"
            else:
                fault = _taken(str(place), path, records, pages, holders)
                if not fault and as_one_file(str(place)) in folders:
                    fault = "is the name of a folder of other pages"
            if fault:
                faults[path] = RenderError(
                    Place(record.meta.source),
                    f"the alias `{alias}` of {_address(path)} {fault}",
                    "Take it out, or write where the page was, from the site's root: `/posts/old-name/`.",
                )
                break
            holders[as_one_file(str(place))] = path
            folders |= folders_of([as_one_file(str(place))])
    return faults


def dropped(
    old: Mapping[str, PageRecord],
    records: Mapping[str, PageRecord],
    names: Collection[str],
    withheld: Mapping[str, str],
) -> Iterator[Notice]:
    """Yield a notice for each source of the ``old`` site some of whose addresses are not among the
    ``names`` of the new one. The new site has these ``records``; ``withheld`` says why pages are
    not on the site.
    """
    gone: dict[tuple[str, str], list[str]] = {}
    for path, record in sorted(old.items()):
        source, why = record.meta.source, withheld.get(path, "")
        lost = [
            place
            for place in (path, *alias_paths(record))
            if place not in names and not record.meta.withheld
        ]
        gone.setdefault((source, f": {why}" if why else ""), []).extend(lost)
        figures = [figure for figure in _figures(record) if figure not in names]
        if path in records and figures:
            yield Notice(
                Place(source),
                f"{_listed(figures)} the site before, and this build drops {_them(figures)}",
                "Others may have embedded it. Give the chart its old `label`.",
                topic=DROPPED,
            )
    for (source, why), paths in gone.items():
        if paths:
            yield Notice(
                Place(source),
                f"{_listed(paths)} the site before, and this build drops {_them(paths)}{why}",
                _mend(paths, old, records),
                topic=DROPPED,
            )


def _mend(
    paths: list[str], old: Mapping[str, PageRecord], records: Mapping[str, PageRecord]
) -> str:
    """Say what to do about dropped addresses. If the new site has a page of that name or title, the
    remedy names it.
    """
    before = old.get(paths[0])
    alike = [
        record.meta.source
        for path, record in sorted(records.items())
        if path not in old
        and before
        and (record.meta.title == before.meta.title or _name(path) == _name(paths[0]))
    ]
    where = f"{alike[0]}, if it has moved there," if alike else "the page that has taken its place"
    return f"Links lead nowhere now: give {where} `aliases: [{_address(paths[0])}]`."


def _taken(
    place: str,
    path: str,
    records: Mapping[str, PageRecord],
    pages: Mapping[str, str],
    holders: Mapping[str, str],
) -> str:
    """Say why a page cannot have an alias at ``place``; empty if it can. ``pages`` has the site's
    pages, and ``holders`` the pages with an alias, both by names as :func:`as_one_file` writes
    them.
    """
    same, *folders = _with_folders(place)
    if pages.get(same) == path:
        return ""
    if same in pages or same == NOT_FOUND:
        other = f", {records[pages[same]].meta.source}" if same in pages else ""
        return f"is the address of another page{other}"
    if holders.get(same, path) != path:
        return f"is an alias of {holders[same]}, too"
    above = next((one for one in folders if one in holders or one in pages), "")
    return f"lies below `/{above}`, which is a page" if above else ""


def _figures(record: PageRecord) -> list[str]:
    """Return the paths of the pages of a page's figures."""
    folder = _figures_folder(record.meta.path)
    return [
        name for name in record.files if name.startswith(folder) and name.endswith("/index.html")
    ]


def _figures_folder(path: str) -> str:
    """Return the folder with the pages of the figures of the page at ``path``
    (:attr:`Edition.figures`).
    """
    return str(PurePosixPath(links.url_of(path).removesuffix(".html")) / "figures") + "/"


def _name(path: str) -> str:
    """Return the name of a page: its folder or its file."""
    page = PurePosixPath(path)
    return page.parent.name if page.name == "index.html" else page.stem


def _address(path: str) -> str:
    """Return the address as an author writes it."""
    return f"/{links.url_of(path)}"


def _listed(paths: list[str]) -> str:
    named = enumerated([f"`{_address(path)}`" for path in paths], _NAMED)
    return f"{named} {'were addresses' if len(paths) > 1 else 'was an address'} of"


def _them(paths: list[str]) -> str:
    return "them" if len(paths) > 1 else "it"
