"""Values of the pipeline, stored where its stages meet, so that a test of a later stage starts no
process: the pages and articles of the tiny publications in `sites/`, in `site/values/CASE.json`.

`python scripts/write_test_values.py` writes them anew; `site/test_stored_values.py` holds that they
are what the pipeline makes today.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broadsheet.data.catalogue import update_hashes
from broadsheet.markdown.document import Inline
from broadsheet.project.project import open_project
from broadsheet.site.article import article_store
from broadsheet.site.article.article import Article
from broadsheet.site.article.article_store import Articles
from broadsheet.site.index.build_record import PageRecord, read_record
from broadsheet.site.index.site_index import Index, index_of
from broadsheet.site.theme.theme_files import load_theme

TESTS = Path(__file__).parent
SITES = TESTS / "sites"
VALUES = TESTS / "site/values"
CASES = sorted(path.name for path in SITES.iterdir() if not path.name.endswith(".expected"))
DAY = "1709280000"
"""1 March 2024, on which the publications are built."""
VARYING = [
    (r"(?<=[-.])[0-9a-f]{8,64}(?=[./\"]|$)", "DIGEST"),
    (r"plotly/plotly[\w.-]*\.js", "plotly/plotly.js"),  # npm's small ones, where there is npm
    (r'<link rel="preload" as="font"[^>]*>\n', ""),  # made by the set-up
    (r"<svg\b[^>]*\bclass=\"chart-.*?</svg>", "<svg>DRAWING</svg>"),
]
"""What depends on the machine, and what it is written as where texts are compared."""


@dataclass(frozen=True)
class StoredPage:
    """A page as the build records it, and its article."""

    record: PageRecord
    article: Article


@dataclass(frozen=True)
class Stored:
    """What a publication's site is made of: its pages, and the texts of its footer."""

    pages: tuple[StoredPage, ...]
    footer: dict[str, Inline]


def copied(case: str, work: Path) -> Path:
    """A publication of `sites/`, as a folder of its own below ``work``."""
    root = shutil.copytree(SITES / case, work / case)
    if (root / "data").is_dir():
        update_hashes(root)
    return root


def made_now(case: str, work: Path) -> Stored:
    """The values of a publication, as the pipeline makes them now: by kernels, Pandoc, a browser."""
    from broadsheet.markdown.pandoc import Pandoc
    from broadsheet.site.build.build import build
    from broadsheet.site.build.site_texts import site_texts

    root = copied(case, work)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", DAY)
        assert not build(root, jobs=1).faults
    store, records = Articles(root), read_record(root / "_site").pages
    with Pandoc(1, root=root) as pandoc:
        footer = dict(site_texts(open_project(root), pandoc).by_name)
    pages = []
    for _, record in sorted(records.items()):
        article = store.get(record.content)
        assert article is not None
        kept = replace(record, content="", inputs={}, files=(), anchors=(), answer=None)
        pages.append(StoredPage(kept, article))
    return Stored(tuple(pages), footer)


def as_json(values: Stored) -> str:
    """Values as the text of a file of `values/`."""
    data = json.loads(msgspec.json.encode(values, enc_hook=article_store._encoded))
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def stored(case: str) -> Stored:
    """The values of a publication, as they are stored."""
    text = (VALUES / f"{case}.json").read_text("utf-8")
    return msgspec.json.decode(text, type=Stored, dec_hook=article_store._decoded)


def stored_index(case: str, work: Path) -> Index:
    """The index of a publication's site, of its stored pages: all that lists, feeds and pages are made
    of.
    """
    project, values = open_project(copied(case, work)), stored(case)
    pages = {page.record.meta.path: page for page in values.pages}
    return index_of(
        {path: replace(page.record, content=path) for path, page in pages.items()},
        lambda path: pages[path].article if path in pages else None,
        project,
        load_theme(project),
        values.footer,
    )


def fixed(text: str) -> str:
    """A text without what depends on the machine."""
    for pattern, name in VARYING:
        text = re.sub(pattern, name, text, flags=re.DOTALL)
    return text


def fixed_json(text: str) -> Any:
    """What a file of `values/` says, without what depends on the machine."""
    return _fixed(json.loads(text))


def _fixed(value: Any) -> Any:
    if isinstance(value, str):
        return fixed(value)
    if isinstance(value, list):
        return [_fixed(each) for each in value]
    if isinstance(value, dict):
        return {key: _fixed(each) for key, each in value.items()}
    return value
