"""A publication's own templates may be a stranger's: they read no secret and no file, run nothing, and
end.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import Environment

from broadsheet.errors import BroadsheetError
from broadsheet.site.build.build import build
from broadsheet.site.theme.templates import rendered
from broadsheet.storage import limits
from broadsheet.text import template_sandbox, templating
from broadsheet.text.templating import Templates
from publishing import FRONT, article, publish, write

CANARY = "canary-4711-0815"
OS = "os.environ['GITHUB_TOKEN']"

# Each is an expression that gives the environment, a file, or a way to them in plain Jinja.
ESCAPES = [
    "cycler.__init__.__globals__.os.environ.GITHUB_TOKEN",
    "joiner.__init__.__globals__.os.environ.GITHUB_TOKEN",
    "namespace.__init__.__globals__.os.environ.GITHUB_TOKEN",
    "lipsum.__globals__.os.environ.GITHUB_TOKEN",
    "lipsum.__globals__['os'].popen('echo $GITHUB_TOKEN').read()",
    "range.__class__",
    "dict.__base__.__subclasses__()",
    "dict.mro()",
    "self._TemplateReference__context.environment",
    "self.__init__.__globals__",
    "self|attr('_TemplateReference__context')",
    "loop_of.__init__",
    "''.__class__.__mro__[1].__subclasses__()",
    "''['__class__']",
    "''|attr('__class__')",
    "''|attr('\\x5f\\x5fclass\\x5f\\x5f')",
    "['']|map(attribute='__class__')|list",
    "['']|map('attr', '__class__')|list",
    "['']|groupby('__class__')|list",
    "['']|sort(attribute='__class__')",
    "['']|selectattr('__class__')|list",
    "['']|sum(attribute='__class__')",
    "[scene]|map(attribute='project.root')|map(attribute='parent')|list",
    "'{0.__class__}'.format('')",
    "'{0.__class__.__mro__}'.format(scene)",
    "'{s.project.root}'.format(s=scene)",
    "'{s.__init__.__globals__}'.format_map({'s': scene})",
    "('{0.__class__}'|attr('format'))('')",
    "'{0.__init__.__globals__}'|attr('format')(scene)",
    "['{0.__class__}']|map('format', scene)|list|join ~ ('{0.__class__}'|safe).format(scene)",
    "['{0.__class__.__init__.__globals__}'.format]|map('list')|list",
    "_.__globals__",
    "_.__self__",
    "gettext.__wrapped__.__globals__",
    "spoken.__globals__",
    "spoken().catalogue.install()",
    "spoken().catalogue._parse",
    "scene.href.__func__.__globals__",
    "scene.href.__self__.__class__",
    "scene.__class__.__init__.__globals__",
    "scene.__dataclass_fields__",
    "scene|attr('__dict__')",
    "scene.project.root",
    "scene.project.root.parent",
    "scene.project.root.joinpath('../secret.txt').read_text()",
    "(scene.project.root ~ '/../secret.txt')",
    "scene['project']['root']",
    "scene.project.output.parent.parent",
    "scene.project.inputs({})",
    "scene.project.text.path.read_text()",
    "scene.project.settings.parse_raw('gASVLg==', proto='pickle', allow_pickle=true)",
    "scene.project.settings.parse_file('../secret.txt')",
    "scene.project.settings.model_validate({})",
    "scene.project.settings.model_construct()",
    "scene.project.settings.model_dump_json()",
    "scene.project.settings.__class__",
    "scene.project.settings.model_fields.project.annotation",
    "entry.__class__.__module__",
    "entry.__init__.__globals__",
    "entry.__reduce__()",
    "entry.date.today()",
    "(1).__class__.__base__.__subclasses__()",
    "(1).from_bytes('a')",
    "{}.fromkeys([1])",
    "page.content.__class__",
    "caller.__class__",
    "scene.meta_by_path.__class__",
    "scene.meta_by_path.pop('about.html')",
    "scene.meta_by_path.clear()",
    "entry.categories.append('x')",
    "joiner.__class__.__mro__",
    "g.gi_frame.f_globals",
]
IN_STATEMENTS = [
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m._environment }}{{ m.__class__ }}",
    "{% set ns = namespace() %}{{ ns.__class__.__init__.__globals__.os.environ }}",
    "{% set ns = namespace(x=scene) %}{% set ns.project = 1 %}{{ ns.x.__dict__ }}",
    "{% import 'items.html.jinja' as items %}{{ items.__class__.__init__.__globals__ }}",
    "{% import 'items.html.jinja' as items %}{{ items._body_stream }}",
    "{% import 'items.html.jinja' as i %}{{ i.kicker({'categories': ['a'.__class__]}, scene) }}",
    "{% include '../../../secret.txt' %}",
    "{% include '/etc/passwd' %}",
    "{% include 'broadsheet/../../secret.txt' %}",
    "{% include ['__pycache__/../../templating.py', '../secret_values.py'] %}",
    "{% for x in [1] %}{{ loop.__init__.__globals__ }}{{ loop._iterator }}{% endfor %}",
    "{% filter attr('__class__') %}x{% endfilter %}",
    "{% set x = ''.__class__ %}{{ x }}",
    "{% trans x=''.__class__ %}{{ x }}{% endtrans %}",
    "{% with o = lipsum.__globals__ %}{{ o.os.environ.GITHUB_TOKEN }}{% endwith %}",
]
ENDLESS = [
    "{% for a in range(10**9) %}x{% endfor %}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}",
    "{% for a in range(99999) if range(99999)|sum > a %}{% endfor %}",
    "{{ range(99999)|map('string')|map('center', 99999)|list|length }}",
    "{{ 'x' * 10**10 }}",
    "{{ [1] * 10**10 }}",
    "{{ 9 ** 999999999 }}",
    "{% set ns = namespace(x=9) %}{% for a in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "{% set ns = namespace(x='x') %}{% for a in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x='x') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[]) %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
    "{{ ns.x }}",
    "{% set ns = namespace(x={}) %}{% for a in range(99) %}"
    "{% set ns.x = {1: ns.x, 2: ns.x} %}{% endfor %}{{ ns.x == ns.x }}",
    "{% set ns = namespace(x='x') %}{% for a in range(99) %}"
    "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
    "{{ 'x'.center(10**10) }}",
    "{{ 'x'|center(10**10) }}",
    "{{ ''.center(10**10) }}",
    "{{ ''|center(10**10) }}",
    "{{ ''.zfill(10**10) }}",
    "{{ (0).to_bytes(10**10) }}",
    "{{ 7|round(-10**9) }}",
    "{{ 1.5|round(10**9, 'ceil') }}",
    "{{ 7|round(method='floor', precision=10**9) }}",
    "{{ ('x' * 10**6)|wordwrap(1) }}",
    "{{ ('http://a.b/' ~ '(' * 10**6 ~ ')' * 10**6)|urlize }}",
    "{{ '\n'|indent(10**10, true, true) }}",
    "{{ ('\n' * 99999)|indent(99999, true, true) }}",
    "{{ ('x' * 99999)|replace('x', 'y' * 99999) }}",
    "{{ ('x' * 99999).replace('x', 'y' * 99999) }}",
    "{{ ('x' * 99999).translate({120: 'y' * 99999}) }}",
    "{{ range(99999)|join('x' * 99999) }}",
    "{{ ('x' * 99999).join(range(99999)|map('string')) }}",
    "{{ '%999999999d'|format(1) }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%*d'|format(10**9, 1) }}",
    "{{ '{:999999999d}'.format(1) }}",
    "{{ '{:{w}d}'.format(1, w=10**9) }}",
    "{{ ('{0}' * 99999).format('x' * 99999) }}",
    "{{ _('%(x)999999999d', x=1) }}",
    "{{ [1]|batch(10**9, 'x')|list }}",
    "{{ [1]|slice(10**9)|list }}",
    "{{ [1]|tojson(indent=10**9) }}",
    "{{ lipsum(n=10**6, max=10**6) }}",
    "{{ (1).to_bytes(10**10) }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% include 'plain.html.jinja' %}",
    "{% extends 'plain.html.jinja' %}",
    "{% set ns = namespace(n=0) %}{% block x scoped %}{{ self.x() }}{% endblock %}",
    "{% for x in [1] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    "{{ " + "9" * 5000 + " }}",
    "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
]
SOUND = {
    "{% for x in [1, 2, 3] %}{{ loop.index }}/{{ loop.length }}{{ loop.cycle('a', 'b') }} {% endfor %}": (
        "1/3a 2/3b 3/3a "
    ),
    "{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% else %}none{% endfor %}": "a1",
    "{{ [3, 1, 2]|sort|join(', ') }}": "1, 2, 3",
    "{{ '%05.1f'|format(3.14159) }} {{ '{:,}'.format(1234567) }} {{ '%s'|format('<') }}": (
        "003.1 1,234,567 &lt;"
    ),
    "{% set b, i = '<b>', '<i>'|safe %}{{ b }}{{ i }}{{ b ~ i }}{{ b + i }}": (
        "&lt;b&gt;<i>&lt;b&gt;<i>&lt;b&gt;<i>"
    ),
    "{{ range(2020, 2024)|map('string')|map('upper')|list|length }}": "4",
    "{% set ns = namespace(n=0) %}{% for x in [1, 2] %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}": (
        "3"
    ),
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}": "aba",
    "{% set j = joiner(', ') %}{{ j() }}a{{ j() }}b": "a, b",
    "{{ dict(a=1)['a'] }}{{ {'a': [1, 2]}.a[1] }}{{ 'abc'[1:]|upper }}": "12BC",
    "{% macro m(x) %}[{{ x }}{{ caller() if caller else '' }}]{% endmacro %}"
    "{% call m(1) %}!{% endcall %}": "[1!]",
    "{% for x in [[1, [2]]] recursive %}"
    "{% for y in x %}{{ loop.depth0 if y is iterable else y }}{% endfor %}{% endfor %}": "10",
    "{{ lipsum(1, false)|length > 20 }} {{ 7 is odd }} {{ 'a' in ['a'] }} {{ 2 ** 10 }} {{ 7 % 4 }}": (
        "True True True 1024 3"
    ),
    "{% filter upper %}{% trans %}Sections{% endtrans %}{% endfilter %} {{ _('Search') }}": (
        "SECTIONS Search"
    ),
    "{{ entry.title }} {{ scene.href('a/b.html') }} {{ scene.navigation(site.navbar.left)|length }}": (
        "About a/b.html 2"
    ),
    "{{ [entry]|map(attribute='title')|first }} {{ [entry]|selectattr('title')|list|length }}": (
        "About 1"
    ),
    "{{ none|default('x') }} {{ nobody is defined }} {{ '2023-05-26'|day }}": "None False 26 May 2023",
    "{{ 2.345|round(1) }} {{ 1234|round(-2) }} {{ 'a b'|wordwrap(1) }} {{ ''|center(3) }}|": (
        "2.3 1200 a\nb    |"
    ),
    "{{ [1, 2]|tojson }} {{ [1, 2, 3]|batch(2)|list }} {{ [1, 2]|sum }}": "[1, 2] [[1, 2], [3]] 3",
    "{% import 'items.html.jinja' as items %}{{ items.minutes(entry) is string }}": "True",
}


@pytest.fixture(scope="module")
def values(tmp_path_factory) -> dict[str, Any]:
    """What the template of a page is really given."""
    root = write(
        tmp_path_factory.mktemp("values"), {"index.qmd": FRONT, "posts/a.qmd": article("A")}
    )
    (root.parent / "secret.txt").write_text(CANARY)
    taken: dict[str, Any] = {}
    render = Templates.render

    def spy(self: Templates, name: str, /, **values: Any) -> str:
        taken.setdefault(name, values)
        return render(self, name, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Templates, "render", spy)
        assert not publish(root).faults
    return taken["plain.html.jinja"]


@pytest.fixture
def filled(tmp_path, values, monkeypatch) -> Callable[[str], str]:
    """Fills a template of the publication's own with these values."""
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)

    def fill(text: str) -> str:
        own = tmp_path / "theme/templates/plain.html.jinja"
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text(text)
        with templating.using(templating.read_own(tmp_path)):
            return rendered("plain.html.jinja", **values)

    return fill


@pytest.mark.parametrize(
    "text", [*(f"{{{{ {one} }}}}" for one in ESCAPES), *IN_STATEMENTS], ids=lambda text: text[:70]
)
def test_no_way_leads_out_of_a_template(filled, values, text) -> None:
    before = dict(values["scene"].meta_by_path)
    try:
        shown = filled(text)
    except BroadsheetError as fault:
        assert str(fault.where).startswith("theme/templates/plain.html.jinja")
        shown = str(fault)
    assert not [one for one in (CANARY, "<class", "<module", "<function", "<bound") if one in shown]
    assert values["scene"].meta_by_path == before


def test_without_the_sandbox_these_would_lead_out(values, monkeypatch) -> None:
    """So the cases above are ones that matter."""
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)
    for one in (
        "cycler.__init__.__globals__.os.environ.GITHUB_TOKEN",
        "lipsum.__globals__.os.environ",
    ):
        assert CANARY in Environment().from_string(f"{{{{ {one} }}}}").render()
    read = "scene.project.root.parent.joinpath('secret.txt').read_text()"
    assert Environment().from_string(f"{{{{ {read} }}}}").render(values) == CANARY


@pytest.mark.parametrize("text", ENDLESS, ids=lambda text: text[:70])
def test_what_would_not_end_or_fill_the_memory_is_a_fault_with_its_place(filled, text) -> None:
    narrow = {"template-time": 0.5, "template-size": 20_000_000}
    with limits.under(narrow), pytest.raises(BroadsheetError) as fault:
        filled(text)
    assert "theme/templates/plain.html.jinja" in str(fault.value.where)
    assert fault.value.mend


def test_a_bound_is_named_and_can_be_raised(filled) -> None:
    narrow = {"template-time": 0.1}
    with limits.under(narrow), pytest.raises(limits.LimitError) as fault:
        filled("\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    assert "line 2: this template takes more than 0.1 seconds" in str(fault.value)
    assert "`broadsheet: limits: template-time`" in str(fault.value)


@pytest.mark.parametrize(("text", "shown"), SOUND.items(), ids=lambda text: text[:60])
def test_what_jinja_and_the_guide_offer_works(filled, text, shown) -> None:
    assert filled(text) == shown


def test_the_methods_that_a_template_may_call_exist_and_open_nothing() -> None:
    for name in template_sandbox.METHODS:
        module, kind, method = name.rsplit(".", 2)
        whole = module if module.startswith("plotly_alive.") else f"broadsheet.{module}"
        tree = ast.parse(inspect.getsource(importlib.import_module(whole)))
        (owner,) = [one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == kind]
        (code,) = [
            one for one in owner.body if isinstance(one, ast.FunctionDef) and one.name == method
        ]
        called = {one.attr for one in ast.walk(code) if isinstance(one, ast.Attribute)}
        assert not called & {"open", "read_text", "read_bytes", "write_text", "environ", "run"}, (
            name
        )


def test_a_whole_build_reads_no_secret_and_the_other_pages_are_there(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)
    hostile = "{{ cycler.__init__.__globals__.os.environ.GITHUB_TOKEN }}"
    write(
        tmp_path,
        {
            "index.qmd": FRONT,
            "posts/a.qmd": article("A"),
            "theme/templates/plain.html.jinja": hostile,
        },
    )
    report = build(tmp_path)
    (fault,) = report.faults
    assert "about.qmd: theme/templates/plain.html.jinja, line 1: access to attribute" in str(fault)
    assert (tmp_path / "_site/posts/a.html").is_file()
    site = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in site


@pytest.mark.parametrize(
    "name", ["atom.xml.jinja", "sitemap.xml.jinja", "table.html.jinja", "card.svg.jinja"]
)
def test_a_fault_in_a_template_of_another_output_has_its_place(tmp_path, name) -> None:
    write(
        tmp_path,
        {
            "index.qmd": FRONT,
            "posts/a.qmd": article("A"),
            f"theme/templates/{name}": "\n{{ nobody }}",
        },
    )
    try:
        faults = [str(fault) for fault in build(tmp_path).faults]
    except BroadsheetError as error:
        faults = [str(error)]
    assert all(f"theme/templates/{name}, line 2: 'nobody' is undefined" in one for one in faults)
    assert faults or name in ("table.html.jinja", "card.svg.jinja")  # of which this site has none


def test_compiled_templates_of_others_are_not_stored_with_the_program(filled, monkeypatch) -> None:
    filled("{{ entry.title }} of another publication")
    folder = templating.FOLDER / "__pycache__"
    assert not any(b"of another publication" in path.read_bytes() for path in folder.iterdir())
    assert os.environ["GITHUB_TOKEN"] == CANARY
