"""Pages in other languages than English: our own words, dates, numbers, direction."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import plotly.graph_objects as go
import pytest
from babel.messages import extract, pofile
from babel.messages.catalog import Message
from babel.messages.plurals import get_plural
from jinja2 import nodes
from lxml import html

import broadsheet
import plotly_alive
import publishing
from broadsheet.project.sources.python_ast import parsed
from broadsheet.text import own_words
from broadsheet.text.language import speaking, written_number
from broadsheet.text.templating import environment_of
from conftest import Site
from plotly_alive.reading.chart_reading import read
from plotly_alive.text.numbers import COMPACT
from plotly_alive.words.alt_text import describe

PACKAGES = tuple(Path(package.__file__).parent for package in (broadsheet, plotly_alive))
"""Those that put words before readers, each with its own catalogues."""
KEYWORDS = {
    "t_": None,
    "n_": (1, 2),
    "p_": ((1, "c"), 2),
    "counted": (1, 2),
    **extract.DEFAULT_KEYWORDS,
}
CALLED = re.compile(rf"\b(?:{'|'.join(map(re.escape, KEYWORDS))})\(")
# The preview and the page of an audit speak to authors, in English as messages do.
TEMPLATES = sorted(
    path for path in PACKAGES[0].rglob("*.jinja") if not path.name.startswith(("preview", "audit"))
)
SPOKEN = [
    (package, path.name)
    for package in PACKAGES
    for path in sorted((package / "locale").iterdir())
    if path.is_dir()
]

Id = tuple[str | None, str]


def _asked(package: Path) -> dict[Id, str]:
    """Each text that a package and its templates ask for, by context and English, and where."""
    found: dict[Id, str] = {}
    for method, pattern in (("python", "*.py"), ("jinja2.ext:babel_extract", "*.jinja")):
        for path in sorted(package.rglob(pattern)):
            with path.open("rb") as file:
                for _, ids, _, context in extract.extract(method, file, KEYWORDS):
                    found[context, ids if isinstance(ids, str) else ids[0]] = path.name
    return found


def _catalogue(package: Path, lang: str) -> dict[Id, Message]:
    with (package / "locale" / lang / f"LC_MESSAGES/{package.name}.po").open("rb") as file:
        messages = pofile.read_po(file, locale=lang)
    return {
        (one.context, one.id if isinstance(one.id, str) else one.id[0]): one
        for one in messages
        if one.id
    }


# The catalogues


def test_words_of_an_author_take_the_place_of_words_that_pages_have() -> None:
    asked = {id for package in PACKAGES for id in _asked(package)}
    ours = {word for words in own_words.word_keys().values() for word in words}
    ids = {word: (word.rpartition("|")[0] or None, word.rpartition("|")[2]) for word in ours}
    assert len(ids) > 50 and not {word for word, id in ids.items() if id not in asked}


@pytest.mark.parametrize(("package", "lang"), SPOKEN)
def test_a_catalogue_has_each_text_that_readers_are_shown_and_no_other(
    package: Path, lang: str
) -> None:
    asked, known = _asked(package), _catalogue(package, lang)
    assert len(asked) > 100
    assert [(text, asked[text]) for text in asked if text not in known] == [], "make messages"
    assert [text for text in known if text not in asked] == [], "make messages"


@pytest.mark.parametrize(("package", "lang"), SPOKEN)
def test_each_text_is_translated_with_the_same_values_in_it(package: Path, lang: str) -> None:
    for (_, english), message in _catalogue(package, lang).items():
        assert not message.fuzzy, english
        one, *_ = many = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(many), f"{english!r} has no translation"
        named = [
            set(re.findall(r"%\((\w+)\)", text))
            for text in (
                message.id[-1] if isinstance(message.id, tuple) else message.id,
                *many[-1:],
            )
        ]
        assert named[0] == named[1], english
        assert set(re.findall(r"%\((\w+)\)", one)) <= named[0], english


@pytest.mark.parametrize(("package", "lang"), SPOKEN)
def test_a_text_with_a_number_has_each_form_of_its_language(package: Path, lang: str) -> None:
    forms = get_plural(lang).num_plurals
    for (_, english), message in _catalogue(package, lang).items():
        if isinstance(message.id, tuple):
            assert len(message.string) == forms, english


_SPACED = re.compile(r"[^\u202f][;:!?»](?!/)|«[^\u202f]")
_ASCII = re.compile(r"[^\x00-\x7f][,;:?!(]|[,;:?!)](?=[^\x00-\x7f])")
MISSPELT = {
    "fr": _SPACED,
    "zh": _ASCII,
    "ja": _ASCII,
    **dict.fromkeys(("es", "it", "pt", "nl", "pl", "uk"), re.compile(r"\s[;:!?]|['\"]")),
}
"""Punctuation that a language does not have."""


@pytest.mark.parametrize(("package", "lang"), SPOKEN)
def test_punctuation_is_that_of_the_language(package: Path, lang: str) -> None:
    for (_, english), message in _catalogue(package, lang).items():
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            if lang in MISSPELT:
                plain = re.sub(r"%\(\w+\)s|\{\w+\}", "x", text)
                assert not MISSPELT[lang].search(plain), (english, text)


def test_texts_stand_by_themselves_where_they_are_marked_so_that_they_are_found() -> None:
    """Babel does not look into f-strings."""
    assert [
        f"{path.name}:{call.lineno}"
        for package in PACKAGES
        for path in package.rglob("*.py")
        if CALLED.search(source := path.read_text("utf-8"))
        for text in ast.walk(parsed(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in KEYWORDS
    ] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    tree = environment_of({}).parse(path.read_text("utf-8"))
    assert list(_words(tree)) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello there</p>",
        '<a aria-label="Go on">{{ x }}</a>',
        '{{ "More" }}',
        "{% if x %}A to Z{% endif %}",
        '{{ "Correction" if x else "Corrections" }}',
        "<p>{{ x }} ago</p>",
    ],
)
def test_words_that_stand_in_a_template_are_found(template: str) -> None:
    assert list(_words(environment_of({}).parse(template)))


_TAG = re.compile(r"<[^<>]*>|<[^<>]*$|^[^<>]*>")
_SAID = re.compile(r'\b(?:aria-label|alt|title|placeholder|label)="([^"]*)')
_NOT_WORDS = frozenset({"ORCID", "RSS", "Atom", "JSON", "Feed", "broadsheet"})


def _words(tree: nodes.Template) -> Iterator[str]:
    """English in a template's HTML, between tags or in attributes that are read out. What Jinja
    puts in is none.
    """
    whole = ""
    for output in tree.find_all(nodes.Output):
        whole += (
            "".join(
                node.data
                if isinstance(node, nodes.TemplateData)
                else str(node.value)
                if isinstance(node, nodes.Const)
                else "\0"
                for node in output.nodes
            )
            + "\n"
        )
    whole = re.sub(r"<(script|style|!DOCTYPE)\b.*?>", "", whole, flags=re.DOTALL)
    for text in [*_SAID.findall(whole), *_TAG.sub("\n", whole).split("\n")]:
        for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"&\w+;|https?:\S+", "", text)):
            if word not in _NOT_WORDS and not re.fullmatch(r'[\w-]+="?.*', text.strip()):
                yield word
    for node in tree.find_all(nodes.CondExpr):
        yield from (
            one.value
            for one in (node.expr1, node.expr2)
            if isinstance(one, nodes.Const)
            and isinstance(one.value, str)
            and one.value[:1].isupper()
            and one.value not in _NOT_WORDS
        )


# Charts in German

YEARS = list(range(2015, 2020))


def _lines(**series: list[float]) -> go.Figure:
    return go.Figure(
        [go.Scatter(x=YEARS, y=values, name=name, mode="lines") for name, values in series.items()]
    )


@pytest.mark.parametrize(
    ("figure", "subtitle", "says"),
    [
        (
            _lines(Handel=[3, 5, 4.5, 9.25, 8]),
            "Handel nach Jahren, Mrd. US$",
            "Liniendiagramm: Handel nach Jahren, Mrd. US$, 2015 bis 2019. „Handel“ geht von 3 Mrd. US$ im Jahr 2015 "
            "(Tiefstwert) auf 8 Mrd. US$ im Jahr 2019; der höchste Wert ist 9,25 Mrd. US$ im Jahr 2018.",
        ),
        (
            _lines(Einfuhr=[3, 5, 4, 9, 7], Ausfuhr=[1, 2, 4, 1, 1400]),
            "Handel nach Jahren, €",
            "Liniendiagramm: Handel nach Jahren, €, 2015 bis 2019. „Ausfuhr“ geht von 1 € auf 1.400 € und endet am höchsten; "
            "„Einfuhr“ von 3 € auf 7 €.",
        ),
        (
            go.Figure(go.Bar(x=["Deutschland", "Malta", "Polen", "Ungarn"], y=[45.2, 3, 12, 3])),
            "Anteil, %",
            "Balkendiagramm: Anteil, %. Von vier Werten den höchsten hat Deutschland mit 45,2 %, den niedrigsten haben Malta "
            "und Ungarn mit 3 %.",
        ),
        (
            go.Figure(go.Scatter(x=["2023-05-03", "2023-07-01"], y=[1.5e6, 1e6], mode="lines")),
            "Besuche",
            "Liniendiagramm: Besuche, 3. Mai 2023 bis 1. Juli 2023. Die Reihe geht von 1,5 Millionen am 3. Mai 2023 "
            "(Höchstwert) auf 1 Million am 1. Juli 2023 (Tiefstwert).",
        ),
    ],
)
def test_a_chart_that_nobody_described_is_described_in_the_page_s_language(
    figure: go.Figure, subtitle: str, says: str
) -> None:
    with speaking("de"):
        chart = replace(read(json.loads(figure.to_json())), title="Titel", subtitle=subtitle)
        said = describe(chart)
    assert said.replace("\u00a0", " ") == says


@pytest.mark.parametrize(
    ("lang", "course", "ranking"),
    [
        ("fr", "Graphique linéaire : S, 2015 à 2017. « A » passe de 3 en 2015 (minimum) à 8 en 2017 ; le maximum est de "
         "9,25 en 2016.",
         "Graphique en barres : S. Sur trois valeurs, la plus élevée : Malte (1,5 million) ; la plus basse : Chypre (3)."),
        ("es", "Gráfico de líneas: S, 2015 a 2017. «A» pasa de 3 en 2015 (mínimo) a 8 en 2017; el máximo es 9,25 en 2016.",
         "Gráfico de barras: S. De tres valores, el más alto: Malte (1,5 millones); el más bajo: Chypre (3)."),
        ("it", "Grafico a linee: S, dal 2015 al 2017. «A» passa da 3 nel 2015 (minimo) a 8 nel 2017; il massimo è 9,25 nel "
         "2016.",
         "Grafico a barre: S. Tra tre valori, il più alto: Malte (1,5 milioni); il più basso: Chypre (3)."),
        ("pt", "Gráfico de linhas: S, 2015 a 2017. “A” passa de 3 em 2015 (mínimo) a 8 em 2017; o máximo é 9,25 em 2016.",
         "Gráfico de barras: S. De 3 valores, o mais alto: Malte (1,5 milhão); o mais baixo: Chypre (3)."),
        ("nl", "Lijndiagram: S, 2015 tot 2017. ‘A’ gaat van 3 in 2015 (laagste waarde) naar 8 in 2017; de hoogste waarde is "
         "9,25 in 2016.",
         "Staafdiagram: S. Van drie waarden de hoogste: Malte (1,5 miljoen); de laagste: Chypre (3)."),
        ("pl", "Wykres liniowy: S, od 2015 do 2017. „A” zmienia się od 3 w 2015 r. (minimum) do 8 w 2017 r.; maksimum "
         "wynosi 9,25 w 2016 r.",
         "Wykres słupkowy: S. Liczba wartości: 3; najwyższa: Malte (1,5 mln); najniższa: Chypre (3)."),
        ("uk", "Лінійний графік: S, від 2015 до 2017. «A» змінюється від 3 у 2015 році (мінімум) до 8 у 2017 році; "
         "максимум — 9,25 у 2016 році.",
         "Стовпчаста діаграма: S. Кількість значень: 3; найвище: Malte (1,5 млн); найнижче: Chypre (3)."),
        ("zh", "折线图：S，2015至2017。“A”从2015年的3（最低）变为2017年的8；最高值为2016年的9.25。",
         "条形图：S。3个数值中，最高的是Malte（150万），最低的是Chypre（3）。"),
        ("ja", "折れ線グラフ：S、2015から2017。「A」は2015年の3（最低）から2017年の8に変化。最高は2016年の9.25。",
         "棒グラフ：S。3件のうち最高はMalte（150万）、最低はChypre（3）。"),
    ],
)  # fmt: skip
def test_a_chart_is_described_in_each_language(lang: str, course: str, ranking: str) -> None:
    line = go.Figure(go.Scatter(x=[2015, 2016, 2017], y=[3, 9.25, 8], name="A", mode="lines"))
    bars = go.Figure(go.Bar(x=["Malte", "Chypre", "Monaco"], y=[1.5e6, 3, 12]))
    with speaking(lang):
        for figure, says in ((line, course), (bars, ranking)):
            chart = replace(read(json.loads(figure.to_json())), title="T", subtitle="S")
            assert re.sub("[\u00a0\u202f]", " ", describe(chart)) == says


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("fr", "1,41 milliard"), ("es", "1,41 mil millones"), ("pt-PT", "1,41 bilhões"),
        ("zh", "14.1亿"), ("zh-TW", "14.1億"), ("ja", "14.1億"), ("ko", "14.1억"), ("sv", "1,41 billion"),
    ],
)  # fmt: skip
def test_a_large_number_has_the_words_of_its_language(lang: str, written: str) -> None:
    with speaking(lang):
        assert written_number(1.41e9, COMPACT).replace("\u00a0", " ") == written


# Pages


def _page(root: Path, name: str) -> html.HtmlElement:
    return html.fromstring((root / "_site" / name).read_text("utf-8"))


def _text(element: html.HtmlElement, selector: str) -> list[str]:
    return [
        " ".join(found.text_content().split()) for found in publishing.select(element, selector)
    ]


def test_a_page_in_german_says_everything_in_german(tmp_path: Path) -> None:
    publishing.publish(
        publishing.write(
            tmp_path,
            {
                "_quarto.yml": publishing.SITE.replace("lang: en", "lang: de"),
                "posts/a.qmd": publishing.article(
                    "Die Stadt",
                    "2023-05-26",
                    date_modified="2023-06-01",
                    toc="true",
                    body=(
                        "## Lage\n\nEin Absatz, siehe @tbl-x.\n\n| a |\n|---|\n| 1 |\n\n: Zahlen {#tbl-x}\n\n"
                        "::: {.callout-note}\nSo ist es.\n:::\n"
                    ),
                ),
                "posts/b.qmd": publishing.article("Das Land", "2023-05-20"),
            },
        )
    )
    page = _page(tmp_path, "posts/a.html")
    assert page.get("lang") == "de"
    assert page.get("dir") is None
    assert _text(page, ".authors") == ["A. Reporter"]
    assert _text(page, ".dates") == ["26. Mai 2023Aktualisiert am 1. Juni 20231 Min. Lesezeit"]
    assert _text(page, "#toc-title") == ["Auf dieser Seite"]
    assert _text(page, "figcaption") == ["Tabelle 1: Zahlen"]
    assert "siehe Tabelle 1." in _text(page, "#article-body p")[0]
    assert _text(page, ".callout-title-container") == ["Hinweis"]
    assert _text(page, "#related") == ["Mehr zum Thema"]
    assert _text(page, ".skip") == ["Zum Inhalt springen"]
    assert _text(_page(tmp_path, "404.html"), "h1") == ["Diese Seite gibt es hier nicht"]


@pytest.mark.parametrize(
    ("lang", "dates", "contents", "float_", "callout", "missing"),
    [
        ("fr", "26 mai 2023Mis à jour le 1 juin 20231 min de lecture", "Sur cette page",
         "Tableau 1: Chiffres", "Note", "Cette page n’est pas ici"),
        ("es", "26 de mayo de 2023Actualizado el 1 de junio de 20231 min de lectura",
         "En esta página", "Tabla 1: Chiffres", "Nota", "Esta página no está aquí"),
        ("it", "26 maggio 2023Aggiornato il 1 giugno 20231 min di lettura", "In questa pagina",
         "Tabella 1: Chiffres", "Nota", "Questa pagina non c’è"),
        ("pt-BR", "26 de maio de 2023Atualizado em 1 de junho de 20231 min de leitura",
         "Nesta página", "Tabela 1: Chiffres", "Nota", "Esta página não está aqui"),
        ("nl", "26 mei 2023Bijgewerkt op 1 juni 20231 min. leestijd", "Op deze pagina",
         "Tabel 1: Chiffres", "Opmerking", "Deze pagina staat hier niet"),
        ("pl", "26 maja 2023Aktualizacja: 1 czerwca 20231 min czytania", "Na tej stronie",
         "Tabela 1: Chiffres", "Uwaga", "Tej strony tu nie ma"),
        ("uk", "26 травня 2023 р.Оновлено 1 червня 2023 р.1 хв читання", "На цій сторінці",
         "Таблиця 1: Chiffres", "Примітка", "Цієї сторінки тут немає"),
        ("zh-Hans", "2023年5月26日更新于2023年6月1日阅读需1分钟", "本页内容", "表 1: Chiffres", "注",
         "此处没有该页面"),
        ("zh-TW", "2023年5月26日更新于2023年6月1日阅读需1分钟", "本页内容", "表 1: Chiffres", "注",
         "此处没有该页面"),
        ("ja", "2023年5月26日2023年6月1日更新読了時間1分", "このページの内容", "表 1: Chiffres", "注記",
         "このページはここにはありません"),
    ],
)  # fmt: skip
def test_a_page_in_a_language_with_a_catalogue_says_everything_in_it(
    tmp_path: Path, lang: str, dates: str, contents: str, float_: str, callout: str, missing: str
) -> None:
    report = publishing.publish(
        publishing.write(
            tmp_path,
            {
                "_quarto.yml": publishing.SITE.replace("lang: en", f"lang: {lang}"),
                "posts/a.qmd": publishing.article(
                    "A",
                    "2023-05-26",
                    date_modified="2023-06-01",
                    toc="true",
                    body=(
                        "## B\n\n| a |\n|---|\n| 1 |\n\n: Chiffres {#tbl-x}\n\n"
                        "::: {.callout-note}\nC\n:::\n"
                    ),
                ),
            },
        )
    )
    page = _page(tmp_path, "posts/a.html")
    assert [notice.what for notice in report.notices if "catalogue" in notice.what] == []
    assert page.get("lang") == lang
    assert [text.replace("\u202f", " ") for text in _text(page, ".dates")] == [dates]
    assert _text(page, "#toc-title") == [contents]
    assert _text(page, "figcaption") == [float_]
    assert _text(page, ".callout-title-container") == [callout]
    assert _text(_page(tmp_path, "404.html"), "h1") == [missing]


def test_a_list_is_in_its_own_language_whatever_its_entries_are_in(tmp_path: Path) -> None:
    publishing.publish(
        publishing.write(
            tmp_path,
            {
                "posts/a.qmd": publishing.article("Die Stadt", "2023-05-26", lang="de"),
                "posts/b.qmd": publishing.article("The town", "2023-05-20"),
            },
        )
    )
    assert "26 May 2023" in _text(_page(tmp_path, "index.html"), ".lead .meta")[0]
    assert "26. Mai 2023" in _text(_page(tmp_path, "posts/a.html"), ".dates")[0]


def test_a_language_without_a_catalogue_has_our_words_in_english_and_its_own_dates_which_is_said_once(
    tmp_path: Path,
) -> None:
    report = publishing.publish(
        publishing.write(
            tmp_path,
            {
                "posts/a.qmd": publishing.article("Staden", "2023-05-26", lang="sv"),
                "posts/b.qmd": publishing.article("Landet", "2023-05-20", lang="sv"),
            },
        )
    )
    assert _text(_page(tmp_path, "posts/a.html"), ".dates") == ["26 maj 20231 min read"]
    said = [notice for notice in report.notices if "catalogue" in notice.what]
    assert [(str(notice.where), notice.what) for notice in said] == [
        (
            "posts/a.qmd",
            "our own words on pages in 'sv' are English: there is no catalogue of that language",
        )
    ]


@pytest.mark.parametrize(
    ("lang", "dated", "is_told"),
    [
        ("en-GB", "26 May 2023", False),
        ("en-US", "May 26, 2023", False),
        ("de-AT", "26. Mai 2023", False),
        ("xx", "26 May 2023", True),
        ("not a language", "26 May 2023", True),
    ],
)
def test_a_language_of_a_country_has_its_dates_and_one_that_nobody_knows_is_reported(
    tmp_path: Path, lang: str, dated: str, is_told: bool
) -> None:
    report = publishing.publish(
        publishing.write(
            tmp_path, {"posts/a.qmd": publishing.article("A", "2023-05-26", lang=lang)}
        )
    )
    assert dated in _text(_page(tmp_path, "posts/a.html"), ".dates")[0]
    assert any("no catalogue" in one.what for one in report.notices) is is_told


def test_a_language_that_is_written_from_right_to_left_says_so(tmp_path: Path) -> None:
    publishing.publish(
        publishing.write(
            tmp_path, {"posts/a.qmd": publishing.article("העיר", "2023-05-26", lang="he")}
        )
    )
    page = _page(tmp_path, "posts/a.html")
    assert (page.get("lang"), page.get("dir")) == ("he", "rtl")
    assert "26 במאי 2023" in _text(page, ".dates")[0]


def test_facts_in_another_language_than_their_page_are_reported(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.table()
    site.article(
        "a",
        'import broadsheet as bs\ntotal = bs.amount(1234, "1,234", source="trade", name="total")',
        ("md", "`{python} total`"),
        front="title: A\nlang: de",
    )
    said = run(site, "build")[2]
    assert "facts are written in 'en' on a page in 'de'" in said
    assert 'Call bs.language("de") before the first fact.' in said
