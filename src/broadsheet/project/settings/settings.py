"""The keys of `_quarto.yml` and front matter that Broadsheet acts on, as typed models.

The keys are Quarto's, in kebab case. A key that no model has is kept, since a template or a
listing may use it. :mod:`broadsheet.project.settings.validation` names the place of a value that does not
fit, and reports unknown keys.
"""

from __future__ import annotations

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from broadsheet.project.settings.crossref_settings import CaptionPlace, Crossref
from broadsheet.project.settings.focal_point import FocalPoint, focal_point
from broadsheet.project.settings.publish_settings import PublishTargets
from broadsheet.project.settings.rights import OneCopyright, OneLicense
from broadsheet.project.settings.setting_models import (
    Settings,
    alone,
    each_named,
    kebab,
    named_by,
    switched,
    unless_off,
)
from broadsheet.project.settings.setting_patterns import (
    ACCOUNT_FORM,
    API_FORM,
    HOST_FORM,
    LINE_FORM,
    MAILCHIMP_FORM,
    SERVICE_FORM,
    SLUG,
    UUID_FORM,
)
from broadsheet.project.settings.setting_types import (
    Colours,
    Conditions,
    Day,
    Dependencies,
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
    Orcid,
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
    """Return a list of mappings as one mapping."""
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        return value
    return {key: setting for part in value for key, setting in part.items()}


def _listings(value: object) -> object:
    """Return `listing:` as a list. It is empty if it is `false`; `true`, or the name of a form, is
    one list.
    """
    if value is False:
        return []
    if value is True:
        return [{}]
    return each_named(value, "type")


def _without_file(value: object) -> object:
    """Return an empty mapping in place of a file's name, whose words are read before."""
    return {} if isinstance(value, str) else value


# `_quarto.yml`


class ProjectKeys(Settings):
    """`project:`."""

    type: str = "website"
    """The kind of project: `website`, or `book`, which is made as a website."""
    title: str | None = None
    """A name of the project, for Quarto; the site's own is `website: title`."""
    output_dir: FilePath = "_site"
    """The folder of the site, `_site` by default."""
    render: Globs = []
    """The sources that are rendered: globs, with `!` before what is not. Without it, all are."""
    resources: Globs = []
    """Files that are copied to the site: globs."""
    execute_dir: Literal["file"] = "file"
    """The folder in which cells run: that of their file."""


_NEEDS = {"buttondown": ("username",), "mailchimp": ("action",), "listmonk": ("url", "list_")}
"""The keys that each provider of newsletters needs."""


class Smtp(Settings):
    """`broadsheet: newsletter: smtp:`."""

    host: str = Field(pattern=HOST_FORM)
    """The server that takes the messages."""
    port: int | None = Field(default=None, ge=1, le=65535)
    """Its port: 587 with `starttls`, 465 with `tls` by default."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """The encryption of the connection."""
    user: str | None = None
    """The name that logs in. The password is an environment variable."""

    @model_validator(mode="after")
    def _shows_no_password(self) -> Self:
        if self.user and self.security == "none":
            raise ValueError(
                "a `user` logs in by `security: starttls` or `tls` alone: `none` would show the password"
            )
        return self


class Newsletter(Settings):
    """`broadsheet: newsletter:`."""

    provider: Literal["broadsheet", "buttondown", "mailchimp", "listmonk"] | None = None
    """The service that keeps the list of readers."""
    username: str | None = Field(default=None, pattern=ACCOUNT_FORM)
    """The name of the account at Buttondown."""
    action: str | None = Field(default=None, pattern=MAILCHIMP_FORM)
    """The address to which Mailchimp's own form for the list posts."""
    url: str | None = Field(default=None, pattern=SERVICE_FORM)
    """The address of listmonk; or that of `broadsheet newsletter serve`: in full, or a path on the
    site's own host (`subscribe`, below the site, by default).
    """
    database: str = Field(default="_newsletter/subscribers.sqlite3", min_length=1)
    """The file of SQLite, from the root, in which `broadsheet newsletter serve` keeps the
    subscribers.
    """
    list_: str | None = Field(default=None, pattern=UUID_FORM)
    """The list's UUID in listmonk."""
    api: str | None = Field(default=None, pattern=API_FORM)
    """The address of the provider's API, if it is not the usual one."""
    from_: str | None = Field(default=None, pattern=LINE_FORM)
    """The sender, such as `The Gazette <news@gazette.example>`."""
    reply_to: str | None = Field(default=None, pattern=LINE_FORM)
    """The address to which answers go."""
    unsubscribe: Unsubscribing = []
    """The addresses by which readers leave, with `{address}` in them, `https:` or `mailto:`."""
    imprint: str = ""
    """The sender's imprint, at the foot of each message."""
    smtp: Smtp | None = None
    """The server that takes the messages. Passwords do not belong in a file."""

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
    """`broadsheet: authors: NAME:`. The name is that in bylines."""

    desk: bool = False
    """True if the name is that of a desk or of the house, an organization, and not of a person."""
    about: Text = ""
    """A sentence about the author, at the end of each article and on the author's page."""


class BroadsheetKeys(Settings):
    """`broadsheet:`, our own key."""

    time_limit: Seconds = 120
    """The seconds that a cell may run. Seconds in which other processes had the processors do not
    count.
    """
    memory_limit: Memory | None = None
    """The memory of one notebook's process, such as 2G."""
    cache_size: Megabytes = 1024
    """The megabytes that cached runs may take."""
    page_time_limit: Seconds = 10
    """The seconds of processor time that Pandoc may take for one page."""
    limits: RaisedLimits = {}
    """Other limits of a build, by their names; see :data:`broadsheet.storage.limits.TABLE`."""
    time_zone: TimeZone = "UTC"
    """The time zone in which an article's day begins when it comes out: a name of the IANA's, such
    as Asia/Shanghai.
    """
    newsletter: Newsletter = Newsletter()
    """The newsletter: the provider of its list of readers, its sender, how it is sent, and how
    readers leave.
    """
    authors: dict[str, KnownAuthor] = {}
    """Facts about authors for readers, by their names."""
    languages: dict[Language, InLanguage] = {}
    """The navigation and the footer on pages in other languages, by their tags."""
    publish: PublishTargets = {}
    """The places that the site is published to, by name. Without a name, `publish` takes the first.
    """
    colours: Colours = {}
    """The colours of names in charts: roles of the theme, or `#rrggbb`."""
    allowed_folders: Strings = []
    """Folders outside of the publication whose files may be read for the site: absolute, or from
    the root.
    """
    pass_environment: Variables = []
    """Environment variables that notebooks get, although their names are those of secrets."""
    allow_install: bool = False
    """Let cells install and remove libraries, in the environment in which Broadsheet runs."""
    share: list[Literal["email", "mastodon", "x", "facebook", "linkedin", "whatsapp"]] = [
        "email",
        "mastodon",
        "x",
        "facebook",
        "linkedin",
        "whatsapp",
    ]
    """The services to which an article's links for passing it on lead, in that order."""
    data_pages: bool = True
    """Give each table that the site uses a page, and the catalogue an index of them."""


class ProjectSettings(Settings):
    """`_quarto.yml`. Its other keys are metadata for each page (see :class:`FrontMatter`)."""

    project: ProjectKeys = ProjectKeys()
    """The sources that are rendered, and the folder of the site."""
    website: Website = Website()
    """The site: its title, its address, its navigation."""
    broadsheet: BroadsheetKeys = BroadsheetKeys()
    """The keys that Broadsheet alone reads."""


# Front matter


_NAME_PARTS = ("given", "dropping-particle", "non-dropping-particle", "family")


class Author(Settings):
    """A byline."""

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        name = data.get("name", data if {"literal", "given", "family"} & data.keys() else None)
        if isinstance(name, dict):
            parts = [str(name[part]) for part in _NAME_PARTS if name.get(part)]
            return {**data, "name": name.get("literal") or " ".join(parts)}
        return data

    name: Name
    """The name, as readers see it."""
    url: LinkAddress | None = None
    """A page about the author."""
    email: str | None = None
    """The author's e-mail address."""
    orcid: Orcid | None = None
    """The author's number in the register [ORCID](https://orcid.org), or the address of its page."""


class Feed(Settings):
    """`listing: feed`."""

    items: int = Field(default=20, ge=1)
    """The most entries of the feed."""
    type: Literal["full", "partial", "metadata"] = "full"
    """The text of an entry: the whole, its beginning, or title and description alone."""
    title: str | None = None
    """The title of the feed; by default that of the page."""
    description: str | None = None
    """The subject of the feed, in a sentence."""
    image: str | None = None
    """A picture of the feed."""
    language: str | None = None
    """The language of the feed; by default that of the page."""
    categories: Names | None = None
    """Feeds of these topics, too."""


class Listing(Settings):
    """A list of `listing:`."""

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        contents = one_or_more(data.get("contents"))
        items = [item for item in contents if isinstance(item, dict)]
        if not items:
            return data
        globs = [item for item in contents if not isinstance(item, dict) and item is not None]
        return {**data, "contents": globs, "items": [*items, *data.get("items", ())]}

    id: str | None = None
    """The list's name. `::: {#name}` puts the list there on the page."""
    contents: Globs = []
    """The pages that are listed: globs, or files of YAML with entries."""
    items: list[dict[str, Any]] = []
    """Entries that are written out."""
    type: Literal["default", "grid", "table", "custom"] = "default"
    """The form of the list."""
    sort: Annotated[list[str] | Literal[False], BeforeValidator(as_list)] = ["date desc"]
    """The order: a field, and `desc` for the greatest first."""
    include: Annotated[dict[str, Any] | None, BeforeValidator(_together)] = None
    """Values of fields that each page has."""
    exclude: Annotated[dict[str, Any] | None, BeforeValidator(_together)] = None
    """Values of fields that no page has."""
    categories: bool | Literal["numbered", "unnumbered", "cloud"] = False
    """Topics beside the list."""
    feed: Annotated[Feed | None, BeforeValidator(switched), BeforeValidator(unless_off)] = None
    """The feed of the list."""
    fields: Strings | None = None
    """The fields that each entry shows."""
    max_items: int | None = Field(default=None, ge=0)
    """The most entries."""
    page_size: int = Field(default=25, ge=1)
    """The entries of one page of the list."""
    image_lazy_loading: bool = True
    """Load pictures when they come into view."""
    max_description_length: int | None = Field(default=None, ge=0)
    """The most characters of a description."""


class EditionSettings(Settings):
    """An edition of `editions:`. Each other key overrides the front matter."""

    slug: Name = Field(pattern=SLUG)
    """The edition's name in its address."""
    parameters: dict[str, Any] = {}
    """The values of its parameters."""


class EditionRule(Settings):
    """`editions:` as a rule that makes many; see :mod:`broadsheet.project.editions.edition_rules`. Each
    other key is a template of front matter.
    """

    matrix: dict[str, list[Any]] | None = None
    """Parameters, each with a list of values: an edition for each combination."""
    from_: str | None = None
    """A table of the catalogue: an edition for each of its rows."""
    where: Conditions = {}
    """The values, or ranges of values, that a row has in these columns."""
    each: str | None = None
    """A column: an edition for each of its values."""
    at_least: int = Field(default=1, ge=1)
    """The fewest rows that such a value must have."""
    slug: str
    """The edition's name in its address, such as `{{ year }}`."""
    parameters: dict[str, Any] | None = None
    """The values of the parameters of each edition, such as `{year: "{{ year }}"}`."""

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
    """`execute:`. :mod:`broadsheet.project.editions.execution` decides which notebooks are run."""

    echo: bool | Literal["fenced"] = True
    """Show code; `fenced` shows it with its fence and options."""
    output: bool | Literal["asis"] = True
    """Show results; `asis` takes them for Markdown."""
    warning: bool = True
    """Show warnings of the code."""
    error: bool = False
    """Show the error of a cell, and make the page all the same."""
    include: bool = True
    """Put code and results on the page."""
    eval: bool | list[int] = True
    """Run the cells. A list of lines of a cell is for knitr alone."""
    enabled: bool | None = None
    """Run the notebook; `false` shows its saved results."""
    ipynb: bool | None = None
    """The same as `enabled`, of notebooks alone."""
    freeze: bool | Literal["auto"] = False
    """Use the results in `_freeze/`; `auto` uses them if their source has not changed."""


class Correction(Settings):
    """A correction of `corrections:`."""

    date: Day
    """The day of the correction."""
    wrong: str
    """The words that were wrong."""
    right: str
    """The words that are right."""
    editions: list[str | int] = []
    """The editions that were wrong, if not the article's own page."""


class Mermaid(Settings):
    """`mermaid:`."""

    theme: Literal["", "default", "base", "dark", "forest", "neutral"] = ""
    """A theme of Mermaid's; without it a diagram has the colours of the page."""


class EditionIndex(Settings):
    """`edition-index:`, a page with all editions of an article: on a map, in a table, and side by
    side on one scale. It draws the rows of a table whose columns named like the article's
    parameters have the edition's values.
    """

    table: Name
    """The table of the catalogue."""
    over: Name
    """The column that orders the rows of an edition, such as a year."""
    value: Name
    """The column of the map and of the list, which show the last value of each edition."""
    lines: Annotated[Names, Field(max_length=3)] = []
    """The columns that are drawn side by side, three at most; by default that of the value."""
    place: Name | None = None
    """The column with the country of an edition, by ISO 3166-1 alpha-3 or by name, for the map."""
    where: Conditions = {}
    """The conditions on the rows that count, as for `editions`."""
    estimates: Conditions = {}
    """The conditions on rows whose values are estimates."""
    title: Text | None = None
    """The title of the page; by default the heading of the picker."""


class Included(Settings):
    """HTML of an author's own, as a text or a file."""

    text: str = ""
    """The HTML."""
    file: FilePath | None = None
    """A file of HTML."""


_Included = Annotated[list[Included], named_by("file")]


class OwnKeys(Settings):
    """The keys of front matter that are Broadsheet's own."""

    editions: list[Any] | dict[str, Any] = []
    """Pages beside the article's own: a list, or a rule that makes many; see
    :mod:`broadsheet.project.editions.edition_rules`.
    """
    edition_entries: Literal["one", "each"] = "one"
    """`one` entry for all editions of the article in lists and feeds, or one for `each`."""
    edition_label: str | None = None
    """The name of this edition in a picker."""
    edition_select: NamedParameters = {}
    """The parameters by which readers go from edition to edition, with or without names for
    readers.
    """
    edition_index: EditionIndex | None = None
    """A page with all editions of the article."""
    picker_title: str = "Other editions"
    """The heading of the picker of an article's editions."""
    depends: Dependencies = []
    """Files that the run of the page reads and that nobody sees it read: globs, from the folder of the
    file that names them, or with a slash at the start from the root. If one changes, the page runs
    again.
    """
    unchecked: str = ""
    """The reason for which nothing need account for the numbers of this page."""
    corrections: list[Correction] = []
    """The corrections of a published article, in any order."""
    translation_of: str = ""
    """The source of the article that this one is a translation of, as a link would have it."""
    excerpt: str = ""
    """The newsletter's text of the article: a paragraph in Markdown."""
    excerpt_position: Literal["middle", "top"] = "middle"
    """The place of the newsletter's box."""
    related: Names = []
    """The slugs of the articles that come first among the related ones."""
    updates_until: Date | str | None = None
    """The last day that live coverage reports on; see :mod:`broadsheet.markdown.elements.live_updates`."""
    corrections_page: bool = False
    """List the corrections of all articles on the page."""


class CodeTools(Settings):
    """`code-tools:`."""

    source: bool | str = True
    """Show the page's source; or the address at which it is."""
    toggle: bool = True
    """Show and hide all code that folds."""
    caption: str | None = None
    """The name of the menu; `none` for an icon alone."""


class FrontMatter(OwnKeys):
    """The metadata of one page, merged from project, folders, document and edition."""

    title: Text = ""
    """The headline. Values of code may stand in it: `` `{python} total` ``."""
    subtitle: Text = ""
    """A second line below the headline."""
    description: Text = ""
    """The subject of the page, in a sentence or two: for lists, search engines and cards."""
    author: Annotated[list[Author], named_by("name")] = []
    """The authors in the byline: names, or mappings with a name, which may be in parts:
    `{given: Ada, family: Lovelace}`.
    """
    date: Moment | None = None
    """The day on which the page comes out. With a date it is an article."""
    date_modified: Moment | None = None
    """The day of the page's last change."""
    categories: Names = []
    """The topics of the page: a list."""
    keywords: Strings = []
    """Words for search engines."""
    image: FilePath | None = None
    """The picture for lists and cards."""
    image_alt: str | None = None
    """A description of that picture, for those who do not see it."""
    image_lazy_loading: bool | None = None
    """Load that picture when it comes into view in a list."""
    image_focal: Annotated[FocalPoint | None, BeforeValidator(focal_point)] = None
    """The point of a photo that lists and cards keep in view: `30% 20%` from the left and the top.
    """
    lang: Language = "en"
    """The language of the page, such as `en` or `pt-BR`."""
    mermaid: Mermaid = Mermaid()
    """The looks of diagrams of Mermaid."""
    language: Annotated[dict[str, Any], BeforeValidator(_without_file)] = {}
    """Words in place of ours, by Quarto's keys, such as `callout-note-title`; those for pages in
    one language below its tag. Or the name of a file that has them.
    """
    pagetitle: str | None = None
    """The title in the browser's tab, if not the headline."""
    draft: bool = False
    """Keep the page off the site."""
    listing: Annotated[list[Listing], BeforeValidator(_listings)] = []
    """The lists of pages on this page, in which order and form."""
    execute: Annotated[Execute, alone("enabled", bool)] = Execute()
    """The settings of the run."""
    bibliography: Strings = []
    """The files of documents that `[@key]` cites."""
    csl: str | None = None
    """The style of citations: a file of CSL."""
    nocite: str | None = None
    """Documents in the list of references that the text does not cite."""
    link_citations: bool = True
    """Link each citation to the list of references."""
    notes_after_punctuation: bool | None = None
    """Put signs of notes behind a full stop or comma."""
    toc: bool = False
    """Give the page a table of contents."""
    toc_depth: int = Field(default=3, ge=1)
    """The lowest level of headings in the table of contents."""
    toc_title: str | None = None
    """The heading of the table of contents."""
    number_sections: bool = False
    """Number the headings."""
    number_depth: int = Field(default=6, ge=1)
    """The lowest level of headings that have a number."""
    number_offset: Annotated[list[int], BeforeValidator(one_or_more)] = []
    """The number before the first heading of each level, such as `2` to begin with 3."""
    crossref: Annotated[Crossref | None, BeforeValidator(unless_off)] = Crossref()
    """The words, numerals and kinds of numbered figures, tables and the like."""
    cap_location: CaptionPlace | None = None
    """The place of captions: below figures, above tables and listings by default."""
    fig_cap_location: CaptionPlace | None = None
    """The place of the captions of figures."""
    tbl_cap_location: CaptionPlace | None = None
    """The place of the captions of tables."""
    fig_align: Literal["left", "center", "right", "default"] = "default"
    """The side on which figures are set."""
    fig_format: Literal["retina", "png", "jpeg", "svg"] | None = None
    """The format of matplotlib's pictures: twice the pixels, `retina`, if the others are set."""
    fig_width: float | None = Field(default=None, gt=0, le=100)
    """Their width in inches: 7, if one of the others is set."""
    fig_height: float | None = Field(default=None, gt=0, le=100)
    """Their height in inches: 5, if one of the others is set."""
    fig_dpi: int | None = Field(default=None, gt=0, le=1000)
    """Their pixels per inch: 96, if one of the others is set."""
    tbl_colwidths: list[float] | str | bool = "auto"
    """The widths of columns in percent, for tables of as many columns."""
    default_image_extension: str = "png"
    """The suffix of pictures that are named without one."""
    code_fold: bool | Literal["show"] = False
    """Fold code; `show` unfolds it at first."""
    code_summary: str | None = None
    """The words in place of folded code."""
    from_: str = "markdown"
    """The Markdown of the page by Pandoc's name, with extensions: `markdown+emoji`, `commonmark_x`."""
    callout_appearance: Literal["default", "simple", "minimal"] = "default"
    """The looks of callouts that do not say it themselves."""
    callout_icon: bool = True
    """Give such callouts an icon."""
    code_line_numbers: bool | str = False
    """Number the lines of code."""
    code_annotations: bool | Literal["below", "hover", "select", "none"] = "below"
    """The place of notes on lines of code: `below` it, or beside the line that a reader points at
    (`hover`) or chooses (`select`). `none` leaves them out, `false` shows what the author wrote.
    """
    code_copy: bool | Literal["hover"] = "hover"
    """Give code a button that copies it; with `hover`, it is seen while a reader points at the code.
    """
    code_overflow: Literal["scroll", "wrap"] = "scroll"
    """Let long lines of code scroll or wrap."""
    code_tools: Annotated[
        CodeTools | None, BeforeValidator(unless_off), alone("source", bool), alone("source")
    ] = None
    """A menu of the page's code: show all, hide all, view the source."""
    syntax_highlighting: str | dict[Literal["light", "dark"], str] | None = None
    """The colours of code: a style of Pandoc's such as `tango`, a file `*.theme`, `none`, or a mapping
    with one for `light` pages and one for `dark` ones.
    """
    highlight_style: str | dict[Literal["light", "dark"], str] | None = None
    """The older name of `syntax-highlighting`."""
    code_block_bg: bool | str | None = None
    """The background of code: a colour such as `#f4f2ec`, or `false` for none."""
    code_block_border_left: bool | str | None = None
    """A line beside code: `true`, or its colour."""
    html_table_processing: Literal["none"] | None = None
    """`none` leaves Markdown in tables of HTML (`data-qmd`) unread."""
    reference_location: Literal["document", "section", "block", "margin"] = "document"
    """The place of footnotes."""
    citation_location: Literal["document", "margin"] = "document"
    """The place of the entries of the list of references."""
    page_layout: Literal["article", "full", "custom"] = "article"
    """The width of the text."""
    order: int | None = None
    """The place of the page among those of its folder."""
    search: bool = True
    """Let the search find the page."""
    aliases: FilePaths = []
    """Earlier addresses of the page, which lead to it."""
    about: Annotated[About | None, BeforeValidator(unless_off), alone("template")] = None
    """The head of a page about a person or a house, with a picture and links."""
    output_file: Annotated[str, must_be_name] | None = None
    """The name of the page's file."""
    sidebar: str | bool | None = None
    """The `id` of the page's sidebar, if there are several; `false` for none."""
    bread_crumbs: bool | None = None
    """Show the way to the page through the sections of its sidebar."""
    body_classes: Strings = []
    """Classes of the page's `<body>`."""
    license: OneLicense | None = None
    """The terms on which others may use the page, such as `CC BY`."""
    copyright: OneCopyright | None = None
    """A statement of copyright, or its `holder` and `year`."""
    citation: bool | dict[str, Any] = False
    """Show how to cite the page: `true`, or what differs from its title, authors and date."""
    appendix_cite_as: bool | Literal["display", "bibtex"] = True
    """Show the citation as an entry for BibTeX, as a sentence (`display`), or both (`true`)."""
    google_scholar: bool = False
    """Give the page tags for Google Scholar."""
    canonical_url: LinkAddress | bool | None = None
    """The address that search engines take for the page's own, if not this one."""
    include_in_header: _Included = []
    """HTML in the head of the page: files, or `text:`."""
    include_before_body: _Included = []
    """HTML at the beginning of the page."""
    include_after_body: _Included = []
    """HTML at the end of the page."""

    @property
    def day(self) -> Date | None:
        """The `date` without the time of day."""
        return self.date.date() if isinstance(self.date, datetime) else self.date
