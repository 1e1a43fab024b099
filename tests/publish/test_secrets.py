"""Passwords and keys in the environment reach no notebook and no page."""

from __future__ import annotations

import ctypes
import os
from html import unescape

import pytest

from broadsheet.processes import secret_values

CODE = """\
import os
found = [name for name in os.environ if name in (
    "BROADSHEET_SMTP_PASSWORD", "BROADSHEET_NEWSLETTER_KEY", "DATA_TOKEN", "AWS_SECRET_ACCESS_KEY")]
print("seen:", found, os.environ.get("HARMLESS"))"""
PASSWORD, TOKEN = "hunter2-hunter2", 'tok_4711"&abc'
ALL = {
    "BROADSHEET_SMTP_PASSWORD": PASSWORD,
    "BROADSHEET_NEWSLETTER_KEY": "key-0123456789",
    "DATA_TOKEN": TOKEN,
    "AWS_SECRET_ACCESS_KEY": "wJalr/XUtn+EMI",
    "HARMLESS": "yes",
}
HOME = "---\ntitle: Home\n---\n"


@pytest.fixture
def secrets(monkeypatch):
    for name, value in ALL.items():
        monkeypatch.setenv(name, value)


def published(site):
    return "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in (site.root / "_site").rglob("*.*")
        if path.is_file()
    )


def kept(site):
    return [
        path
        for path in (site.root / ".broadsheet").rglob("*")
        if path.is_file()
        and any(
            value.encode() in path.read_bytes()
            for value in (PASSWORD, TOKEN, TOKEN.replace('"', '\\"'))
        )
    ]


def test_no_notebook_sees_a_secret(site, run, secrets):
    site.write("index.qmd", HOME)
    site.article("a", CODE)
    code, _, said = run(site, "build")
    assert (code, said) == (0, "")
    assert "seen: [] yes" in site.read("_site/posts/a/index.html")
    assert {name: os.environ[name] for name in ALL} == ALL  # they are whoever's called us again


def test_one_that_is_named_is_passed(site, run, secrets):
    config = site.read("_quarto.yml")
    site.write("_quarto.yml", config + "broadsheet:\n  pass-environment: DATA_TOKEN\n")
    site.write("index.qmd", HOME)
    site.article("a", CODE)
    assert run(site, "build")[0] == 0
    assert "seen: ['DATA_TOKEN'] yes" in unescape(site.read("_site/posts/a/index.html"))


def test_the_newsletters_own_are_passed_to_none(site, run, secrets):
    site.write(
        "_quarto.yml",
        site.read("_quarto.yml") + "broadsheet:\n  pass-environment: [BROADSHEET_SMTP_PASSWORD]\n",
    )
    site.write("index.qmd", HOME)
    code, _, said = run(site, "build")
    assert code == 1
    assert "a variable other than the newsletter's own, not 'BROADSHEET_SMTP_PASSWORD'" in said


def test_a_run_that_prints_one_is_refused_and_not_kept(site, run, secrets):
    site.write(
        "_quarto.yml", site.read("_quarto.yml") + "broadsheet:\n  pass-environment: [DATA_TOKEN]\n"
    )
    site.write("index.qmd", HOME)
    site.article("a", "import os", "print(os.environ['DATA_TOKEN'])")
    site.article("b", "1 + 1")
    code, _, said = run(site, "build")
    assert code == 1
    assert (
        "posts/a/index.ipynb, cell 3: this cell or its output holds the value of the secret DATA_TOKEN"
        in said
    )
    assert TOKEN not in said
    assert (site.root / "_site/posts/b/index.html").is_file()
    assert not (site.root / "_site/posts/a/index.html").exists()
    assert TOKEN not in published(site)
    assert kept(site) == []


def test_an_error_that_says_one_is_reported_without_it(site, run, secrets):
    site.write(
        "_quarto.yml", site.read("_quarto.yml") + "broadsheet:\n  pass-environment: [DATA_TOKEN]\n"
    )
    site.write("index.qmd", HOME)
    site.article("a", "import os; raise ValueError('no ' + os.environ['DATA_TOKEN'])")
    code, _, said = run(site, "build")
    assert code == 1
    assert "ValueError: no [DATA_TOKEN]" in said
    assert TOKEN not in said
    assert kept(site) == []


@pytest.mark.parametrize(
    "files",
    [
        {"index.qmd": HOME + f"We wrote {PASSWORD} down.\n"},
        {"index.qmd": HOME + "[All](notes.txt)\n", "notes.txt": f"x {PASSWORD} y"},
    ],
)
def test_a_page_or_file_with_one_is_refused(site, run, secrets, files):
    site.write("about.qmd", "---\ntitle: About\n---\n")
    for name, text in files.items():
        site.write(name, text)
    code, _, said = run(site, "build")
    assert code == 1
    assert "holds the value of the secret BROADSHEET_SMTP_PASSWORD" in said
    assert PASSWORD not in said
    assert PASSWORD not in published(site)
    assert (site.root / "_site/about.html").is_file()


def test_nothing_that_stands_beside_the_text_of_a_page_is_kept_with_one(site, run, secrets):
    site.write(
        "_quarto.yml", site.read("_quarto.yml").replace("website:", "website:\n  llms-txt: true")
    )
    site.write("index.qmd", HOME)
    for name, front, text in (
        ("around", f"include-in-header: {{text: '<meta name=x content={PASSWORD}>'}}", ""),
        ("source", "code-tools: true", f"::: {{.content-hidden}}\n{PASSWORD}\n:::"),
        ("about", f"about: {{links: [{{text: {PASSWORD}, href: /}}]}}", ""),
        ("copy", "", f'::: {{.content-visible when-format="llms-txt"}}\n{PASSWORD}\n:::'),
    ):
        site.write(f"{name}.qmd", f"---\ntitle: A page\n{front}\n---\n\nText.\n\n{text}\n")
    code, _, said = run(site, "build")
    assert code == 1
    assert "about.qmd: the page holds the value of the secret" in said
    assert "the same at around.qmd; copy.qmd; source.qmd" in said
    assert PASSWORD not in said + published(site)
    assert kept(site) == []


@pytest.mark.slow
def test_a_run_kept_before_the_secret_was_known_is_refused(site, run, monkeypatch):
    site.write("index.qmd", HOME)
    site.article("a", f"print('{PASSWORD}')")
    assert run(site, "build")[0] == 0
    monkeypatch.setenv("BROADSHEET_SMTP_PASSWORD", PASSWORD)
    site.write("_variables.yml", "new: ground\n")
    code, _, said = run(site, "build")
    assert code == 1
    assert (
        "posts/a/index.ipynb, cell 2: this cell or its output holds the value of the secret" in said
    )


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("GITHUB_TOKEN", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("DB_PASSWORD", True),
        ("OPENAI_API_KEY", True),
        ("TOKEN", True),
        ("PATH", False),
        ("KEYBOARD", False),
        ("TOKENIZERS_PARALLELISM", False),
        ("HOME", False),
    ],
)
def test_which_names_are_those_of_secrets(name, is_one):
    assert secret_values.is_secret(name) is is_one


@pytest.mark.parametrize("value", ["disabled", "/home/reader/key.pem", "12345678", "short1!"])
def test_a_plain_word_of_another_programs_variable_is_searched_for_nowhere(monkeypatch, value):
    monkeypatch.setenv("SOME_KEY", value)
    with secret_values.withheld():
        assert not secret_values.searches()


def test_a_secret_whose_bytes_are_not_utf_8_is_found_in_a_file(monkeypatch):
    monkeypatch.setenv("DATA_TOKEN", os.fsdecode(b"p\xe4ss-4711-word"))
    with secret_values.withheld():
        assert secret_values.found_in(b"in the file: p\xe4ss-4711-word") == "DATA_TOKEN"
        assert secret_values.found_in(b"not here") == ""


def test_other_programs_of_the_same_user_cannot_read_the_environment(monkeypatch):
    monkeypatch.setenv("DATA_TOKEN", TOKEN)
    with secret_values.withheld():
        assert "DATA_TOKEN" not in secret_values.for_child()
        assert secret_values.secret("DATA_TOKEN") == TOKEN
        assert (
            ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0
        )  # the kernel lets nobody read `/proc/…/environ`
    assert os.environ["DATA_TOKEN"] == TOKEN


def test_one_in_a_key_of_the_authors_own_is_on_no_list(site, run, secrets):
    listing = "listing: {contents: about.qmd, type: table, fields: [title, key]}"
    site.write("index.qmd", f"---\ntitle: Home\n{listing}\n---\n")
    site.write("about.qmd", f"---\ntitle: About\nkey: {PASSWORD}\n---\n")
    code, _, said = run(site, "build")
    assert code == 1 and "about.qmd: " in said and "BROADSHEET_SMTP_PASSWORD" in said
    assert PASSWORD not in published(site) and kept(site) == []
