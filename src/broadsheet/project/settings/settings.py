"""The keys of `_quarto.yml` and front matter that Broadsheet acts on, as typed models.

Their names are Quarto's, in kebab case. A key that no model has is kept, since a template or a
listing may use it. :mod:`broadsheet.project.settings.validation` names the place of a value that does not
fit, and reports unknown keys.
"""

from __future__ import annotations

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from broadsheet.project.settings.focal_point import FocalPoint, focal_point
from broadsheet.project.settings.publish_settings import PublishTargets
from broadsheet.project.settings.setting_models import (
    Settings,
    alone,
    each_named,
    kebab,
    named_by,
    switched,
    unless_off,
)
from broadsheet.project.settings.setting_types import (
    Colours,
    Conditions,
    Day,
    FilePath,
    FilePaths,
    Globs,
    Language,
    LinkAddress,
    Megabytes,
    Memory,
    Moment,
    Name,
    NamedParameters,
    Names,
    RaisedLimits,
    Seconds,
    Strings,
    Text,
    TimeZone,
    Unsubscribing,
    Variables,
    as_list,
    must_be_name,
)
from broadsheet.project.settings.website_settings import About, InLanguage, Website
from broadsheet.storage.yaml_text import one_or_more


def _together(value: object) -> object:
    """A list of mappings as one."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return value
    return {key: found for one in value for key, found in one.items()}


def _listings(value: object) -> object:
    """`listing:` as a list: of none if it is `false`; `true` and the name of a form are one list."""
    if value is False:
        return []
    if value is True:
        return [{}]
    return each_named(value, "type")


# `_quarto.yml`


class ProjectKeys(Settings):
    """`project:`."""

    type: str = "website"
    title: str | None = None
    output_dir: FilePath = "_site"
    render: Globs = []
    resources: Globs = []
    execute_dir: Literal["file"] = "file"


_NEEDS = {"buttondown": ("username",), "mailchimp": ("action",), "listmonk": ("url", "list_")}
"""The keys that each provider of newsletters needs."""


class Smtp(Settings):
    """`broadsheet: newsletter: smtp:`: the server that takes its messages. Passwords do not belong
    in a file.
    """

    host: str = Field(pattern=r"^[\w.:-]+$")
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None

    @model_validator(mode="after")
    def _shows_no_password(self) -> Self:
        if self.user and self.security == "none":
            raise ValueError(
                "a `user` logs in by `security: starttls` or `tls` alone: `none` would show the password"
            )
        return self


class Newsletter(Settings):
    """`broadsheet: newsletter:`: the provider of its list of readers, its sender, how it is sent,
    and how readers leave.
    """

    provider: Literal["broadsheet", "buttondown", "mailchimp", "listmonk"] | None = None
    # At Buttondown.
    username: str | None = Field(default=None, pattern=r"^[\w-]+$")
    # Where Mailchimp's own form for the list posts to.
    action: str | None = Field(
        default=None,
        pattern=r"^https://[\w.-]+\.list-manage\.com/subscribe/post\?u=\w+&(amp;)?id=\w+",
    )
    # Where listmonk is; or where readers find `broadsheet newsletter serve`: an address, or a path
    # on the site's own host (by default `subscribe`, below the site).
    url: str | None = Field(default=None, pattern=r"^(https?://[^\s/?#]|/[^\s/?#])[^\s?#]*$")
    # Where `broadsheet newsletter serve` keeps the subscribers: a file of SQLite, from the root.
    database: str = Field(default="_newsletter/subscribers.sqlite3", min_length=1)
    # The list's UUID in listmonk.
    list_: str | None = Field(default=None, pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    # Where the provider's API is, if not where it usually is.
    api: str | None = Field(
        default=None, pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])[^\s?#]+$"
    )
    from_: str | None = Field(default=None, pattern=r"^[^\r\n]+$")
    reply_to: str | None = Field(default=None, pattern=r"^[^\r\n]+$")
    # Addresses with `{address}` in them, `https:` or `mailto:`.
    unsubscribe: Unsubscribing = []
    # Who sends it, at the foot of each message.
    imprint: str = ""
    smtp: Smtp | None = None

    @model_validator(mode="after")
    def _has_what_the_provider_needs(self) -> Self:
        for name in _NEEDS.get(self.provider or "", ()):
            if getattr(self, name) is None:
                raise ValueError(f"`provider: {self.provider}` needs `{kebab(name)}` beside it")
        if self.provider == "listmonk" and (self.url or "").startswith("/"):
            raise ValueError(
                "`url` is the whole address of listmonk, such as https://lists.example"
            )
        return self


class KnownAuthor(Settings):
    """`broadsheet: authors: NAME:`: what is known of an author, by the name in bylines."""

    # Whether the name is that of a desk or of the house, an organization, and not of a person.
    desk: bool = False
    # A sentence about the author, at the end of each article and on the author's page.
    about: Text = ""


class BroadsheetKeys(Settings):
    """`broadsheet:`, our own key: limits of the build, its time zone, the newsletter, and where the site is
    published.
    """

    # Of one cell; those in which other processes had the processors do not count.
    time_limit: Seconds = 120
    # What one notebook's process may take, such as 2G.
    memory_limit: Memory | None = None
    # What remembered runs may take.
    cache_size: Megabytes = 1024
    # Of processor time that Pandoc may take for one page.
    page_time_limit: Seconds = 10
    # Other bounds of a build, by the names in :data:`broadsheet.storage.limits.TABLE`.
    limits: RaisedLimits = {}
    # Where an article's day begins when it comes out: a name of the IANA's, such as Asia/Shanghai.
    time_zone: TimeZone = "UTC"
    newsletter: Newsletter = Newsletter()
    # What is known of authors, by their names.
    authors: dict[str, KnownAuthor] = {}
    # The navigation and the footer on pages in other languages, by their tags.
    languages: dict[Language, InLanguage] = {}
    # The places that the site is published to, by name; the first is meant if none is named.
    publish: PublishTargets = {}
    # Names that have a colour of their own in charts; see `broadsheet.project.settings.colours`.
    colours: Colours = {}
    # Folders outside of the publication whose files may be read for the site: absolute, or from
    # the root.
    allowed_folders: Strings = []
    # Environment variables that notebooks get though their names are those of secrets.
    pass_environment: Variables = []
    # Whether cells may install or remove libraries, in the environment that Broadsheet runs in.
    allow_install: bool = False
    # Where an article's links for passing it on lead, in that order.
    share: list[Literal["email", "mastodon", "x", "facebook", "linkedin", "whatsapp"]] = [
        "email",
        "mastodon",
        "x",
        "facebook",
        "linkedin",
        "whatsapp",
    ]


class ProjectSettings(Settings):
    """`_quarto.yml`; what is not named here is metadata for each page (see :class:`FrontMatter`)."""

    project: ProjectKeys = ProjectKeys()
    website: Website = Website()
    broadsheet: BroadsheetKeys = BroadsheetKeys()


# Front matter


_NAME_PARTS = ("given", "dropping-particle", "non-dropping-particle", "family")


class Author(Settings):
    """A byline. Its name may be in parts: `{given: Ada, family: Lovelace}`."""

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        name = data.get("name", data if {"literal", "given", "family"} & data.keys() else None)
        if isinstance(name, dict):
            parts = [str(name[part]) for part in _NAME_PARTS if name.get(part)]
            return {**data, "name": name.get("literal") or " ".join(parts)}
        return data

    name: Name
    url: LinkAddress | None = None
    email: str | None = None


class Feed(Settings):
    """`listing: feed`."""

    items: int = Field(default=20, ge=1)
    type: Literal["full", "partial", "metadata"] = "full"
    title: str | None = None
    description: str | None = None
    image: str | None = None
    language: str | None = None
    categories: Names | None = None


class Listing(Settings):
    """`listing:`: which pages a page lists, in which order and form. ``items`` are entries that are
    written out among the `contents`, or in a YAML file that these name; see
    :mod:`broadsheet.project.editions.listing_items`.
    """

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        contents = one_or_more(data.get("contents"))
        items = [one for one in contents if isinstance(one, dict)]
        if not items:
            return data
        globs = [one for one in contents if not isinstance(one, dict) and one is not None]
        return {**data, "contents": globs, "items": [*items, *data.get("items", ())]}

    id: str | None = None
    contents: Globs = []
    items: list[dict[str, Any]] = []
    type: Literal["default", "grid", "table", "custom"] = "default"
    sort: Annotated[list[str] | Literal[False], BeforeValidator(as_list)] = ["date desc"]
    include: Annotated[dict[str, Any] | None, BeforeValidator(_together)] = None
    exclude: Annotated[dict[str, Any] | None, BeforeValidator(_together)] = None
    categories: bool | Literal["numbered", "unnumbered", "cloud"] = False
    feed: Annotated[Feed | None, BeforeValidator(switched), BeforeValidator(unless_off)] = None
    fields: Strings | None = None
    max_items: int | None = Field(default=None, ge=0)
    page_size: int = Field(default=25, ge=1)
    max_description_length: int | None = Field(default=None, ge=0)


SLUG = r"^[a-z0-9][a-z0-9_-]*$"
"""The pattern of an edition's name in its address."""


class EditionSettings(Settings):
    """One of `editions:`: its name in the address, its parameters; each other key overrides the
    front matter.
    """

    slug: Name = Field(pattern=SLUG)
    parameters: dict[str, Any] = {}


class EditionRule(Settings):
    """`editions:` as a rule that makes many; see :mod:`broadsheet.project.editions.edition_rules`. Each
    other key is a template of front matter.
    """

    matrix: dict[str, list[Any]] | None = None
    from_: str | None = None
    where: Conditions = {}
    each: str | None = None
    at_least: int = Field(default=1, ge=1)
    slug: str
    parameters: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        combines, chooses = self.matrix is not None, self.from_ is not None
        lists = (self.matrix or {}).values()
        for is_there, problem in (
            (combines == chooses, "a rule for editions has either `matrix` or `from`"),
            (self.matrix == {}, "`matrix` names no parameter"),
            (not all(lists), "a parameter of `matrix` has no values"),
            (
                combines and bool(self.where or self.each),
                "`where` and `each` choose rows of a table, and there is no `from`",
            ),
            (
                chooses and self.parameters is None,
                "a rule with `from` says in `parameters` what each edition runs with",
            ),
            (
                self.at_least > 1 and self.each is None,
                "`at-least` counts the rows of each value of a column, and there is no `each`",
            ),
        ):
            if is_there:
                raise ValueError(problem)
        return self


class Execute(Settings):
    """`execute:`. Which notebooks are run is decided by :mod:`broadsheet.project.editions.execution`."""

    echo: bool | Literal["fenced"] = True
    output: bool | Literal["asis"] = True
    warning: bool = True
    error: bool = False
    include: bool = True
    # Lines of a cell are for knitr alone.
    eval: bool | list[int] = True
    enabled: bool | None = None
    # The same, of notebooks alone.
    ipynb: bool | None = None
    # Whether results in `_freeze/` are used; "auto" if their source has not changed.
    freeze: bool | Literal["auto"] = False


class Correction(Settings):
    """One of `corrections:`: the day, what was wrong, what is right; and the editions that were
    wrong, if not the article's own page.
    """

    date: Day
    wrong: str
    right: str
    editions: list[str | int] = []


class EditionIndex(Settings):
    """`edition-index:`, a page with all editions of an article: on a map, in a table, and side by side
    on one scale. Its figures are those rows of a table in which the columns that are called as the
    article's parameters have the edition's values.
    """

    # The table of the catalogue.
    table: Name
    # The column by which the rows of an edition are in order, such as a year.
    over: Name
    # The column of the map and of the list: the last value that each edition has.
    value: Name
    # The columns that are drawn side by side, three at most. Without them it is the value.
    lines: Annotated[Names, Field(max_length=3)] = []
    # The column with the country of an edition, by ISO 3166-1 alpha-3 or by name, for the map.
    place: Name | None = None
    # The rows that count, as for `editions`.
    where: Conditions = {}
    # The rows whose values are estimates.
    estimates: Conditions = {}
    # The title of the page. Without it, it is the heading of the picker.
    title: Text | None = None


class OwnKeys(Settings):
    """The keys of front matter that are Broadsheet's own."""

    # Pages beside the article's own: a list, or a rule that makes many; see
    # :mod:`broadsheet.project.editions.edition_rules`.
    editions: list[Any] | dict[str, Any] = []
    # Whether the article's editions are one entry in lists and feeds, or each is news of its own.
    edition_entries: Literal["one", "each"] = "one"
    # What a picker calls this edition.
    edition_label: str | None = None
    # The parameters by which readers go from edition to edition, with or without names for readers.
    edition_select: NamedParameters = {}
    # A page with all editions of the article.
    edition_index: EditionIndex | None = None
    # The heading of the picker of an article's editions.
    picker_title: str = "Other editions"
    # Why nothing need account for the numbers of this page.
    unchecked: str = ""
    # What was wrong in an article that is published; newest last or first, as you like.
    corrections: list[Correction] = []
    # The source of the article that this one is a translation of, as a link would have it.
    translation_of: str = ""
    # What the newsletter says of the article: a paragraph, Markdown; and where its box stands.
    excerpt: str = ""
    excerpt_position: Literal["middle", "top"] = "middle"
    # The slugs of the articles that come first among the related ones.
    related: Names = []
    # The last day of which live coverage tells; see :mod:`broadsheet.markdown.live_updates`.
    updates_until: Date | str | None = None
    # Whether the page lists the corrections of all articles.
    corrections_page: bool = False


class FrontMatter(OwnKeys):
    """The metadata of one page, merged from project, folders, document and edition."""

    title: Text = ""
    subtitle: Text = ""
    description: Text = ""
    author: Annotated[list[Author], named_by("name")] = []
    date: Moment | None = None
    date_modified: Moment | None = None
    categories: Names = []
    keywords: Strings = []
    image: FilePath | None = None
    image_alt: str | None = None
    image_focal: Annotated[FocalPoint | None, BeforeValidator(focal_point)] = None
    lang: Language = "en"
    pagetitle: str | None = None
    draft: bool = False
    listing: Annotated[list[Listing], BeforeValidator(_listings)] = []
    execute: Annotated[Execute, alone("enabled", bool)] = Execute()
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
    aliases: FilePaths = []
    about: Annotated[About | None, BeforeValidator(unless_off), alone("template")] = None
    # The name of the page's file.
    output_file: Annotated[str, must_be_name] | None = None
    # Which of several sidebars the page has, by its `id`; or none.
    sidebar: str | bool | None = None

    @property
    def day(self) -> Date | None:
        """The `date` without the time of day."""
        return self.date.date() if isinstance(self.date, datetime) else self.date
