"""The problems of an edited file, each with its place and its mends.

Most of them are what a build reports of the same file, by the same code: keys, values, editions,
parameters, options of cells. Numbers, references and names are looked for in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile

from broadsheet.editor.claims import claims_of, refused
from broadsheet.editor.code import (
    names_in,
    table_calls,
    unknown_names,
    unknown_names_in_yaml,
    unknown_tables,
)
from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.failures import misspelt
from broadsheet.editor.number_fixes import account_for, tables_of
from broadsheet.editor.problem import Edit, Message, Problem, located, placed
from broadsheet.editor.prose import masked, unaccounted
from broadsheet.editor.references import is_label, labels_in, references_in
from broadsheet.editor.workspace import Workspace, is_configuration
from broadsheet.errors import BroadsheetError, Notice, ParameterError, Place, guarded
from broadsheet.markdown.markdown_text import unknown_options
from broadsheet.markdown.reasons import no_reason, without_reason_in
from broadsheet.markdown.typographic_quotes import fault_of_quotes, misquoted_in
from broadsheet.project.editions.edition import Edition, faults_of_layer
from broadsheet.project.editions.parameters import bind, declared
from broadsheet.project.project import FOLDER_METADATA, Project
from broadsheet.project.settings.settings import FrontMatter
from broadsheet.project.sources.inline_expressions import without_code
from broadsheet.project.sources.source import Source
from broadsheet.storage.limits import bounded_work
from broadsheet.storage.value_digest import bytes_of
from broadsheet.storage.yaml_text import YamlText, read_yaml
from broadsheet.text.lexicon import FOLDER
from broadsheet.text.quotation_marks import MARKS, MISQUOTED, straight_value
from broadsheet.verify.source_passages import source_passages
from broadsheet.verify.stale import Known, stale
from plotly_alive.text.did_you_mean import question

_ARTICLE = re.compile(r"\]\(article:(?P<slug>[^)\s#/]+)")


def diagnose(edited: EditedFile, workspace: Workspace) -> list[Problem]:
    """Return all problems of an edited file, in the order of its lines."""
    problems: list[Problem] = []
    name = edited.path.name
    with workspace.at_work(), _reported(edited, problems):
        if is_configuration(str(edited.path)):
            messages = _of_configuration(workspace)
        elif name == FOLDER_METADATA:
            text = read_yaml(edited.text, Place(str(edited.path)))
            messages = _of_layer(text, text.data, workspace.project_in_the_editor())
        elif workspace.is_source(edited.path, edited.text):
            messages = _of_source(edited, workspace, problems)
        else:
            return []
        problems += [located(edited, message) for message in messages]
    here = [problem for problem in problems if problem.place.file == str(edited.path)]
    unique = {(problem.place, problem.start, problem.message.what): problem for problem in here}
    return sorted(
        unique.values(),
        key=lambda problem: (problem.place.cell or 0, problem.place.line or 0, problem.start),
    )


def mends_of(
    edited: EditedFile, workspace: Workspace, problems: Iterable[Problem]
) -> Iterator[list[Edit]]:
    """Yield, for each of the problems of the edited file, the edits that would mend it."""
    answers: Callable[[Problem, str], list[Edit]] | None = None
    for problem in problems:
        words = edited.line(problem.place)[problem.start : problem.end]
        if problem.message.code == MISQUOTED and sum(mark in MARKS for mark in words) > 1:
            text = straight_value(words)
            yield [Edit(f"Write `{text}`", problem.place, problem.start, problem.end, text)]
        elif problem.message.code.startswith("unbound-"):
            answers = answers or _accounting(edited, workspace)
            yield answers(problem, words)
        else:
            yield problem.mends


def _accounting(edited: EditedFile, workspace: Workspace) -> Callable[[Problem, str], list[Edit]]:
    """Return the function that gives the edits which account for words of a problem."""
    source = edited.source(workspace.root)
    parts = edited.texts(source)
    code = [(place, text) for kind, place, text in parts if kind == "code"]
    prose = [(place, masked(text)) for kind, place, text in parts if kind == "markdown"]
    editions, _ = workspace.editions(source)
    entries = workspace.citations(tuple(editions[0].settings.bibliography))
    cited = [reference.key for reference in references_in(prose) if reference.key in entries]
    tables = tables_of(list(table_calls(code)), workspace.table)
    keys = list(dict.fromkeys([*reversed(cited), *entries]))

    def answers(problem: Problem, words: str) -> list[Edit]:
        values = workspace.values(edited.path, problem.place.cell)
        return account_for(problem, words, values, tables, keys)

    return answers


@contextmanager
def _reported(edited: EditedFile, problems: list[Problem]) -> Iterator[None]:
    """Turn a fault in the block into a problem of the edited file."""
    try:
        place = Place(str(edited.path))
        with guarded(place, "checking this text"), bounded_work(place, "checking this text"):
            yield
    except BroadsheetError as error:
        problems.append(located(edited, error))


# Metadata


def _of_configuration(workspace: Workspace) -> list[Message]:
    project = workspace.project_in_the_editor()
    return [*project.notices(), *_of_layer(project.text, project.metadata, project)]


def _of_layer(text: YamlText, data: dict[str, object], project: Project) -> list[Message]:
    """Return the messages about metadata that a file gives to several pages."""
    faults, notices = faults_of_layer(text, data, project)
    return [*faults, *notices]


# Sources


def _of_source(edited: EditedFile, workspace: Workspace, problems: list[Problem]) -> list[Message]:
    """Return the messages about a source, and add the problems in its text to ``problems``."""
    source = edited.source(workspace.root)
    texts = edited.texts(source)
    markdown = [(place, text) for kind, place, text in texts if kind == "markdown"]
    code = [(place, text) for kind, place, text in texts if kind == "code"]
    problems += unknown_tables(code, workspace.tables)
    names = names_in(cell.source for cell in source.cells() if cell.cell_type == "code")
    problems += unknown_names(markdown, names)
    with _reported(edited, problems):
        for values, place, text in _yaml_texts(edited, source):
            problems += unknown_names_in_yaml(values, place, text, names)
    for place, text in markdown:
        errors = workspace.errors(edited.path, place.cell)
        problems += misspelt(place, text, errors, workspace.run)
    problems += _article_links(markdown, workspace)
    problems += _in_attributes(markdown)
    messages: list[Message] = []
    with _reported(edited, problems):
        messages += [message for options in source.options for message in unknown_options(options)]
    editions: list[Edition] = []
    with _reported(edited, problems):
        editions, notices = workspace.editions(source)
        messages += notices
    with _reported(edited, problems):
        problems += _misfits(edited, source, editions)
    if editions:
        settings = editions[0].settings
        problems += _references(source, markdown, workspace, settings)
        if not settings.unchecked:
            problems += _numbers(edited, markdown, settings.lang, workspace)
            claims = claims_of(edited, markdown, settings.lang, workspace)
            problems += refused(claims, workspace.run)
        messages += _stale(markdown, editions, workspace)
    return messages


def _yaml_texts(edited: EditedFile, source: Source) -> Iterator[tuple[object, Place, str]]:
    """Yield the values of each key of the front matter, and of the options of each cell, with the
    place where they are written, and the text from there to the end of the YAML.
    """
    front = source.front_matter
    for key in front.data:
        place = front.place((key,))
        if (key,) in front.lines and place.file == str(edited.path):
            lines = edited.lines(place.cell)[(place.line or 1) - 1 :]
            within = takewhile(lambda line: line.rstrip() not in ("---", "..."), lines)
            yield front.data[key], place, "\n".join(within)
    for number, options in enumerate(source.options, start=1):
        yield options.options, source.place(number, 1), "\n".join(options.lines)


def _misfits(edited: EditedFile, source: Source, editions: Iterable[Edition]) -> Iterator[Problem]:
    """Yield the values that editions give to parameters and that do not fit, at their own places."""
    parameters = declared(source)
    front, seen = source.front_matter, set[tuple[str, bytes]]()
    for edition in editions:
        at = edition.declared.at if edition.declared else ()
        for name, value in edition.parameters.items():
            if (name, bytes_of(value)) in seen:
                continue
            seen.add((name, bytes_of(value)))
            try:
                bind(source, {name: value})
            except ParameterError as error:
                paths = [(*at, "parameters", name), (*at, "matrix", name), at]
                path = next((candidate for candidate in paths if candidate in front.lines), ())
                place = front.place(path)
                line, written = edited.line(place), str(value) if name in parameters else name
                start = max(
                    line.find(written, line.find(name) + len(name) * (name in parameters)), 0
                )
                end = start + len(written) if line[start:].startswith(written) else len(line)
                message = ParameterError(place, error.what, error.mend)
                yield Problem(message, start, end)


def _references(
    source: Source,
    markdown: list[tuple[Place, str]],
    workspace: Workspace,
    settings: FrontMatter,
) -> Iterator[Problem]:
    """Yield the references without a target."""
    included = [workspace.text(name) for name in source.includes]
    labels = labels_in(source, [*included, *(text for _, text in markdown)])
    references = source.front_matter.data.get("references")
    keys = (
        {str(reference.get("id")) for reference in references if isinstance(reference, dict)}
        if isinstance(references, list)
        else ()
    )
    entries = {*workspace.citations(tuple(settings.bibliography)), *keys}
    kinds = [kind.key for kind in settings.crossref.custom] if settings.crossref else []
    is_held = bool(entries) or workspace.catalogue is not None
    for reference in references_in((place, masked(text)) for place, text in markdown):
        if reference.is_citation(kinds):
            if not is_held or reference.key in entries:
                continue
            what, targets = f"the citation `@{reference.key}` is not in the bibliography", entries
            mend = "Add an entry with this key, or mend the key."
        else:
            if is_label(reference.key, labels):
                continue
            targets = {
                label
                for label in labels
                if label.partition("-")[0] == reference.key.partition("-")[0]
            }
            what = f"the reference `@{reference.key}` has no target"
            mend = (
                f"Give a figure, table, section … the id `#{reference.key}`, or mend the reference."
            )
        notice = Notice(
            reference.place,
            what,
            question(reference.key, targets) + mend,
            topic="missing-reference",
        )
        yield Problem(notice, reference.column, reference.column + len(reference.key))


def _article_links(markdown: list[tuple[Place, str]], workspace: Workspace) -> Iterator[Problem]:
    """Yield the links `article:SLUG` to articles that do not exist."""
    for place, text in markdown:
        shown = masked(text)
        for match in _ARTICLE.finditer(text):
            slug, start = match["slug"], match.start("slug")
            if shown[match.start()] == "]" and slug not in workspace.slugs:
                where, column = placed(place, text, start)
                notice = Notice(
                    where,
                    f"`article:{slug}`: no article has that slug",
                    question(slug, workspace.slugs) + "A slug is the name of an article's folder.",
                    topic="missing-reference",
                )
                yield Problem(notice, column, column + len(slug))


def _in_attributes(markdown: list[tuple[Place, str]]) -> Iterator[Problem]:
    """Yield the attributes in typographic quotation marks, and the words for which their author answers
    and does not say why.
    """
    for place, text in markdown:
        read = without_code(text)
        for finder, message in ((misquoted_in, fault_of_quotes), (without_reason_in, no_reason)):
            for start, written in finder(read):
                where, column = placed(place, text, start)
                first = written.partition("\n")[0]
                yield Problem(message(where, written), column, column + len(first))


def _numbers(
    edited: EditedFile, markdown: list[tuple[Place, str]], language: str, workspace: Workspace
) -> Iterator[Problem]:
    """Yield the words that nothing accounts for."""
    folder = workspace.root / FOLDER
    for part in markdown:
        values = workspace.values(edited.path, part[0].cell)
        for place, column, words in unaccounted([part], values, language, folder):
            notice = replace(words.notice(place), what=f"nothing accounts for “{words.words}”")
            yield Problem(notice, column, column + len(words.words))


def _stale(
    markdown: list[tuple[Place, str]], editions: list[Edition], workspace: Workspace
) -> Iterator[Message]:
    """Yield notices of words that are true only on one day."""
    settings = editions[0].settings
    days = {edition.settings.day for edition in editions if edition.settings.day is not None}
    passages = [passage for place, text in markdown for passage in source_passages(text, place)]
    yield from stale(passages, Known(settings.day, days), settings.lang, workspace.root / FOLDER)
