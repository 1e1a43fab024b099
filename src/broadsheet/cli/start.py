"""`broadsheet init` and `broadsheet new`: a publication, an article."""

from __future__ import annotations

import argparse
from pathlib import Path, PurePosixPath

from broadsheet.cli.report import CommandReport, many, root, short
from broadsheet.errors import UsageError
from broadsheet.project.build_day import today


def start_publication(options: argparse.Namespace) -> CommandReport:
    """Write a new publication, or the files that a Quarto site lacks."""
    from broadsheet.project import starter
    from broadsheet.project.project import CONFIG
    from broadsheet.quarto.setup import KEYS, project_files

    folder = (Path.cwd() / options.folder).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UsageError(str(options.folder), "this is a file", "Name a folder.") from None
    except OSError as error:
        raise UsageError(
            str(options.folder),
            f"this folder cannot be made: {(error.strerror or type(error).__name__).lower()}",
            "Name one in a folder that you may write to.",
        ) from None
    is_site = (folder / CONFIG).exists()
    title = options.title or folder.name.replace("-", " ").replace("_", " ").title()
    files = starter.publication(folder, title, today(), is_plain=options.plain)
    if not options.plain:
        files |= project_files()
    written, existing = starter.write(folder, files)
    lines = [f"wrote {path}" for path in written] + [f"kept {path}" for path in existing]
    if is_site and not options.plain:
        lines += ["", f"For `quarto render`, put these keys into {CONFIG}:", "", KEYS.strip()]
    lines += ["", f"{many(len(written), 'file')} written. Now:"]
    if folder != Path.cwd():
        lines.append(f"  cd {short(folder)}")
    lines += [
        "  broadsheet preview        # shows it in your browser while you write",
        "  broadsheet build          # makes the site, and says how to look at it",
        "  broadsheet new my-story   # begins an article",
    ]
    result = {"folder": str(folder), "written": written, "kept": existing}
    return CommandReport(0, "\n".join(lines), result=result)


def start_article(options: argparse.Namespace) -> CommandReport:
    """Write a new article of the publication."""
    from broadsheet.project import starter
    from broadsheet.project.project import CONFIG, SOURCES, open_project

    publication = root()
    title = options.title or options.slug.replace("-", " ").capitalize()
    form = next((f".{name}" for name in ("qmd", "py", "md") if getattr(options, name)), ".ipynb")
    files = starter.article(publication, options.slug, options.template, title, today(), form=form)
    (path,) = files
    for suffix in SOURCES:
        other = publication / Path(path).with_suffix(suffix)
        if other.exists():
            raise UsageError(short(other), "this article exists already", "Choose another slug.")
    starter.write(publication, files)
    lines = [
        f"wrote {short(publication / path)}. Now:",
        f"  jupyter lab {short(publication / path)}   # or any other editor",
        f"  broadsheet build {options.slug}",
    ]
    project = open_project(publication)
    with project.at_work():
        is_rendered = project.may_render(PurePosixPath(path))
    if not is_rendered:
        lines.insert(1, f'  add "/posts/**/*{form}" to `project: render` in {CONFIG}')
    result = {"file": str(path), "is_rendered": is_rendered}
    return CommandReport(0, "\n".join(lines), result=result)
