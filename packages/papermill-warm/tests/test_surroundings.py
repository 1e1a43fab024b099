"""The engine wherever it is called: in a running event loop, in a notebook, in processes of
multiprocessing, in a folder that is gone, on a system that it does not know. What it cannot run, the
stock engine does, and that is said once.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from papermill_warm.papermill_engine import _is_this_python
from warm_runs import Ran, notebook, slow_but

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

IS_WARM = "import os\nprint(b'papermill_warm.zygote' in open(f'/proc/{os.getppid()}/cmdline', 'rb').read())"


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Installs a kernel, `ipykernel` but for what is given; its name."""

    def install(**given: Any) -> str:
        folder = tmp_path / "kernels/other"
        folder.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Other", "language": "python", **given}
        (folder / "kernel.json").write_text(json.dumps(spec))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        return "other"

    return install


def test_in_a_running_event_loop(tmp_path: Path) -> None:
    async def run() -> Ran:
        return Ran(tmp_path, [IS_WARM, "await __import__('asyncio').sleep(0, 'slept')"])

    # in a thread of its own: other tests may have left a loop that runs in this one
    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(asyncio.run, run()).result()
    assert (ran.error, ran.text()) == (None, "True\n'slept'")


def test_in_a_notebook_that_it_runs_itself(tmp_path: Path) -> None:
    inner = notebook([IS_WARM, "import os; os.getpid()"])
    (tmp_path / "inner.ipynb").write_text(json.dumps(inner))
    cells = [
        "import os, papermill\n"
        "ran = papermill.execute_notebook('inner.ipynb', None, engine_name='warm', progress_bar=False)",
        "print(ran.cells[0].outputs[0].text, int(ran.cells[1].outputs[0].data['text/plain']) != os.getpid())",
    ]
    ran = Ran(tmp_path, cells)
    assert (ran.error, ran.text()) == (None, "True\n True\n")


OTHER_SYSTEM = """\
import nbclient, requests, ipykernel
sys.platform = 'darwin'
for name in ("eventfd", "memfd_create", "pidfd_open"):
    delattr(os, name)
"""
"""What is done before papermill is imported, as a Python for macOS has it."""

PROGRAMS = {
    "a daemon of multiprocessing": """\
if __name__ == "__main__":
    with __import__("multiprocessing").get_context("spawn").Pool(1) as pool:
        print(pool.apply(run), end="")
""",
    "a fork of a program that has run": """\
print(run(), end="", flush=True)
if os.fork() == 0:
    print(run(), end="", flush=True)
    os._exit(0)
os.wait()
""",
    "many threads": """\
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    print(*pool.map(lambda _: run(), range(8)), sep="", end="")
""",
    "a folder that its notebook removes": """\
os.mkdir("gone")
print(run("__import__('shutil').rmtree(os.getcwd())", cwd="gone"), run(), sep="", end="")
""",
    "a system that it does not know": """\
print(run(), run(), sep="", end="")
""",
}


@pytest.mark.parametrize(
    ("name", "printed", "message"),
    slow_but(
        [
            ("a daemon of multiprocessing", "True\n", ""),
            ("a fork of a program that has run", "True\n" * 2, ""),
            ("many threads", "True\n" * 8, ""),
            ("a folder that its notebook removes", "True\n" * 2, ""),
            (
                "a system that it does not know",
                "False\n" * 2,
                "notebooks are forked and watched only on Linux, and this is darwin",
            ),
        ],
        ["a folder that its notebook removes"],
    ),
)
def test_in_a_program(name: str, printed: str, message: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    system = OTHER_SYSTEM if "system" in name else ""
    program.write_text(
        f"import os, sys\n{system}\nimport nbformat, papermill\n"
        f"read = {json.dumps(notebook([IS_WARM, '1']))!r}\n"
        "def run(then='1', **options):\n"
        "    notebook = nbformat.reads(read, 4)\n"
        "    notebook.cells[1].source = then\n"
        "    ran = papermill.execute_notebook(\n"
        "        notebook, None, engine_name='warm', progress_bar=False, **options)\n"
        "    return ran.cells[0].outputs[0].text\n" + PROGRAMS[name]
    )
    done = subprocess.run(
        [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (printed, 0), done.stderr
    said = [line for line in done.stderr.splitlines() if "stock engine" in line]
    assert said == ([f"Run by the stock engine, not the warm one: {message}"] if message else [])


def test_this_environment_s_python_by_another_name_is_warm(
    tmp_path: Path, kernel: Callable[..., str]
) -> None:
    names = [f"python3.{sys.version_info[1]}", "python3", "python"]
    folder = Path(sys.executable).parent
    paths = [folder / name for name in names if (folder / name).exists()]
    other = next((path for path in paths if str(path) != sys.executable), paths[0])
    argv = [str(other), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    ran = Ran(
        tmp_path / "run",
        notebook([IS_WARM, "import sys\nprint(sys.executable)"], name=kernel(argv=argv)),
    )
    assert (ran.error, ran.text()) == (None, f"True\n{other}\n")


def test_the_same_program_in_another_environment_is_another_python(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(Path(sys.executable).resolve())
    assert not _is_this_python(str(tmp_path / "python"))
    assert not _is_this_python(str(tmp_path / "none"))
    assert _is_this_python(sys.executable)


@pytest.mark.parametrize(
    ("given", "reason"),
    slow_but(
        [
            ({"language": "R"}, "the kernel 'other' speaks R"),
            (
                {"argv": [sys.executable, "-m", "ipykernel", "-f", "{connection_file}"]},
                "the kernel 'other' is not started as ipykernel is: ",
            ),
        ],
        1,
    ),
)
def test_another_kernel_is_the_stock_engine_s_which_is_said_once_with_the_limits_that_it_lacks(
    given: dict[str, Any],
    reason: str,
    tmp_path: Path,
    kernel: Callable[..., str],
    warm_log: Callable[[], str],
) -> None:
    name = kernel(**given)
    for _ in range(2):
        Ran(tmp_path / "run", notebook([IS_WARM], name=name), memory_limit="4G", time_limit=600)
    beginning = "Run by the stock engine, not the warm one and without a limit of memory and time: "
    assert warm_log().startswith(beginning + reason) and warm_log().count("Run by") == 1


@pytest.mark.slow
def test_a_kernel_manager_of_the_caller_s_is_used(tmp_path: Path) -> None:
    from jupyter_client.manager import AsyncKernelManager

    ran = Ran(tmp_path, [IS_WARM], kernel_manager_class=AsyncKernelManager)
    assert (ran.error, ran.text()) == (None, "False\n")
