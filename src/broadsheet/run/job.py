"""One run. A worker process does it: it knows nothing else of the publication, and imports little."""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.errors import BroadsheetError, ExecutionError, Place, place_in, unexpected
from broadsheet.processes import secret_values
from broadsheet.processes.extras import distribution_of
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.kernels import (
    PYTHON,
    how_to_install,
    installed_kernels,
    kernel_for,
    shown_language,
)
from broadsheet.run import installs, page_format
from broadsheet.storage import limits, store
from plotly_alive.errors import enumerated

ENGINE = "warm"
WARM_UP = "broadsheet.run.preload"
"""The module that the engine warms up for us."""
START = 120
"""Seconds by the clock for a kernel to start, on a machine that may be busy."""
MAY_FAIL = "raises-exception"
"""Jupyter's tag of a cell whose error is one of its outputs and does not end the run."""
PAPERMILL_NAMES = {"r": "R"}
"""The names that papermill has for languages, where they are not in small letters."""
_ALLOCATIONS = 20_000
"""The objects that a worker process makes before its collector of garbage looks at them."""
_PYTHON = "python3"
"""The name of the kernel of Python."""
_NO_MODULE = re.compile(r"No module named '([^']+)'")
_ADDRESS = re.compile(r"\bhttps?://")
_OFFLINE = frozenset(
    {
        "ClientConnectorError",
        "ConnectError",
        "ConnectTimeout",
        "ConnectionError",
        "ConnectionRefusedError",
        "MaxRetryError",
        "NameResolutionError",
        "NewConnectionError",
        "ProxyError",
        "URLError",
        "gaierror",
    }
)
"""Exceptions of a cell that could not reach another machine."""
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Job:
    """One run, or the runs of one notebook with changed tables. Paths are absolute."""

    file: str
    """The path of the source from the root, for messages."""
    script: str
    """The notebook's JSON."""
    parameters: Mapping[str, object]
    """The values of the parameters."""
    root: Path
    """The folder of the publication."""
    folder: Path
    """The folder in which the notebook runs."""
    partial: Path
    """The file of the notebook as far as it ran. It is kept if the run fails."""
    time_limit: float
    """The seconds that a cell may run."""
    memory_limit: str | None = None
    """The memory that the run may take."""
    last_read: frozenset[str] = frozenset()
    """The files that the last run read, from the root."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """The values that its publication gives to limits, by their names."""
    places: tuple[Place, ...] = ()
    """The places of the source's cells, if it is Markdown."""
    may_install: bool = False
    """Cells may change the installed libraries."""
    changes: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    """The changes of tables, if the job is the runs with these."""
    settings: str = ""
    """The settings of the page that its code asks for, as JSON; empty if it asks for none."""


def prepare_worker() -> None:
    """Import what runs need, in a worker process. What is imported stays; so the collector of garbage
    does not look at it meanwhile, and afterwards looks seldom.
    """
    gc.disable()
    import papermill  # noqa: F401

    import papermill_warm.papermill_engine  # noqa: F401

    gc.set_threshold(_ALLOCATIONS)
    gc.enable()


def run(job: Job) -> str:
    """Do one job, in a worker process. Return the notebook that ran, as JSON. Raises
    :class:`ExecutionError`.
    """
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from papermill_warm import WarmEngine
    from papermill_warm.papermill_engine import SAID, StoppedError
    from papermill_warm.settings import SettingsError

    papermill_engines.register(ENGINE, WarmEngine)
    _teach_dates()
    _name_in_log(job.file)
    SAID.clear()  # each article has its own warnings
    store.make_room(job.partial)
    os.environ.update(
        {
            "PLOTLY_RENDERER": "plotly_mimetype",
            page_format.ROOT: str(job.root),
            page_format.LIMITS: json.dumps(job.limits),
            "PYTHONHASHSEED": "0",
            **installs.variables(job.may_install),
            **page_format.page_variables(job.root / job.file, job.root, job.settings, job.partial),
        }
    )
    libraries = frozenset() if job.may_install else installs.libraries()
    try:
        with secret_values.withheld(), limits.under(job.limits):
            ran = _executed(job)
        if not job.may_install:
            _refuse_changed(job, libraries)
        job.partial.unlink(missing_ok=True)
        Path(os.environ[page_format.INFO]).unlink(missing_ok=True)
        return json.dumps(ran)
    except PapermillExecutionError as error:
        raise _raised(job, error.ename, error.evalue, error.traceback) from None
    except CellTimeoutError:
        authors = _authors(job, _stopped_in(job))
        raise _failed(
            job,
            f"the cell ran longer than {job.time_limit:g} s",
            "Make it faster, or raise `broadsheet: time-limit:` in _quarto.yml.",
            "\n".join(authors),
            _line_of(authors),
        ) from None
    except StoppedError as error:
        raise _failed(job, *_too_much(job, error.reason)) from None
    except DeadKernelError:
        raise _failed(job, *_died(job)) from None
    except nbformat.ValidationError as error:
        kinds = [str(part) for part in getattr(error, "path", ()) if "/" in str(part)]
        raise ExecutionError(
            _place(job),
            "an output cannot be held by a notebook" + (f": the kind {kinds[-1]}" if kinds else ""),
            "Show it in another form: of altair's charts "
            '`alt.renderers.enable("svg")` makes pictures, with the package vl-convert-python.',
        ) from None
    except SettingsError as error:
        raise ExecutionError(
            Place(job.file), f"the engine has a wrong setting: {error}", "Correct it there."
        ) from None
    except NoSuchKernel as error:
        language = json.loads(job.script)["metadata"]["kernelspec"]["language"]
        missing = ExecutionError(
            Place(job.file),
            f"there is no Jupyter kernel {error.name!r} here",
            f"{how_to_install(language)} If its code is in Python, set its kernel to python3.",
        )
        missing.lacks = f"the kernel {error.name!r}"
        raise missing from None
    except RuntimeError as error:
        if not str(error).startswith("Kernel d"):
            raise _unexpected(job, error) from error
        raise ExecutionError(
            Place(job.file),
            f"its kernel did not start: {error}",
            "Run it again; see that its kernel works in Jupyter, or ipykernel in this environment.",
        ) from None
    except BroadsheetError:
        raise
    except Exception as error:
        raise _unexpected(job, error) from error


def _executed(job: Job) -> NotebookNode:
    """Do what `papermill.execute_notebook` does, by its parts: as a whole it would also write the
    executed notebook to a file, with a validation and two copies of all outputs.
    """
    script: NotebookNode = nbformat.from_dict(json.loads(job.script))
    if script.metadata.kernelspec.language == PYTHON:
        return _executed_by(ENGINE, job, script, {"warm_up": WARM_UP})
    from broadsheet.run.other_kernels import OTHER_ENGINE
    from broadsheet.run.parts import part_in_python, refusing, taken_apart, together

    if job.changes:  # of tables, of which another kernel hears nothing
        return _executed_by(ENGINE, job, part_in_python(script), {"warm_up": WARM_UP})
    main, python = taken_apart(script)
    ran = _executed_by(OTHER_ENGINE, job, main if job.may_install else refusing(main), {})
    if python is not None:
        python = _executed_by(ENGINE, job, python, {"warm_up": WARM_UP})
    return together(script, ran, python)


def _executed_by(
    engine: str, job: Job, script: NotebookNode, options: Mapping[str, Any]
) -> NotebookNode:
    """Return the executed notebook, by one of the engines."""
    from papermill.engines import papermill_engines
    from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors
    from papermill.parameterize import parameterize_notebook
    from papermill.utils import chdir

    notebook, partial = _prepared(script), str(job.partial)
    kernel = _kernel(notebook)
    language = notebook.metadata.kernelspec.language
    is_given = job.parameters and any("parameters" in cell.metadata.tags for cell in script.cells)
    if is_given or (job.parameters and language == PYTHON):
        notebook = parameterize_notebook(
            notebook,
            _recordable(job.parameters),
            kernel_name=kernel,
            language=PAPERMILL_NAMES.get(language, language),
            engine_name=engine,
        )
    if job.changes:
        from broadsheet.run import mutation_runs

        seconds = job.time_limit / (1 + len(job.changes))
        notebook = mutation_runs.notebook_of(
            notebook, job.changes, job.partial.parent, seconds, MAY_FAIL
        )
    notebook = prepare_notebook_metadata(notebook, job.file, partial)
    with chdir(str(job.folder)):
        ran: NotebookNode = papermill_engines.execute_notebook_with_engine(
            engine,
            notebook,
            kernel_name=kernel,
            output_path=partial,
            progress_bar=False,
            start_timeout=START,
            execution_timeout=job.time_limit,
            memory_limit=job.memory_limit,
            most_output=limits.TABLE["output-size"].value,
            most_outputs=limits.TABLE["outputs"].value,
            **options,
        )
    raise_for_execution_errors(_without_expected_errors(ran), partial)
    return ran


def _prepared(script: NotebookNode) -> NotebookNode:
    """Return a copy of the notebook with the metadata that papermill needs. Its own function would
    write and parse the notebook, and validate it twice; this program has made it.
    """
    from papermill.version import version

    notebook: NotebookNode = json.loads(
        json.dumps(script, sort_keys=True), object_hook=NotebookNode
    )
    notebook.metadata["papermill"] = NotebookNode(
        default_parameters={}, parameters={}, environment_variables={}, version=version
    )
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata["papermill"] = NotebookNode()
    return notebook


def _without_expected_errors(ran: NotebookNode) -> NotebookNode:
    """Return the same cells; those that may fail have no outputs."""
    cells = [
        NotebookNode({**cell, "outputs": []}) if MAY_FAIL in cell.metadata.get("tags", ()) else cell
        for cell in ran.cells
    ]
    return NotebookNode({**ran, "cells": cells})


def _refuse_changed(job: Job, before: frozenset[str]) -> None:
    """Raise :class:`ExecutionError` if the installed libraries are not those of ``before``."""
    now = installs.libraries()
    if now == before:
        return
    changes = [f"{name} is new" for name in sorted(now - before)]
    changes += [f"{name} is gone" for name in sorted(before - now)]
    raise ExecutionError(
        Place(job.file),
        "the libraries of the environment that Broadsheet runs in changed while this article ran: "
        + enumerated(changes, 3),
        f"If a cell installs them: {installs.MEND} If you did, build again.",
    )


def _kernel(notebook: NotebookNode) -> str:
    """Return the notebook's kernel. A kernel that is not installed here belongs to another machine's
    environment, and one of its language takes its place: of Python its own.
    """
    spec = notebook.metadata.kernelspec
    name = str(spec.name)
    if name == _PYTHON or name.lower() in installed_kernels():
        return name
    other = _PYTHON if spec.language == PYTHON else kernel_for(str(spec.language))
    if not other:
        return name
    logging.getLogger("papermill").warning(
        "there is no Jupyter kernel %r here: %s runs this notebook", name, other
    )
    return other


def _name_in_log(file: str) -> None:
    """Have the engine's warnings name the article; errors are returned, and need no line in the
    log.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(f"warning: {file.replace('%', '%%')}: %(message)s"))
    handler.addFilter(lambda record: record.levelno == logging.WARNING)
    logging.getLogger("asyncio").setLevel(
        logging.CRITICAL
    )  # tasks of nbclient's that ended with their notebook
    log = logging.getLogger("papermill")
    log.handlers[:], log.propagate = [handler], False


def _raised(job: Job, kind: str, message: str, traceback: Sequence[str]) -> ExecutionError:
    """Return the error of a cell that raised an exception, with the author's frames of its
    traceback.
    """
    if (language := _language_at_stop(job)) != PYTHON:
        return _raised_elsewhere(job, language, kind, message, traceback)
    if not traceback:
        # IPython prints a group of exceptions; of text that is no UTF-8 nothing comes at all.
        match = re.search(r"^[\s|+]*(\w+Group: .*)", _printed(job), re.MULTILINE)
        kind, message = match[1] if match else "an exception whose text cannot be passed on", ""
    authors = _authors(job, traceback)
    # Of a cell that is no Python, IPython names a file that nobody has.
    message = re.sub(r" \((?:\d+\.py|<[^>]*>), line \d+\)$", "", message)
    what = f"{kind}: {message}" if message else kind
    lacks = _lacked(job, kind, message)
    missing = _NO_MODULE.search(message) if lacks else None
    mend = _install(missing[1]) if missing else _MENDS.get(what) or _MENDS.get(kind, "")
    if ours := _OURS.match(message):
        what, mend = f"{kind}: {ours['what']}", ours["mend"]
        authors = [*ours["detail"].replace("\n  │ ", "\n").split("\n")[1:], *authors]
    unknown = _NO_NAME.match(message) if kind == "NameError" else None
    if unknown and (imported := _IMPORTED.get(unknown[1])):
        mend = f"Begin the cell with `{imported}`."
    error = _failed(job, what, mend, "\n".join(authors), _line_of(authors))
    error.lacks = lacks
    error.cause = (
        ours["what"] if ours and kind in ("ConfigError", "DataError") else f"{error.where}: {kind}"
    )
    return error


def _language_at_stop(job: Job) -> str:
    """Return the language of the cell in which the notebook stopped."""
    try:
        partial = nbformat.read(job.partial, as_version=4)
    except (FileNotFoundError, ValueError):
        return PYTHON
    return str(partial.metadata.get("kernelspec", {}).get("language", PYTHON))


def _died(job: Job) -> tuple[str, str]:
    """Return what is wrong if the kernel has died, and what to do."""
    way = ", or called os._exit" if _language_at_stop(job) == PYTHON else ""
    return "the cell took its kernel down", f"It may have run out of memory{way}."


def _raised_elsewhere(
    job: Job, language: str, kind: str, message: str, traceback: Sequence[str]
) -> ExecutionError:
    """Return the error of a cell in another language, with what its kernel says."""
    said = _ANSI.sub("", message).strip() or _ANSI.sub("", "\n".join(traceback)).strip()
    mend = ""
    if kind == "SystemExit":
        what, frames = f"the cell ends {shown_language(language)}", _printed(job, "stdout")
        mend = _MENDS[kind] + (_WITH_SET_E if language == "bash" else "")
    elif language == "bash" and said.isdigit():
        what, frames = f"the cell ended with exit code {said}", _printed(job, "stdout")
    else:
        first, _, rest = said.partition("\n")
        what, frames = first.strip() or f"{kind} in {shown_language(language)}", rest
        mend = _NO_PARAMS if "'params'" in what else _install_in(language, what)
    lines = frames.strip().splitlines()[-_LAST_LINES:]
    error = _failed(job, what, mend, "\n".join(lines))
    error.lacks = _lacked_elsewhere(what)
    error.cause = f"{error.where}: {what}"
    return error


_NO_PARAMS = (
    "They are knitr's, which is not used. Assign the parameters in a cell with `#| tags: [parameters]`, "
    "`year <- 2022`, and write `year` for `params$year`."
)
_WITH_SET_E = " After `set -e`, mend the command that failed."
"""The advice that follows where Bash may have ended at a failed command."""
_LAST_LINES = 12
"""The lines of a failed command's output that a message shows."""
_NO_PACKAGE = re.compile(
    r"there is no package called .(?P<r>[\w.]+)|Package (?P<julia>\w+) not found"
)


def _lacked_elsewhere(message: str) -> str:
    missing = _NO_PACKAGE.search(message)
    return f"the library `{missing['r'] or missing['julia']}`" if missing else ""


def _install_in(language: str, message: str) -> str:
    missing = _lacked_elsewhere(message)
    return f"Install it in {shown_language(language)}." if missing else ""


def _lacked(job: Job, kind: str, message: str) -> str:
    """Return what a cell needs and this machine does not have, by its exception; "" if it is not
    that.
    """
    if kind in _OFFLINE or (kind == "OSError" and _ADDRESS.search(message)):
        return "the network"
    missing = _NO_MODULE.search(message) if kind == "ModuleNotFoundError" else None
    if missing is None:
        return ""
    name = missing[1].partition(".")[0]
    modules = (folder / f"{name}{end}" for folder in (job.folder, job.root) for end in ("", ".py"))
    return "" if any(path.exists() for path in modules) else f"the library `{name}`"


def _authors(job: Job, traceback: Sequence[str]) -> list[str]:
    """Return the frames of a traceback that are in the notebook or in a file of the publication,
    without the lines that stand for cell options.
    """
    frames = []
    for raw in traceback:
        frame = _ANSI.sub("", raw).rstrip().replace(f"File {_shown(job.root)}/", "File ")
        file = re.match(r"File (?![/~<.])([^:\n]+)", frame)
        if re.match(r"\s*Cell In\[", frame) or (file and (job.root / file[1]).is_file()):
            frames.append(_OPTION_LINE.sub("", frame))
    return frames


_OPTION_LINE = re.compile(r"^ +\d+ #$\n", re.MULTILINE)
_OURS = re.compile(r"(?P<what>.+)\n  → (?P<mend>.+)(?P<detail>(?:\n  │ .*)*)\Z")
"""The message of an error of ours, which says itself what to do."""
_MENDS = {
    "MemoryError": "Read or make less at a time.",
    "SyntaxError: incomplete input": "Close the bracket, the quotation mark or the block.",
    "SystemExit": "Take the exit out: a notebook runs to its end.",
}
_UNREADABLE = (
    "Write whole numbers of thousands of digits as text, and take out what replaces functions of "
    "Python or IPython for the whole process, such as `json.dumps = …`."
)
_NO_NAME = re.compile(r"name '(\w+)' is not defined")
_IMPORTED = {
    "Annotated": "from typing import Annotated",
    "Literal": "from typing import Literal",
    "bs": "import broadsheet as bs",
    "date": "from datetime import date",
    "go": "import plotly.graph_objects as go",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "px": "import plotly.express as px",
}
"""The statements that import names that cells use without."""


def _install(module: str) -> str:
    """Return advice on installing the library of a missing module."""
    command = f"{sys.executable} -m pip install {distribution_of(module)}"
    return (
        "If that is its name: notebooks run in the environment of Broadsheet, "
        f"{sys.prefix}: install the library there, `{command}`, or put a module of your own beside the notebook."
    )


def _shown(root: Path) -> str:
    """Return a path as IPython shows it in a traceback."""
    return f"~/{root.relative_to(Path.home())}" if root.is_relative_to(Path.home()) else str(root)


def _failed(
    job: Job, what: str, mend: str, detail: str = "", line: int | None = None
) -> ExecutionError:
    """Return the error of a run whose partial notebook is kept."""
    partial = f"The notebook as far as it ran is {job.partial.relative_to(job.root)}."
    frames = _in_source(job, detail)
    error = ExecutionError(_place(job, line), what, f"{mend} {partial}".lstrip(), frames)
    error.partial = str(job.partial)
    return error


def _place(job: Job, line: int | None = None) -> Place:
    """Return the cell in which the notebook stopped, or the ``line`` of it."""
    return place_in(job.file, job.places, _stopped_at(job), line)


def _too_much(job: Job, reason: str) -> tuple[str, str]:
    """Return the fault of a cell whose run was stopped early, and the mend."""
    if reason == "stopped":
        return "the cell stopped its own process by a signal", "Take SIGSTOP out."
    if reason == "time":
        mend = "Make it faster, or raise `time-limit` of `tool.papermill-warm` in pyproject.toml."
        return "the notebook ran longer than the engine's limit of time", mend
    if reason == "unreadable":
        return "the cell made its process send what is no output", _UNREADABLE
    limit, verb, mend = limits.TABLE[reason], "has", "Put them into one output"
    if limit is limits.TABLE["output-size"]:
        verb, mend = "put out", "Print less, or draw fewer points"
    most = limit.shown(job.limits.get(limit.name, limit.standard))
    return f"the cell {verb} more than {most}, the limit", f"{mend}.{limit.mend}"


def _unexpected(job: Job, error: Exception) -> BroadsheetError:
    return unexpected(error, _place(job), "running this notebook")


def _partial_cells(job: Job) -> Sequence[NotebookNode]:
    """Return the cells of the notebook as far as it ran; papermill has marked them."""
    try:
        cells: Sequence[NotebookNode] = nbformat.read(job.partial, as_version=4).cells
    except (FileNotFoundError, ValueError):
        return ()
    return cells


def _stopped_at(job: Job) -> int | None:
    """Return the source cell in which the notebook stopped: the failed one, or the last that began."""
    marks = [
        (cell.metadata.get("papermill", {}), cell.metadata.get("broadsheet", {}).get("cell"))
        for cell in _partial_cells(job)
    ]
    failed = [number for mark, number in marks if mark.get("status") == "failed"]
    begun = [number for mark, number in marks if mark.get("start_time")]
    return next((number for number in (*failed, *reversed(begun)) if number), None)


def _printed(job: Job, stream: str = "stderr") -> str:
    """Return the failed cell's output to a stream."""
    return "".join(
        output.text
        for cell in _partial_cells(job)
        if cell.metadata.get("papermill", {}).get("status") == "failed"
        for output in cell.get("outputs", ())
        if output.get("name") == stream
    )


def _stopped_in(job: Job) -> Sequence[str]:
    """Return the traceback of the last cell that was stopped."""
    tracebacks: list[Sequence[str]] = [
        output.traceback
        for cell in _partial_cells(job)
        for output in cell.get("outputs", ())
        if output.get("output_type") == "error"
    ]
    return tracebacks[-1] if tracebacks else ()


def _line_of(frames: Sequence[str]) -> int | None:
    """Return the line at which the cell was that was run: the first of the frames in a cell."""
    lines = (_FRAME.match(frame) for frame in frames)
    return next((int(line["line"]) for line in lines if line), None)


_FRAME = re.compile(r"(?P<before>\s*)Cell In\[(?P<count>\d+)\], line (?P<line>\d+)")


def _in_source(job: Job, frames: str) -> str:
    """Return the frames of a traceback with their cells as the author counts them. IPython counts
    the cells that ran, among them those that are no author's.
    """
    numbers = {
        cell.get("execution_count"): cell.metadata["broadsheet"]["cell"]
        for cell in _partial_cells(job)
        if "broadsheet" in cell.metadata and inline.TAG not in cell.metadata.get("tags", [])
    }

    def named(match: re.Match[str]) -> str:
        number, line = numbers.get(int(match["count"])), int(match["line"])
        if not number:
            return match[0]
        place = place_in(job.file, job.places, number, line)
        at = f"cell {place.cell}, line {place.line}" if place.cell else f"line {place.line}"
        return match["before"] + (at if place.file == job.file else str(place))

    return _FRAME.sub(named, frames)


class _Day(str):
    """A date for papermill, which records it as a string in the notebook's metadata, and as a date
    in its code.
    """


def _recordable(parameters: Mapping[str, object]) -> dict[str, object]:
    def recordable(value: object) -> object:
        if isinstance(value, list):
            return [recordable(item) for item in value]
        return _Day(value.isoformat()) if isinstance(value, date) else value

    return {name: recordable(value) for name, value in parameters.items()}


def _teach_dates() -> None:
    """Have papermill write a :class:`_Day` as a date."""
    from papermill.translators import PythonTranslator, papermill_translators

    class WithDates(PythonTranslator):  # type: ignore[misc]
        @classmethod
        def translate(cls, val: object) -> str:
            if isinstance(val, _Day):
                return f"__import__('datetime').date.fromisoformat({str(val)!r})"
            return str(super().translate(val))

    papermill_translators.register("python", WithDates)
