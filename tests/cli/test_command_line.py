"""What the command line says when the machine fails, or when it is interrupted: one message, and no
traceback.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from conftest import Site, slow_but

Command = Callable[..., tuple[int, str, str]]
PROGRAM = [sys.executable, "-m", "broadsheet"]


@pytest.fixture
def paper(site: Site) -> Site:
    site.write("index.qmd", "---\ntitle: The Test\n---\nHello.\n")
    return site


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    """Makes a folder, and what is in it, read-only; for root, whom no mode stops, by a mount of it
    on itself.
    """
    changed: list[Path] = []

    def change(folder: Path) -> None:
        changed.append(folder)
        if os.geteuid():
            folder.chmod(0o555)
            return
        done = subprocess.run(
            f'mount --bind "{folder}" "{folder}" && mount -o remount,bind,ro "{folder}"',
            shell=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            pytest.skip("needs a user other than root")

    yield change
    for folder in changed:
        if os.geteuid():
            folder.chmod(0o755)
        else:
            subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
@pytest.mark.parametrize(
    "arguments", slow_but(["build", "build --json", "--help", "data list"], ["build", "--help"])
)
@pytest.mark.parametrize("buffered", slow_but(["", "1"], [""]))
def test_a_full_standard_output_is_reported(paper, arguments, buffered):
    paper.table()
    environment = {**os.environ, "PYTHONUNBUFFERED": buffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, *arguments.split()],
            cwd=paper.root,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            check=False,
        )
    if arguments == "--help" and buffered:
        return  # argparse keeps it to itself
    assert done.returncode == 1
    assert done.stderr.endswith(
        "error: standard output: nothing more can be written: No space left on device\n"
    )
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_where_nothing_can_be_told_the_exit_code_tells(paper):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, "build", "nothing"], cwd=paper.root, stdout=full, stderr=full, check=False
        )
    assert done.returncode == 2


@pytest.mark.slow
def test_a_reader_who_has_enough_is_no_error(paper):
    done = subprocess.run(
        f"{sys.executable} -m broadsheet build --json | true",
        shell=True,
        cwd=paper.root,
        text=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("to", slow_but(["group", "process"], ["group"]))
def test_ctrl_c_ends_the_build_and_all_that_it_began(paper, to, tmp_path):
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    paper.article("slow", f"open({str(begun)!r}, 'w').close()\nimport time\ntime.sleep(300)")
    process = subprocess.Popen(
        ["env", "--default-signal=INT", *PROGRAM, "build"],
        cwd=paper.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    begun.read_text()  # waits until the cell opens it
    children = psutil.Process(process.pid).children(recursive=True)
    (os.killpg if to == "group" else os.kill)(process.pid, signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    assert errors == "interrupted: a site that stood stands as it was\n"
    assert not psutil.wait_procs(children, timeout=30)[1]
    assert not list(paper.root.rglob("*.part"))


def test_a_folder_that_may_not_be_written_to_is_named(paper, run, read_only):
    assert run(paper, "build")[0] == 0
    before = paper.read("_site/index.html")
    paper.write("index.qmd", "---\ntitle: The Test\n---\nAnew.\n")
    read_only(paper.root / ".broadsheet")
    code, _, errors = run(paper, "build")
    assert (
        code in (1, 2)
        and errors.startswith("error: ")
        and ".broadsheet" in errors
        and "Traceback" not in errors
    )
    assert paper.read("_site/index.html") == before


def test_an_output_in_a_read_only_folder_is_refused(paper, run, read_only, tmp_path):
    (tmp_path / "shelf").mkdir()
    read_only(tmp_path / "shelf")
    code, _, errors = run(paper, "build", "--output", str(tmp_path / "shelf/site"))
    assert code == 2 and f"error: {tmp_path / 'shelf'}: nothing can be written here: " in errors
    assert not list((tmp_path / "shelf").iterdir())


def test_a_machine_without_a_folder_for_temporary_files_is_told_of(paper, run, monkeypatch):
    paper.article("code", "n = 1")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/nowhere"])
    code, _, errors = run(paper, "build")
    assert code in (0, 1) and "Traceback" not in errors
    assert code == 0 or "No usable temporary directory" in errors


def test_a_cache_that_is_a_file_is_set_aside_and_told_of(paper, run):
    paper.table()
    paper.article("code", "n = 1")
    aside = paper.root / ".broadsheet-set-aside"
    for number, command in enumerate((["build"], ["run", "code"], ["check"]), start=1):
        shutil.rmtree(paper.root / ".broadsheet", ignore_errors=True)
        paper.write(".broadsheet", f"mine {number}")
        code, _, errors = run(paper, *command)
        assert code == 0 and ".broadsheet-set-aside" in errors and "Traceback" not in errors
    kept = sorted(path.read_text() for path in paper.root.glob(f"{aside.name}*"))
    assert kept == ["mine 1", "mine 2", "mine 3"]


@pytest.mark.slow
def test_a_fault_has_its_exit_code_though_nobody_reads_what_is_printed(paper):
    paper.write("bad.qmd", "---\ntitle: [\n---\n")
    command = f"set -o pipefail; {' '.join(PROGRAM)} build 2>&1 | true"
    assert subprocess.run(["bash", "-c", command], cwd=paper.root, check=False).returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "closed",
    ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"],
)
def test_closed_streams_lead_nowhere(paper, closed):
    paper.article("a", "print(1)")
    command = f"{' '.join(PROGRAM)} build {closed}"
    assert subprocess.run(["bash", "-c", command], cwd=paper.root, check=False).returncode == 0
    assert (paper.root / "_site/posts/a/index.html").is_file()


@pytest.mark.slow
def test_a_folder_for_temporary_files_that_is_not_there_stops_nothing(paper, tmp_path):
    paper.write("a.qmd", "---\ntitle: A\n---\nSome *words*.\n")
    environment = {**os.environ, "TMPDIR": str(tmp_path / "none")}
    done = subprocess.run(
        [*PROGRAM, "build"],
        cwd=paper.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("moment", ["abc", "9" * 30, "12.5"])
def test_a_moment_that_is_none_is_refused(paper, run, monkeypatch, moment):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
    code, _, errors = run(paper, "build")
    assert code == 2 and errors.startswith(
        "error: SOURCE_DATE_EPOCH: this environment variable is "
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("ch", "check"),
        ("check --fo", "--format"),
        ("check --format s", "sarif"),
        ("facts r", "record"),
    ],
)
def test_bash_completes_commands_and_options(run, paper, tmp_path, typed, offered):
    code, script, _ = run(paper, "--print-completion", "bash")
    assert code == 0
    words = " ".join(f'"{word}"' for word in ("broadsheet", *typed.split()))
    script += f"\nCOMP_WORDS=({words}); COMP_CWORD={len(typed.split())}; _shtab_broadsheet"
    script += '\necho "${COMPREPLY[@]}"\n'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [offered]
