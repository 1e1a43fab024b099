"""Each command that README and the guides show runs as it is shown, in a new publication that has what
the guide speaks of: articles, tables, targets. Addresses outside of it are in a folder of the test.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from broadsheet.cli.options import joined, parser

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^[ \t]*```+(sh|console)\b[^\n]*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"(?:\S*/)?broadsheet(?=\s)")
SERVERS = ("preview", "newsletter serve")
NOT_RUN = {
    "data add trade.csv --title": "the tutorial is done whole, in a test of its own",
    "data diff trade 2025-06-01": "the versions of a new table are of today; tests/data has it",
    "data refresh gdp --accept": "no newer table looks like a mistake; tests/data/refresh has it",
    "newsletter subscribers --remove": "the reader is not in the list; tests/newsletter has it",
}
"""Commands that are not run here, by their beginning, and why."""
SLUGS = ("china-russia", "coffee-prices", "china-buys-more", "my-article", "trade", "SLUG")
DAY = "---\ntitle: {0}\ndate: 2023-05-26\nexcerpt: What the customs counted.\n---\n\n"
CODE = """\
```{python}
#| tags: [parameters]
year: int = 2022
```

```{python}
import broadsheet as bs
trade = bs.table("trade").set_index("year")
```

Trade came to `{python} usd(trade.total[year])` in `{python} year`.
"""
CONFIG = """
broadsheet:
  newsletter:
    provider: broadsheet
    from: News <news@example.org>
    imprint: The Example, 1 Example Street
  publish:
    live: {0}/live
    mirror: {0}/mirror
"""
TABLES = {
    "power": "year,wind,solar,gas,coal,price,people\n2023,27,22,17,15,89,5.3\n2024,31,29,18,11,64,5.4\n",
    "regions": "region,wind,before,homes\nNorth,14,3,1200\nSouth,5,2,900\n",
    "prices": "month,price\n2024-01,70\n2024-02,65\n",
    "strom": "jahr,wind,sonne,gas,kohle,preis\n2023,27,22,17,15,89\n2024,31,29,18,11,64\n",
}


def commands() -> list[str]:
    """The commands of Broadsheet in the blocks of the guides, each once."""
    seen: dict[str, None] = {}
    for guide in GUIDES:
        for kind, block in FENCE.findall(guide.read_text("utf-8")):
            for line in block.replace("\\\n", " ").split("\n"):
                if kind == "console" and not line.strip().startswith("$ "):
                    continue
                shown = re.split(r"\s+#\s", line.strip().removeprefix("$ "))[0]
                for part in re.split(r"\s*(?:&&|\|\|?|;)\s*", shown):
                    if match := OURS.match(part):
                        seen[" ".join(part[match.end() :].split())] = None
    return list(seen)


@pytest.mark.parametrize("command", commands())
def test_it_is_a_command_with_these_options(command: str) -> None:
    words = shlex.split(command.partition(" > ")[0])
    if words[0].startswith("--print-"):
        return  # prints and ends: the other test runs it
    assert parser().parse_args(joined(words))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of `init`, with the articles, tables and files that the guides name."""
    home = tmp_path_factory.mktemp("guides")
    called(home, "init my-paper", home)
    root = home / "my-paper"
    config = root / "_quarto.yml"
    text = config.read_text("utf-8")
    text = text.replace("website:\n", 'website:\n  site-url: "https://example.org/"\n', 1)
    config.write_text(text + CONFIG.format(home / "targets"), "utf-8")
    for slug in SLUGS:
        write(root / f"posts/{slug}/index.qmd", DAY.format(slug) + CODE)
    for name in ("trade", "gdp"):
        write(home / f"{name}.csv", "year,total\n2021,146.9\n2022,190.3\n")
        called(
            root,
            f'data add ../{name}.csv --source "The Customs" --licence CC0-1.0 --unit "total=US$ bn"',
            home,
        )
    write(home / "trade.csv", "year,total\n2021,146.9\n2022,190.3\n2023,240.1\n")
    called(root, "data add ../trade.csv --replace", home)
    package = root / "data/datapackage.json"
    described = json.loads(package.read_text("utf-8"))
    for table in described["resources"]:
        if table["name"] == "gdp":
            table["refresh"] = {
                "source": "file",
                "address": "gdp.csv",
                "columns": {"year": "year", "total": "total"},
            }
    shutil.copy(home / "gdp.csv", root)
    package.write_text(json.dumps(described, indent=2), "utf-8")
    for name, rows in TABLES.items():
        write(root / f"{name}.csv", rows)
    frame = pd.DataFrame(
        {"partner": ["A", "B"], "product": [1, 2], "year": [2022, 2022], "value": [1.0, 2.0]}
    )
    frame.to_parquet(root / "flows.parquet", index=False)
    write(home / "tables/prices.csv", TABLES["prices"])
    pd.DataFrame({"month": ["2024-01"], "price": [70]}).to_excel(root / "prices.xlsx", index=False)
    write(root / "old.csv", "email\nada@mail.example\n")
    write(home / "Downloads/Kaffee.csv", "Jahr;Preis\n2023;1,5\n2024;1,7\n")
    write(home / "work/my-site/_quarto.yml", "project: {type: website}\nwebsite: {title: Mine}\n")
    write(home / "work/my-site/index.qmd", "---\ntitle: Mine\n---\n\nHello.\n")
    write(root / "gdp/data/gdp.csv", "year,total\n2021,146.0\n")
    commit(root / "gdp")
    commit(root)
    return home


@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_it_runs(prepared: Path, tmp_path: Path, command: str) -> None:
    if why := next((why for start, why in NOT_RUN.items() if command.startswith(start)), ""):
        pytest.skip(f"not run here: {why}")
    home = tmp_path / "home"
    shutil.copytree(prepared, home, symlinks=True)
    root = home / "my-paper"
    for file in (root / "_quarto.yml", root / "data/datapackage.json"):
        file.write_text(file.read_text("utf-8").replace(str(prepared), str(home)), "utf-8")
    command = re.sub(r"(?<= )(?:/srv/www|/tmp)/", f"{home}/targets/", command)
    slug = re.match(r"new (\S+)", command)
    if slug:
        shutil.rmtree(root / "posts" / slug[1], ignore_errors=True)
    if command.startswith("init "):
        shutil.rmtree(root)
    if "posts/power" in command:
        write(root / "posts/power/index.qmd", DAY.format("Power") + "In 2024 wind gave 31 TWh.\n")
    for before in needs(command):
        called(root, before, home)
    folder = home if command.startswith("init ") else root
    if command.startswith(SERVERS):
        serves(folder, command, home)
    else:
        called(folder, command, home)


def needs(command: str) -> Iterator[str]:
    """The commands that come before one in its guide."""
    if command.startswith("archive ") or "--site" in command:
        yield "build"
    if "--back" in command or "--verify" in command:
        target = "mirror" if " mirror " in command else "live"
        yield f"publish {target}"
    if "--back" in command:
        yield "new another --template plain"
        yield f"publish {target}"


def called(folder: Path, command: str, home: Path) -> None:
    """Run a command to its end, which must be good; a check may find fault with a new article."""
    shown, _, file = command.partition(" > ")
    ran = subprocess.run(
        [sys.executable, "-m", "broadsheet", *words_of(shown, home)],
        cwd=folder,
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    may_find = command.startswith(("check", "audit", "data check --strict"))
    assert ran.returncode in ((0, 1) if may_find else (0,)), f"{ran.stdout}\n{ran.stderr}"
    assert "Traceback" not in ran.stderr
    assert ran.stdout or not file


def serves(folder: Path, command: str, home: Path) -> None:
    """Start a server, and end it when it has said its address."""
    words = words_of(command, home)
    words += ["--no-browser"] if command.startswith("preview") else []
    process = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", *words],
        cwd=folder,
        env={**os.environ, "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if "http://" in line:
                break
        assert "http://" in said, said
    finally:
        process.terminate()
        process.stdout.read()
        process.wait()


def words_of(command: str, home: Path) -> list[str]:
    """The words of a command, as a shell of the author at ``home`` has them."""
    return [
        str(home / word[2:]) if word.startswith("~/") else word for word in shlex.split(command)
    ]


def commit(folder: Path) -> None:
    """Put all that is in a folder into a repository of git."""
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", "-C", folder, *arguments], check=True)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
