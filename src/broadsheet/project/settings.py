"""The keys that we know, as typed models; their names are Quarto's, in kebab case.

A key that no model has is kept (a template or a listing may use it) and reported, with its line, by
:func:`check`. Keys that only Quarto acts on stand in the models too, so that they pass in silence:
both renderers read the same files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date as Date
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from wcmatch import glob
from wcmatch._wcparse import PatternLimitException

from broadsheet import limits
from broadsheet.environment import OWN
from broadsheet.errors import ConfigError, Notice
from broadsheet.files import LONGEST_NAME
from broadsheet.project.colours import check_colours
from broadsheet.project.yaml_text import Path, YamlText
from broadsheet.schemes import LINKS, is_link, scheme_of

Anything = Any
"""The value of a key that only Quarto acts on."""

Strings = list[str]


def _globs(patterns: list[str]) -> list[str]:
    """Globs that can be matched in reasonable time; an empty one would stand for the whole disk."""
    if any(not pattern.strip("!/ ") for pattern in patterns):
        raise ValueError("a pattern is empty; `**` stands for all files")
    try:
        glob.globfilter(
            [],
            patterns,
            flags=glob.GLOBSTAR | glob.BRACE | glob.NEGATE | glob.DOTGLOB,
            limit=int(limits.PATTERNS.value),
        )
    except PatternLimitException:
        raise ValueError(
            f"its braces stand for more than {limits.PATTERNS.value:,.0f} patterns; write `*`"
        ) from None
    except Exception as error:
        raise ValueError(f"this is no pattern of file names: {error}") from None
    return patterns


def _no_number(value: object) -> object:
    """A day is written as one; pydantic would take a number for seconds since 1970."""
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and not _DAY.match(value)):
        raise ValueError(_NO_DAY)
    return value


def _fits_a_path(address: str) -> str:
    """An address none of whose parts is longer than a file's name may be."""
    if any(
        len(part.encode(errors="replace")) > LONGEST_NAME for part in re.split(r"[/?#]", address)
    ):
        raise ValueError(
            f"a part of it has more than {LONGEST_NAME} bytes, and no file can be called so"
        )
    if len(address.encode(errors="replace")) > _LONGEST_PATH:
        raise ValueError(
            f"it has more than {_LONGEST_PATH} bytes, and no file can be so deep in folders"
        )
    return address


_LONGEST_PATH = 2000
_NO_DAY = "input should be a valid date, or a date with a time"
_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d(?:\D|\Z)")
Globs = Annotated[Strings, AfterValidator(_globs)]
Day = Annotated[Date, BeforeValidator(_no_number)]
Moment = Annotated[Date | datetime, BeforeValidator(_no_number)]
Name = Annotated[str, Field(max_length=200)]
"""What an address is made of: of an author, of a topic."""
FilePath = Annotated[str, AfterValidator(_fits_a_path)]
"""A path or an address in the site."""


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Settings(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(
        alias_generator=_kebab, populate_by_name=True, extra="allow", frozen=True
    )


def _listed(value: object) -> object:
    """One string where a list of strings may stand."""
    return [value] if isinstance(value, str) else value


def _text_of_number(value: object) -> object:
    """A whole number where a text may stand."""
    return str(value) if type(value) is int else value


def _link(value: str | None) -> str | None:
    if value is not None and not is_link(value):
        raise ValueError(
            f"no link may have an address of the scheme `{scheme_of(value)}:`; there may be "
            f"{', '.join(sorted(LINKS))}"
        )
    return value


LinkAddress = Annotated[str | None, AfterValidator(_link)]
"""Where a link leads: a page or a file of the site, or an address of a scheme that a page may have.
"""


class Author(Settings):
    """A byline."""

    name: Name
    url: LinkAddress = None
    affiliation: Anything = None
    email: str | None = None
    orcid: str | None = None
    roles: Anything = None


class NavItem(Settings):
    """A link of the navigation or the footer."""

    href: LinkAddress = None
    text: str | None = None
    icon: str | None = None
    menu: list[NavItem] | None = None
    aria_label: str | None = None
    rel: str | None = None
    target: str | None = None


class Navbar(Settings):
    """`website: navbar`."""

    title: str | bool | None = None
    left: list[NavItem] = []
    right: list[NavItem] = []
    search: bool | None = None
    logo: Anything = None
    background: Anything = None
    pinned: Anything = None
    collapse: Anything = None

    @field_validator("left", "right", mode="before")
    @classmethod
    def _links(cls, value: object) -> object:
        return (
            [{"href": item} if isinstance(item, str) else item for item in value]
            if isinstance(value, list)
            else value
        )


class Footer(Settings):
    """`website: page-footer`: Markdown, or links, at the left, the centre, the right."""

    left: str | list[NavItem] | None = None
    center: str | list[NavItem] | None = None
    right: str | list[NavItem] | None = None
    border: Anything = None


class Website(Settings):
    """`website:`."""

    title: str = ""
    description: str = ""
    site_url: str = ""
    image: str | None = None
    favicon: str | None = None
    navbar: Navbar = Navbar()
    page_footer: Footer = Footer()
    open_graph: Anything = None
    twitter_card: Anything = None
    search: Anything = None
    repo_url: str | None = None
    page_navigation: Anything = None
    back_to_top_navigation: Anything = None
    bread_crumbs: Anything = None
    draft_mode: Anything = None
    reader_mode: Anything = None

    @field_validator("site_url")
    @classmethod
    def _full(cls, value: str) -> str:
        if not value:
            return value
        try:
            found = urlsplit(value)
            is_full = (
                found.scheme in ("http", "https") and bool(found.hostname) and (found.port or 1) > 0
            )
        except ValueError:
            is_full = False
        if not is_full or re.search(r"[\s<>\"'\\]", value):
            raise ValueError("this is no full address; one is https://example.org/news")
        return value

    @field_validator("navbar", "page_footer", mode="before")
    @classmethod
    def _switched(cls, value: object, info: Any) -> object:
        if isinstance(value, bool):
            return {}
        return (
            {"center": value}
            if isinstance(value, str) and info.field_name == "page_footer"
            else value
        )


class ProjectKeys(Settings):
    """`project:`."""

    type: str = "website"
    title: str | None = None
    output_dir: FilePath = "_site"
    render: Globs = []
    resources: Globs = []
    pre_render: Anything = None
    post_render: Anything = None
    preview: Anything = None
    execute_dir: Literal["file"] = "file"

    _lists = field_validator("render", "resources", mode="before")(_listed)


_NEEDS = {"buttondown": ("username",), "mailchimp": ("action",), "listmonk": ("url", "list_")}
"""What each provider of newsletters needs to be told."""


class Smtp(Settings):
    """`broadsheet: newsletter: smtp:`: the server that takes its messages. Passwords are not for a
    file.
    """

    host: str = Field(pattern=r"^[\w.:-]+$")
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None

    @model_validator(mode="after")
    def _secret(self) -> Self:
        if self.user and self.security == "none":
            raise ValueError(
                "a `user` logs in by `security: starttls` or `tls` alone: `none` would show the password"
            )
        return self


class Newsletter(Settings):
    """`broadsheet: newsletter:`: who keeps its list of readers, whom it comes from, how it is sent
    and left.
    """

    provider: Literal["buttondown", "mailchimp", "listmonk"] | None = None
    username: str | None = Field(default=None, pattern=r"^[\w-]+$")
    """At Buttondown."""
    action: str | None = Field(
        default=None,
        pattern=r"^https://[\w.-]+\.list-manage\.com/subscribe/post\?u=\w+&(amp;)?id=\w+",
    )
    """Where Mailchimp's own form for the list posts to."""
    url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    """Where listmonk is."""
    list_: str | None = Field(default=None, pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    """The list's UUID in listmonk."""
    api: str | None = Field(
        default=None, pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])[^\s?#]+$"
    )
    """Where the provider's API is, if not where it usually is."""
    from_: str | None = Field(default=None, pattern=r"^[^\r\n]+$")
    reply_to: str | None = Field(default=None, pattern=r"^[^\r\n]+$")
    unsubscribe: Strings = []
    """Addresses with `{address}` in them, `https:` or `mailto:`."""
    imprint: str = ""
    """Who sends it, at the foot of each message."""
    smtp: Smtp | None = None

    _lists = field_validator("unsubscribe", mode="before")(_listed)

    @field_validator("unsubscribe")
    @classmethod
    def _leads_out(cls, value: list[str]) -> list[str]:
        for one in value:
            if (
                not re.fullmatch(r'(https://|mailto:)[^\s<>,"]*\{address\}[^\s<>,"]*', one)
                or not one.isascii()
            ):
                raise ValueError(
                    f"{one!r} is no `https:` or `mailto:` address with `{{address}}` in it"
                )
        return value

    @model_validator(mode="after")
    def _told(self) -> Self:
        for name in _NEEDS.get(self.provider or "", ()):
            if getattr(self, name) is None:
                raise ValueError(f"`provider: {self.provider}` needs `{_kebab(name)}` beside it")
        return self


MOST_CACHE = 2**30
"""Megabytes that the cache may be given at most."""
MOST_DIGITS = 16
"""Letters that a memory limit has at most."""


class BroadsheetKeys(Settings):
    """`broadsheet:`, our own key: limits of the build, where its days begin, and the newsletter."""

    time_limit: float = 120
    """Seconds that one cell may run; those in which other processes had the processors do not
    count.
    """
    memory_limit: str | None = Field(default=None, pattern=r"^[1-9]\d*[KMG]?$")
    """Bytes that one notebook's process may take, or a number with K, M or G, such as 2G."""
    cache_size: float = 1024
    """Megabytes that remembered runs may take."""
    page_time_limit: float = 10
    """Seconds of processor time that Pandoc may take for one page."""
    limits: dict[str, float] = {}
    """Other bounds of a build, by the names in :data:`broadsheet.limits.TABLE`."""
    time_zone: str = "UTC"
    """Where an article's day begins when it comes out: a name of the IANA's, such as Asia/Shanghai.
    """
    newsletter: Newsletter = Newsletter()
    colours: dict[str, str] = {}
    """Names that have a colour of their own in charts; see :mod:`broadsheet.project.colours`."""
    allowed_folders: Strings = []
    """Folders outside of the publication whose files may be read for the site: absolute, or from
    the root.
    """
    pass_environment: Strings = []
    """Environment variables that notebooks get though their names are those of secrets."""
    share: list[Literal["email", "mastodon", "x", "facebook", "linkedin", "whatsapp"]] = [
        "email",
        "mastodon",
        "x",
        "facebook",
        "linkedin",
        "whatsapp",
    ]
    """Where an article's links for passing it on lead, in that order."""

    @field_validator("colours")
    @classmethod
    def _are_colours(cls, value: dict[str, str]) -> dict[str, str]:
        check_colours(value)
        return value

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError):
            raise ValueError(
                "there is no such time zone; one is called Europe/Paris or UTC"
            ) from None
        return value

    @field_validator("pass_environment")
    @classmethod
    def _not_ours(cls, value: list[str]) -> list[str]:
        for name in value:
            if name in OWN:
                raise ValueError(f"no notebook gets {name}, which is for the newsletter alone")
            if not re.fullmatch(r"[A-Za-z_]\w*", name):
                raise ValueError(f"there is no environment variable of the name {name!r}")
        return value

    _folders = field_validator("allowed_folders", "pass_environment", mode="before")(_listed)
    _number = field_validator("memory_limit", mode="before")(_text_of_number)

    @field_validator("time_limit", "page_time_limit", "cache_size")
    @classmethod
    def _bounded(cls, value: float, info: Any) -> float:
        most = MOST_CACHE if info.field_name == "cache_size" else limits.LONGEST
        if not 0 < value <= most:  # what is no number (`.nan`) is not either
            raise ValueError(f"this must be a number above 0 and at most {most:,.0f}")
        return value

    @field_validator("memory_limit")
    @classmethod
    def _is_memory(cls, value: str | None) -> str | None:
        if value is not None and len(value) > MOST_DIGITS:
            raise ValueError("that is more memory than a machine has; write such as 2G")
        return value

    @field_validator("limits")
    @classmethod
    def _known_limits(cls, value: dict[str, float]) -> dict[str, float]:
        names = [name for name, limit in limits.TABLE.items() if limit.can_rise]
        for name, most in value.items():
            if name not in names:
                raise ValueError(
                    f"there is no limit {name!r} that can be set; there are: {', '.join(names)}"
                )
            if not 1 <= most <= limits.HIGHEST:
                raise ValueError(
                    f"`{name}` is {most:g}, and must be between 1 and {limits.HIGHEST:,}"
                )
        return value


class ProjectSettings(Settings):
    """`_quarto.yml`; what is not named here is metadata for each page (see :class:`FrontMatter`)."""

    project: ProjectKeys = ProjectKeys()
    website: Website = Website()
    broadsheet: BroadsheetKeys = BroadsheetKeys()


class Feed(Settings):
    """`listing: feed`."""

    items: int = Field(default=20, ge=1)
    type: Literal["full", "partial", "metadata"] = "full"
    title: str | None = None
    description: str | None = None
    image: str | None = None
    language: str | None = None
    categories: list[Name] | None = None
    xml_stylesheet: Anything = None

    _lists = field_validator("categories", mode="before")(_listed)


class Listing(Settings):
    """`listing:`: which pages a page lists, in which order and form."""

    id: str | None = None
    contents: Globs = []
    type: Literal["default", "grid", "table"] = "default"
    sort: list[str] | Literal[False] = ["date desc"]
    include: dict[str, Anything] | None = None
    exclude: dict[str, Anything] | None = None
    categories: bool | Literal["numbered", "unnumbered", "cloud"] = False
    feed: Feed | None = None
    fields: Strings | None = None
    max_items: int | None = Field(default=None, ge=0)
    page_size: int = Field(default=25, ge=1)
    date_format: str | None = None
    sort_ui: Anything = None
    filter_ui: Anything = None
    template: Anything = None
    template_params: Anything = None
    image_height: Anything = None
    image_align: Anything = None
    image_placeholder: Anything = None
    max_description_length: int | None = Field(default=None, ge=0)
    field_display_names: Anything = None

    _lists = field_validator("contents", "sort", "fields", mode="before")(_listed)

    @field_validator("feed", mode="before")
    @classmethod
    def _switched(cls, value: object) -> object:
        return {} if value is True else None if value is False else value


SLUG = r"^[a-z0-9][a-z0-9_-]*$"
"""What an edition may be called in its address."""


class EditionSettings(Settings):
    """One of `editions:`: its name in the address, its parameters; each other key overrides the
    front matter.
    """

    slug: Name = Field(pattern=SLUG)
    parameters: dict[str, Anything] = {}


class EditionRule(Settings):
    """`editions:` as a rule that makes many; see :mod:`broadsheet.project.edition_rules`. Each
    other key is a template of front matter.
    """

    matrix: dict[str, list[Anything]] | None = None
    from_: str | None = None
    where: dict[str, Anything] = {}
    each: str | None = None
    at_least: int = Field(default=1, ge=1)
    slug: str
    parameters: dict[str, Anything] | None = None

    @field_validator("where")
    @classmethod
    def _bounded(cls, value: dict[str, Anything]) -> dict[str, Anything]:
        for condition in value.values():
            if isinstance(condition, dict) and (not condition or set(condition) - {"from", "to"}):
                raise ValueError("a condition is a value, a list of values, or `{from: …, to: …}`")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.matrix is None) == (self.from_ is None):
            raise ValueError("a rule for editions has either `matrix` or `from`")
        if self.matrix is not None and not self.matrix:
            raise ValueError("`matrix` names no parameter")
        if self.matrix is not None and not all(self.matrix.values()):
            raise ValueError("a parameter of `matrix` has no values")
        if self.matrix is not None and (self.where or self.each):
            raise ValueError("`where` and `each` choose rows of a table, and there is no `from`")
        if self.from_ is not None and self.parameters is None:
            raise ValueError("a rule with `from` says in `parameters` what each edition runs with")
        if self.at_least > 1 and self.each is None:
            raise ValueError(
                "`at-least` counts the rows of each value of a column, and there is no `each`"
            )
        return self


class Execute(Settings):
    """`execute:`."""

    echo: bool | Literal["fenced"] = True
    output: bool | Literal["asis"] = True
    warning: bool = True
    error: bool = False
    include: bool = True
    enabled: bool | None = None
    freeze: Anything = None
    cache: Anything = None
    daemon: Anything = None
    eval: bool = True


class Correction(Settings):
    """One of `corrections:`: on which day, what was wrong, what is right."""

    date: Day
    wrong: str
    right: str


class OwnKeys(Settings):
    """The keys of front matter that are Broadsheet's own."""

    editions: list[Anything] | dict[str, Anything] = []
    """Read by :mod:`broadsheet.project.edition_rules`."""
    edition_entries: Literal["one", "each"] = "one"
    """Whether the article's editions are one entry in lists and feeds, or each is news of its own.
    """
    edition_label: str | None = None
    """What a picker calls this edition."""
    picker_title: str = "Other editions"
    """The heading of the picker of an article's editions."""
    unchecked: str = ""
    """Why nothing need account for the numbers of this page."""
    corrections: list[Correction] = []
    """What was wrong in an article that is published; newest last or first, as you like."""
    translation_of: str = ""
    """The source of the article that this one is a translation of, as a link would have it."""
    excerpt: str = ""
    """What the newsletter says of the article: a paragraph, Markdown."""
    updates_until: Date | str | None = None
    """The last day of which live coverage tells; see :mod:`broadsheet.markdown.updates`."""
    corrections_page: bool = False
    """Whether the page lists the corrections of all articles."""


_LONGEST_LANGUAGE = 35
"""Characters of a language's tag: RFC 5646, section 4.4.1, has programs take at least so many."""


class FrontMatter(OwnKeys):
    """The metadata of one page, merged from project, folders, document and edition."""

    title: str = ""
    subtitle: str = ""
    description: str = ""
    author: list[Author] = []
    date: Moment | None = None
    date_modified: Moment | None = None
    categories: list[Name] = []
    keywords: Strings = []
    image: FilePath | None = None
    image_alt: str | None = None
    lang: str = "en"
    pagetitle: str | None = None
    draft: bool = False
    listing: list[Listing] = []
    execute: Execute = Execute()
    bibliography: Strings = []
    csl: str | None = None
    nocite: str | None = None
    link_citations: bool = True
    notes_after_punctuation: bool | None = None
    toc: bool = False
    toc_depth: int = Field(default=3, ge=1)
    toc_title: str | None = None
    number_sections: bool = False
    code_fold: bool | Literal["show"] = False
    code_summary: str = "Code"
    reference_location: Literal["document", "section", "block", "margin"] = "document"
    page_layout: Literal["article", "full", "custom"] = "article"
    order: int | None = None
    search: bool = True
    aliases: list[FilePath] = []
    license: Anything = None
    crossref: Anything = None
    params: Anything = None
    jupyter: Anything = None
    kernelspec: Anything = None
    engine: Anything = None
    # Quarto alone acts on these; the press has one template and one theme.
    theme: Anything = None
    css: Anything = None
    template: Anything = None
    template_partials: Anything = None
    minimal: Anything = None
    include_in_header: Anything = None
    include_before_body: Anything = None
    include_after_body: Anything = None
    ipynb_filters: Anything = None
    filters: Anything = None
    code_tools: Anything = None
    code_copy: Anything = None
    code_line_numbers: Anything = None
    code_overflow: Anything = None
    highlight_style: Anything = None
    syntax_highlighting: Anything = None
    html_math_method: Anything = None
    section_divs: Anything = None
    anchor_sections: Anything = None
    smooth_scroll: Anything = None
    fig_responsive: Anything = None
    lightbox: Anything = None
    link_external_icon: Anything = None
    link_external_newwindow: Anything = None
    citations_hover: Anything = None
    footnotes_hover: Anything = None
    crossrefs_hover: Anything = None
    title_block_style: Anything = None
    title_block_categories: Anything = None
    respect_user_color_scheme: Anything = None
    embed_resources: Anything = None
    standalone: Anything = None
    lib_dir: Anything = None
    canonical_url: Anything = None
    grid: Anything = None
    document_css: Anything = None
    self_contained: Anything = None
    date_format: Anything = None
    comments: Anything = None
    resources: Anything = None

    @property
    def day(self) -> Date | None:
        """The `date` without the time of day."""
        return self.date.date() if isinstance(self.date, datetime) else self.date

    _lists = field_validator("categories", "keywords", "bibliography", "aliases", mode="before")(
        _listed
    )

    @field_validator("lang")
    @classmethod
    def _tag(cls, value: str) -> str:
        if (
            not value.strip() or len(value) > _LONGEST_LANGUAGE
        ):  # of one that nobody knows the author is told later
            raise ValueError("input should be the tag of a language, such as en or pt-BR")
        return value

    @field_validator("title", "subtitle", "description", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        return (
            str(value)
            if isinstance(value, (int, float, Date)) and not isinstance(value, bool)
            else value
        )

    @field_validator("author", mode="before")
    @classmethod
    def _bylines(cls, value: object) -> object:
        many = value if isinstance(value, list) else [value]
        return [{"name": one} if isinstance(one, str) else one for one in many]

    @field_validator("listing", mode="before")
    @classmethod
    def _listings(cls, value: object) -> object:
        return value if isinstance(value, list) else [value]


_ARMS = ("str", "int", "bool", "list[str]")
"""What pydantic names after the arms of a union, and is no key."""
_WORDS = {
    "missing": "this key is missing",
    **dict.fromkeys(("model_type", "dict_type"), "input should be a mapping of keys to values"),
    "list_type": "input should be a list",
    "string_type": "input should be text",
    **dict.fromkeys(("bool_type", "bool_parsing"), "input should be true or false"),
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float"), "input should be a whole number"
    ),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "input should be a number"),
}
"""Of the errors of pydantic that people see, those that it words for programmers."""
_LONGEST_SHOWN = 120
"""Characters of a value in a message."""
Model = TypeVar("Model", bound=Settings)


def check(model: type[Model], data: object, text: YamlText | None = None, at: Path = ()) -> Model:
    """``data`` as a ``model``; a value that does not fit is a :class:`ConfigError` at its line in
    ``text``.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        path = _in_data(first["loc"], data)
        where = text.place((*at, *path)) if text else "(merged metadata)"
        key = ".".join(str(part) for part in (*at, *path) if part not in _ARMS)
        whole = first["type"] == "value_error" and isinstance(first["input"], (dict, list))
        given = "" if first["type"] == "missing" or whole else f", not {_shown(first['input'])}"
        mend = (
            "Write it as 2023-05-26."
            if first["type"].startswith("date") or _NO_DAY in first["msg"]
            else "docs/authoring.md shows how it is written."
            if whole
            else f"Give `{key}` a value of that kind."
        )
        raise ConfigError(
            where, f"`{key}`: {_plainly(first['type'], first['msg'])}{given}", mend
        ) from error


def _shown(value: object) -> str:
    """A value as given, for a message; of a long one the beginning."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def unknown_keys(model: Settings, text: YamlText, at: Path = ()) -> Iterator[Notice]:
    """A notice for each key of ``text`` that no model has."""
    for key in model.model_extra or {}:
        path = (*at, key)
        if path in text.lines:
            yield Notice(
                text.place(path),
                f"the press does not know the key `{'.'.join(map(str, path))}`",
                "Quarto may act on it, this renderer does not; look for a misspelling.",
            )
    for name in type(model).model_fields:
        yield from _unknown_below(getattr(model, name), text, (*at, _kebab(name)))


def _unknown_below(value: object, text: YamlText, at: Path) -> Iterator[Notice]:
    if isinstance(value, Settings):
        yield from unknown_keys(value, text, at)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            here = (*at, index)
            yield from _unknown_below(item, text, here if here in text.lines else at)


def _in_data(location: Path, data: object) -> Path:
    """A location as pydantic gives it without what is not of the data: the arms of a union, a list
    made of one.
    """
    path: list[str | int] = []
    for part in location:
        if isinstance(data, dict) and isinstance(part, int) and part not in data:
            continue
        if isinstance(data, dict):
            path.append(part)
            if part not in data:
                break
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return tuple(path)


def _plainly(kind: str, message: str) -> str:
    """What is wrong, without the terms of Python and of pydantic."""
    message = message.removeprefix("Value error, ")
    message = re.sub(r"a valid dictionary(?: or instance of \w+)?", "a mapping", message)
    return _WORDS.get(kind) or message[0].lower() + message[1:]
