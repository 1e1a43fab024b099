"""The action at the root of the repository: what its steps do, with a stand-in for GitHub on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import Site
from git_repository import new_repository
from loopback import LoopbackServer

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
PROGRAM = Path(sys.executable).with_name("broadsheet")


@dataclass
class GitHub:
    """The comments of a pull request, and what was asked for."""

    address: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    refuses: bool = False


@pytest.fixture
def github() -> Iterator[GitHub]:
    """GitHub's interface, as far as it is asked for comments of a pull request."""
    state = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, value: object, code: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _asked(self) -> None:
            state.tokens.add(self.headers["Authorization"])
            path, _, query = self.path.partition("?")
            if state.refuses:
                return self._answer({"message": "Resource not accessible"}, 403)
            if self.command == "GET":
                page = int(query.rpartition("=")[2])
                return self._answer(state.comments[100 * (page - 1) : 100 * page])
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
            if self.command == "PATCH":
                number = int(path.rpartition("/")[2])
                (comment,) = [one for one in state.comments if one["id"] == number]
                comment["body"] = body
            else:
                assert path == "/repos/paper/site/issues/7/comments"
                state.comments.append(
                    {"id": len(state.comments) + 1, "body": body, "user": {"type": "Bot"}}
                )
            return self._answer({})

        do_GET = do_POST = do_PATCH = _asked

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with LoopbackServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        state.address = f"http://127.0.0.1:{server.server_port}"
        yield state
        server.shutdown()
        thread.join()


@pytest.fixture
def paper(site: Site) -> Site:
    new_repository(site.root)
    site.write("index.qmd", "---\ntitle: Home\n---\nWelcome.\n")
    return site


def act(
    paper: Site, tmp_path: Path, github: GitHub | None = None, **inputs: str
) -> tuple[int, str, str]:
    """The steps of the action: exit code, what the job prints, and its summary."""
    given = {name: spec.get("default", "") for name, spec in ACTION["inputs"].items()}
    given |= {"program": str(PROGRAM), "directory": str(paper.root), "token": "t0ken", **inputs}
    files = {name: tmp_path / name for name in ("event.json", "summary.md", "output")}
    for file in files.values():
        file.write_text("", "utf-8")
    files["event.json"].write_text('{"pull_request": {"number": 7}}' if github else "{}", "utf-8")
    runner = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_REPOSITORY": "paper/site",
        "GITHUB_API_URL": github.address if github else "http://127.0.0.1:1",
        "GITHUB_EVENT_PATH": str(files["event.json"]),
        "GITHUB_STEP_SUMMARY": str(files["summary.md"]),
        "GITHUB_OUTPUT": str(files["output"]),
        "RUNNER_TEMP": str(tmp_path),
    }
    codes, printed = [], ""
    for step in ACTION["runs"]["steps"]:
        outputs = dict(line.split("=", 1) for line in files["output"].read_text().splitlines())
        environment = {name: _filled(value, given, outputs) for name, value in step["env"].items()}
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            env={**runner, **environment},
            cwd=paper.root.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        codes.append(done.returncode)
        printed += done.stdout + done.stderr
        if not outputs and "report=" not in files["output"].read_text():
            break  # as `if:` has it
    return max(codes), printed, files["summary.md"].read_text("utf-8")


def _filled(value: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
    name = value.removeprefix("${{ ").removesuffix(" }}").split(".")
    return inputs[name[1]] if name[0] == "inputs" else outputs[name[3]]


def test_a_check_annotates_lines_and_comments_once_on_the_pull_request(
    paper: Site, tmp_path: Path, github: GitHub
) -> None:
    paper.write("a.qmd", "---\ntitle: A\n---\nTrade doubled. See [@nobody], @octocat <b>.\n")
    code, printed, summary = act(paper, tmp_path, github)
    assert code == 1
    assert "::warning file=a.qmd,line=4," in printed and "title=Missing reference" in printed
    assert "**Broadsheet, check**" in summary
    (comment,) = github.comments
    assert comment["body"].startswith("<!-- broadsheet -->\n**Broadsheet, check**")
    assert github.tokens == {"Bearer t0ken"}
    assert "t0ken" not in printed + summary

    paper.write("a.qmd", "---\ntitle: A\n---\nAll is well.\n")
    code, printed, _ = act(paper, tmp_path, github)
    assert code == 0, printed
    assert len(github.comments) == 1
    assert "warning" not in github.comments[0]["body"]


def test_each_publication_of_a_repository_has_its_comment(
    site: Site, tmp_path: Path, github: GitHub
) -> None:
    new_repository(site.root)
    for name in ("one", "a --> b"):
        site.write(f"{name}/_quarto.yml", "project:\n  type: website\n")
        site.write(f"{name}/index.qmd", "---\ntitle: A\n---\nAll is well.\n")
    for name in ("one", "a --> b", "one"):
        code, printed, _ = act(site, tmp_path, github, directory=str(site.root / name))
        assert code == 0, printed
    bodies = [comment["body"] for comment in github.comments]
    assert [body.partition("\n")[0] for body in bodies] == [
        "<!-- broadsheet one -->",
        "<!-- broadsheet a%20--%3E%20b -->",
    ]
    assert "**Broadsheet, check** in <code>one</code>" in bodies[0]


def test_words_of_a_publication_are_no_markup_and_call_nobody(
    paper: Site, tmp_path: Path, github: GitHub
) -> None:
    paper.write("a.qmd", "---\ntitle: A\n---\n**12 percent** of @octocat [x](y) <img src=x>.\n")
    act(paper, tmp_path, github)
    (comment,) = github.comments
    listed = comment["body"].partition("\n- ")[2]
    assert "12 percent" in listed
    for sign in "*@[]":
        assert sign not in listed
    assert "<img" not in listed


def test_a_comment_of_somebody_else_stays(paper: Site, tmp_path: Path, github: GitHub) -> None:
    theirs = {"id": 1, "body": "<!-- broadsheet -->\nmine", "user": {"type": "User"}}
    github.comments += [dict(theirs), *({**theirs, "id": n, "body": "x"} for n in range(2, 130))]
    act(paper, tmp_path, github)
    act(paper, tmp_path, github)
    assert github.comments[0] == theirs and len(github.comments) == 130


def test_without_the_right_to_comment_the_check_says_so_and_goes_on(
    paper: Site, tmp_path: Path, github: GitHub
) -> None:
    github.refuses = True
    code, printed, _ = act(paper, tmp_path, github)
    assert code == 0 and "::notice title=Broadsheet::no comment was written (HTTP 403)" in printed


def test_in_a_folder_of_the_repository_files_are_named_from_its_root(
    site: Site, tmp_path: Path
) -> None:
    inner = site.root / "paper"
    inner.mkdir()
    new_repository(site.root)
    (inner / "_quarto.yml").write_text("project:\n  type: website\n  site-url: [3]\n", "utf-8")
    (inner / "a.qmd").write_text("---\ntitle: A\ndate: no day\n---\n", "utf-8")
    code, printed, _ = act(site, tmp_path, directory=str(inner))
    assert code == 1 and " file=paper/" in printed


def test_it_publishes(paper: Site, tmp_path: Path) -> None:
    www = tmp_path / "www"
    www.mkdir()
    code, printed, summary = act(paper, tmp_path, command="publish", target=str(www))
    assert code == 0, printed
    assert (www / "index.html").is_file() and "**Broadsheet, publish**" in summary


def test_another_command_is_refused(paper: Site, tmp_path: Path) -> None:
    code, printed, _ = act(paper, tmp_path, command="bind; touch x")
    assert code == 2 and "choose check or publish" in printed and not (paper.root / "x").exists()


def test_an_interpreter_that_fails_leaves_a_fault_and_no_comment(
    paper: Site, tmp_path: Path, github: GitHub
) -> None:
    code, printed, _ = act(paper, tmp_path, github, program="/bin/false")
    assert code == 1 and "it ended without a report" in printed and github.comments == []


def test_the_token_is_in_no_step_that_runs_the_publication() -> None:
    work, tell = ACTION["runs"]["steps"]
    assert "TOKEN" not in work["env"] and "TOKEN" in tell["env"]
    assert all("${{" not in step["run"] for step in (work, tell))
