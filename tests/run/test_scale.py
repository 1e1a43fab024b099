"""Runs on a Dask cluster: a real scheduler and real workers, each in a folder of its own outside
the publication.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from broadsheet.data.catalogue import Catalogue, update_hashes
from broadsheet.data.vintages import Accepted, keep_all
from broadsheet.errors import BroadsheetError, ClusterError, UsageError
from broadsheet.project.reading import open_publication
from broadsheet.run import dask_cluster as clusters
from broadsheet.run import dask_files, library_versions
from broadsheet.run.dask_files import Manifests
from broadsheet.run.executors import open_executor
from broadsheet.run.running import execute
from broadsheet.site.build.build import build
from broadsheet.site.output.output_folder import read_marker
from broadsheet.site.output.swap import record_path
from conftest import TABLE, is_exact, slow_but

CODE = "import broadsheet as bs\nimport mine\ntrade = bs.table('trade')\nn = mine.N + year + int(trade['total'].sum())"
EDITIONS = (
    "title: A\ndate: 2024-05-01\neditions:\n  matrix: {{year: [{}]}}\n  slug: 'y{{{{ year }}}}'"
)


class Process:
    """A process of the cluster, and what it says."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        folder: Path,
        within: tuple[str, ...] = (),
        path: str = "",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._said: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [*within, sys.executable, "-m", f"distributed.cli.{module}", *arguments],
            cwd=folder,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, (path, os.environ.get("PYTHONPATH")))),
                "DASK_TEMPORARY_DIRECTORY": str(folder),
            },
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self, pattern: str) -> str:
        """Wait until it has said this; what the group caught."""

        def found() -> list[str]:
            return re.findall(pattern, "".join(self._said))

        with self._news:
            assert self._news.wait_for(lambda: found() or self.process.poll() is not None, 60), (
                "".join(self._said)
            )
            assert found(), "".join(self._said)
        return found()[0]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        self.process.terminate()
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self._said.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()


class Cluster:
    """A scheduler, and workers as they are asked for."""

    def __init__(
        self, folder: Path, stack: ExitStack, host: str = "127.0.0.1", path: str = ""
    ) -> None:
        self._folder, self._stack = folder, stack
        self.scheduler = self._start(
            "dask_scheduler", "--host", host, "--port", "0", name="scheduler", path=path
        )
        self.address = self.scheduler.says(r"Scheduler at: +(tcp://\S+)")

    def worker(self, name: str, *options: str, **more: object) -> Process:
        return self._start(
            "dask_worker", self.address, "--name", name, "--no-nanny", *options, name=name, **more
        )

    def _start(self, module: str, *arguments: str, name: str, **more: object) -> Process:
        process = Process(
            module, *arguments, "--dashboard-address", ":0", folder=self._folder / name, **more
        )
        self._stack.callback(process.end)
        return process


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers that no test harms: one with a nanny and a thread, one without and with several."""
    with ExitStack() as stack:
        cluster = Cluster(tmp_path_factory.mktemp("cluster"), stack)
        workers = [
            cluster.worker("one", "--nthreads", "1"),
            cluster.worker("many", "--nthreads", "4"),
        ]
        for worker in workers:
            worker.says("Registered to")
        yield cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler to do harm to."""
    with ExitStack() as stack:
        yield Cluster(tmp_path / "cluster", stack)


COUNT = 8


@pytest.fixture
def written(site):
    """An article of eight editions that reads a table of the catalogue and a module of its own."""
    site.table()
    site.write("posts/a/mine.py", "N = 1\n")
    site.article(
        "a",
        CODE,
        ("md", "`{python} n`"),
        parameters="year: int = 2022",
        front=EDITIONS.format(", ".join(str(2001 + number) for number in range(COUNT - 1))),
    )
    return site


@pytest.fixture(scope="module")
def known():
    """What this machine makes of it, once it was asked."""
    return {}


@pytest.fixture
def written_here(written, known):
    """What this machine makes of what is written: the results, and the names of the cache's
    entries.
    """
    if not known:
        known["results"], known["entries"] = results(run_at(written, None)), entries(written)
        shutil.rmtree(written.root / ".broadsheet")
        assert len(known["entries"]) == COUNT
    return known


def run_at(site, address, on_outcome=lambda outcome: None, tell=lambda notice: None):
    """Each edition's outcome, by its slug."""
    publication = open_publication(site.root)
    outcomes = {}
    with open_executor(address, 2, publication.project, tell) as executor:
        for outcome in execute(publication.project, publication.editions, executor):
            outcomes[outcome.edition.slug] = outcome
            on_outcome(outcome)
    return outcomes


def results(outcomes):
    assert not [str(outcome.error) for outcome in outcomes.values() if outcome.error]
    return {slug: outcome.notebook() for slug, outcome in outcomes.items()}


def entries(site):
    runs = site.root / ".broadsheet/runs"
    return sorted(str(path.relative_to(runs)) for path in runs.glob("??/*/*.json"))


def test_a_cluster_gives_the_same_outcomes_and_fills_the_cache_as_this_machine_does(
    written, written_here, shared
):
    assert results(run_at(written, shared.address)) == written_here["results"]
    assert entries(written) == written_here["entries"]
    assert not any(outcome.ran for outcome in run_at(written, None).values())


@pytest.mark.parametrize("form", slow_but(["csv", "parquet"], {"parquet"}))
def test_slices_are_read_on_a_cluster_as_they_are_here(site, shared, form):
    frame = pd.DataFrame({"year": [2021, 2022, 2023], "total": [146.9, 190.3, 240.1]})
    write = {"csv": frame.to_csv, "parquet": frame.to_parquet}[form]
    entry = TABLE | {"path": f"trade.{form}", "format": form}
    described = {"name": "test", "title": "Test", "resources": [entry]}
    site.write("data/datapackage.json", json.dumps(described))
    write(site.root / f"data/trade.{form}", index=False)
    update_hashes(site.root)
    for year in (2021, 2022):
        code = (
            f"import broadsheet as bs\ntrade = bs.table('trade', where={{'year': {year}}})\ntrade"
        )
        site.article(f"in-{year}", code, ("md", "`{python} usd(trade.total[0])`"))
    remote, there = results(run_at(site, shared.address)), entries(site)
    assert not any(outcome.ran for outcome in run_at(site, None).values())
    shutil.rmtree(site.root / ".broadsheet")
    assert (results(run_at(site, None)), entries(site)) == (remote, there)
    frame.loc[1, "total"] = 190.4
    write(site.root / f"data/trade.{form}", index=False)
    update_hashes(site.root)
    ran = {slug: outcome.ran for slug, outcome in run_at(site, shared.address).items()}
    assert ran == {"in-2021": False, "in-2022": True}


@pytest.mark.slow
def test_the_site_is_the_same_and_stands_where_the_scheduler_is_gone(
    written, shared, run, monkeypatch
):
    def pages():
        return {
            str(path.relative_to(written.root)): path.read_bytes()
            for path in sorted((written.root / "_site").rglob("*"))
            if is_exact(path)
        }

    assert run(written, "build", "--scheduler", shared.address)[0] == 0
    remote = pages()
    shutil.rmtree(written.root / "_site")
    shutil.rmtree(written.root / ".broadsheet")
    assert run(written, "build")[0] == 0
    assert pages() == remote

    written.write("posts/a/mine.py", "N = 2\n")
    monkeypatch.setattr(clusters, "CONNECTING", 0.5)
    code, _, reported = run(written, "build", "--scheduler", "tcp://127.0.0.1:9")
    assert code == 1 and reported.startswith("error: tcp://127.0.0.1:9: no scheduler answers")
    assert pages() == remote
    assert run(written, "build", "--scheduler", "here")[0] == 2


@pytest.mark.slow
def test_each_file_is_sent_once_to_each_worker_in_this_build_and_the_next(
    written, shared, monkeypatch
):
    sent: list[str] = []
    content = Manifests.content
    monkeypatch.setattr(
        Manifests, "content", lambda self, *args: sent.append(args[0]) or content(self, *args)
    )
    written.write("data/big.csv", "a\n1\n")
    results(run_at(written, shared.address))
    assert sent and max(sent.count(digest) for digest in sent) <= 2
    shutil.rmtree(written.root / ".broadsheet")
    before = len(sent)
    results(run_at(written, shared.address))
    assert len(sent) == before


def test_a_table_as_it_was_known_goes_along(site, shared, monkeypatch):
    site.table()
    (resource,) = Catalogue.open(site.root).package.resources
    rows = "".join(f"{year},{math.sqrt(year)}\n" for year in range(4000))
    version = Accepted(resource, f"year,total\n{rows}".encode(), date(2022, 3, 1), "by hand")
    keep_all(site.root, "trade", [version])
    monkeypatch.setattr(dask_files, "LIMIT", 10_000)
    code = 'import broadsheet as bs\nlen(bs.table("trade", known=f"{2022}-12-31"))'
    site.article("a", code)
    here, names = results(run_at(site, None)), entries(site)
    shutil.rmtree(site.root / ".broadsheet")
    there = results(run_at(site, shared.address))
    assert there == here and entries(site) == names
    assert there["a"].cells[1].outputs[0].data["text/plain"] == "4000"


@pytest.mark.slow
def test_an_error_reads_as_it_would_here_and_the_partial_notebook_comes_back(site, shared):
    for number, code in enumerate(
        (
            "import mine\nmine.fail()",
            "1 / 0",
            "import os\nos._exit(3)",
            "open('../../data/none.csv')",
            "raise ValueError(__import__('os').environ['BROADSHEET_ROOT'])",
        )
    ):
        site.write(f"posts/a{number}/mine.py", "def fail():\n    raise LookupError('none')\n")
        site.article(f"a{number}", "x = 1", code)
    reported, partials = [], []
    for address in (None, shared.address):
        reported.append(
            {slug: str(outcome.error) for slug, outcome in run_at(site, address).items()}
        )
        partials.append(
            {
                slug: [
                    cell["source"]
                    for cell in json.loads(
                        site.read(f".broadsheet/partial/posts/{slug}/index.ipynb")
                    )["cells"]
                ]
                for slug in reported[0]
            }
        )
        shutil.rmtree(site.root / ".broadsheet")
    assert reported[1] == reported[0] and len(reported[0]) == 5
    assert "posts/a0/mine.py:2, in fail()" in reported[1]["a0"]
    assert str(site.root) in reported[1]["a4"]
    assert partials[1] == partials[0]


OPENS = "name = 'shapes'\nfound = open(f'../../geo/{name}.json').read()"


@pytest.mark.parametrize(
    "code", slow_but([OPENS, f"try:\n    {OPENS.splitlines()[1]}\nexcept OSError:\n    pass"], 1)
)
def test_a_file_that_did_not_go_along_is_reported_with_what_to_do(site, shared, code):
    site.write("geo/shapes.json", "[]")
    code = (
        code.replace("'shapes'", "'sha' + 'pes'")
        if "name =" in code
        else "name = 'sha' + 'pes'\n" + code
    )
    site.article("a", code)
    error = run_at(site, shared.address)["a"].error
    assert (
        "geo/shapes.json did not go along to the worker. Name it in a code cell of the article, a comment will do "
        "(`# geo/shapes.json`), or build the article once without --scheduler." in str(error)
    )
    site.article("a", f"# geo/shapes.json\n{code}")
    results(run_at(site, shared.address))


def test_what_the_last_run_read_goes_along(site, shared):
    site.write("geo/shapes.json", "[]")
    site.article("a", "name = 'sha' + 'pes'\nopen(f'../../geo/{name}.json').read()")
    results(run_at(site, None))
    site.write("geo/shapes.json", "[1]")
    ran = run_at(site, shared.address)["a"]
    assert ran.why == "geo/shapes.json changed"
    assert "[1]" in str(results({"a": ran}))


def test_a_folder_lists_on_a_worker_as_it_does_here_and_keeps_nothing_of_the_last_run(site, shared):
    site.write("geo/shapes.json", "[]")
    site.article(
        "a",
        "import os\nlisted = sorted(os.listdir('../../geo'))\nopen('../../geo/left', 'w').write('x')\n"
        "open('mine.txt', 'w').write('x')\nlisted",
        parameters="year: int = 2022",
        front=EDITIONS.format("2001, 2002, 2003"),
    )
    for executed in results(run_at(site, shared.address)).values():
        assert executed.cells[-1].outputs[0].data["text/plain"] == "['shapes.json']"


def test_a_worker_killed_on_the_way_is_done_without(written, written_here, cluster):
    doomed = cluster.worker("doomed")
    for worker in (doomed, cluster.worker("other")):
        worker.says("Registered to")
    ended: list[object] = []
    outcomes = run_at(
        written,
        cluster.address,
        lambda outcome: ended.append(outcome) or len(ended) > 1 or doomed.kill(),
    )
    assert results(outcomes) == written_here["results"]
    assert entries(written) == written_here["entries"]


@pytest.mark.slow
def test_an_article_that_takes_workers_down_is_at_fault_and_the_others_are_not(
    written, written_here, cluster, monkeypatch
):
    monkeypatch.setattr(clusters, "DEATHS", 2)
    pids = {name: cluster.worker(name) for name in ("w1", "w2", "w3")}
    for name, worker in pids.items():
        worker.says("Registered to")
        pids[name] = worker.process.pid
    written.article(
        "0",
        f"import os\npids = {pids}\n"
        "os.kill(next(pids[name] for name in pids if f'/{name}/' in os.getcwd()), 9)",
    )
    outcomes = run_at(written, cluster.address)
    assert str(outcomes.pop("0").error).startswith(
        "posts/0/index.ipynb: 2 workers died with this article in hand"
    )
    assert results(outcomes) == written_here["results"]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_scheduler_that_ends_or_falls_silent_is_reported_and_what_was_done_is_kept(
    written, cluster, shared, monkeypatch, how
):
    monkeypatch.setattr(clusters, "PATIENCE", 5.0)
    monkeypatch.setattr(clusters, "CONNECTING", 5.0)
    cluster.worker("w").says("Registered to")
    ended = []

    @contextmanager
    def watch(count):
        yield lambda outcome: ended.append(outcome) or cluster.scheduler.process.send_signal(how)

    with pytest.raises(ClusterError) as lost:
        build(written.root, scheduler=cluster.address, watch=watch)
    assert not (written.root / "_site").exists()
    assert lost.value.where.file == cluster.address
    assert "scheduler" in lost.value.what
    assert "what was finished is kept" in lost.value.mend
    assert 0 < len(ended) == len(entries(written)) < COUNT
    outcomes = run_at(written, shared.address)
    assert sum(not outcome.ran for outcome in outcomes.values()) == len(ended)
    assert len(results(outcomes)) == COUNT


@pytest.fixture
def other_pandas(tmp_path: Path) -> str:
    """A folder for PYTHONPATH in which pandas says that it is of another version."""
    metadata = tmp_path / "shadow/pandas-9.9.9.dist-info/METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: pandas\nVersion: 9.9.9\n")
    return str(tmp_path / "shadow")


@pytest.mark.slow
def test_a_worker_that_does_not_fit_is_refused_by_name_now_or_when_it_joins(
    written, cluster, other_pandas, tmp_path
):
    import pandas

    different = f"pandas is 9.9.9 there, {pandas.__version__} here"
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/broadsheet.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'papermill'\")"
    )
    cluster.worker("bad", path=other_pandas).says("Registered to")
    cluster.worker("bare", path=str(tmp_path / "bare")).says("Registered to")
    with pytest.raises(ClusterError, match="no worker of this cluster") as refused:
        run_at(written, cluster.address)
    assert re.search(f"worker 'bad' at tcp://\\S+ is refused: {different}", str(refused.value))
    assert re.search(
        r"worker 'bare' at tcp://\S+ is refused: it cannot load broadsheet .*papermill",
        str(refused.value),
    )
    assert "Install requirements.txt" in refused.value.mend

    good = cluster.worker("good")
    good.says("Registered to")
    notices, reported = [], threading.Event()
    publication = open_publication(written.root)
    with open_executor(
        cluster.address,
        1,
        publication.project,
        lambda notice: notices.append(str(notice)) or len(notices) < 3 or reported.set(),
    ) as executor:
        assert len(notices) == 2 and any(
            "worker 'bad'" in notice and different in notice for notice in notices
        )
        cluster.worker("late", path=other_pandas).says("Registered to")
        assert reported.wait(30)
        assert "worker 'late'" in notices[2] and different in notices[2]
        assert executor.slots == 1
        outcomes = list(execute(publication.project, publication.editions, executor))
    assert len(outcomes) == COUNT and not any(outcome.error for outcome in outcomes)

    assert list(good.folder.rglob("trade.csv"))
    good.end()
    assert not list(good.folder.rglob("trade.csv")), "a worker that ends leaves nothing"


@pytest.mark.slow
def test_a_scheduler_of_another_version_is_reported(written, tmp_path, other_pandas):
    shadow = Path(other_pandas)
    (shadow / "pandas-9.9.9.dist-info").rename(shadow / "distributed-1.0.dist-info")
    (shadow / "distributed-1.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: distributed\nVersion: 1.0\n"
    )
    with ExitStack() as stack:
        cluster = Cluster(tmp_path / "cluster", stack, path=other_pandas)
        with pytest.raises(
            ClusterError, match=r"the scheduler does not fit: distributed is 1\.0 there, "
        ):
            run_at(written, cluster.address)


@pytest.mark.slow
def test_a_worker_that_lacks_a_library_that_an_article_imports_is_refused(
    written, cluster, tmp_path, monkeypatch
):
    metadata = tmp_path / "only-here/tiny-1.0.dist-info/METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
    metadata.with_name("top_level.txt").write_text("tiny\n")
    monkeypatch.syspath_prepend(str(tmp_path / "only-here"))
    monkeypatch.setattr(
        library_versions, "_distributions", library_versions._distributions.__wrapped__
    )
    cluster.worker("bare").says("Registered to")
    with pytest.raises(ClusterError, match="no worker of this cluster") as refused:
        written.write("posts/a/mine.py", "import os, tiny as t\n")
        run_at(written, cluster.address)
    assert re.search(
        r"worker 'bare' at tcp://\S+ is refused: tiny is missing there, 1\.0 here",
        str(refused.value),
    )


def test_a_scheduler_that_never_was_is_reported(written, monkeypatch):
    monkeypatch.setattr(clusters, "CONNECTING", 0.5)
    with pytest.raises(ClusterError, match="no scheduler answers"):
        run_at(written, "tcp://127.0.0.1:9")


@pytest.mark.slow
def test_a_cluster_without_workers_is_reported(written, cluster, monkeypatch):
    monkeypatch.setattr(clusters, "PATIENCE", 5.0)  # the scheduler loads broadsheet within it
    with pytest.raises(ClusterError, match="no worker that answers"):
        run_at(written, cluster.address)


@pytest.mark.slow
def test_the_last_worker_killed_is_reported(written, cluster, monkeypatch):
    worker = cluster.worker("w")
    worker.says("Registered to")
    monkeypatch.setattr(clusters, "PATIENCE", 10.0)
    with pytest.raises(ClusterError, match="no worker left"):
        run_at(
            written,
            cluster.address,
            lambda outcome: worker.process.poll() is None and worker.kill(),
        )


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["a worker", "the last worker", "the scheduler"])
def test_a_build_whose_cluster_dies_is_done_by_others_or_leaves_the_old_site(
    written, cluster, run, monkeypatch, victim
):
    monkeypatch.setattr(clusters, "PATIENCE", 3.0)
    monkeypatch.setattr(clusters, "CONNECTING", 3.0)

    def site():
        return {
            str(path.relative_to(written.root)): path.read_bytes()
            for path in sorted((written.root / "_site").rglob("*"))
            if is_exact(path)
        }

    written.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts}\n---\n")
    assert run(written, "build")[0] == 0
    old = site()
    written.write("posts/a/mine.py", "N = 2\n")
    workers = [
        cluster.worker(name) for name in ("one", "two")[: 1 if victim == "the last worker" else 2]
    ]
    for worker in workers:
        worker.says("Registered to")
    doomed = [cluster.scheduler if victim == "the scheduler" else workers[0]]

    @contextmanager
    def watch(editions):
        yield lambda outcome: doomed and doomed.pop().kill()

    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.cli.progress.watch", watch)
        code, _, reported = run(written, "build", "--scheduler", cluster.address)
    assert not doomed and "Traceback" not in reported, reported
    if victim == "a worker":
        assert (code, reported) == (0, "")
    else:
        what = "the cluster has no worker left" if victim == "the last worker" else "scheduler"
        assert code == 1 and reported.startswith(f"error: {cluster.address}: ") and what in reported
        assert site() == old
        code, out, reported = run(written, "build")
        assert (code, reported) == (0, "") and not re.search(rf"\({COUNT} notebooks ran", out)
    output = written.root / "_site"
    assert {path.name for path in (written.root / ".broadsheet").glob("_site*")} == {
        "_site.lock",
        "_site.before",
        record_path(output, read_marker(output).record).name,
    }
    made = site()
    shutil.rmtree(written.root / "_site")
    shutil.rmtree(written.root / ".broadsheet")
    assert run(written, "build")[0] == 0
    assert site() == made != old


@pytest.mark.parametrize("address", ["host", "host:8786", "tcp://host", "warp://host:8786"])
def test_an_address_that_is_none_is_reported(written, address):
    with pytest.raises(UsageError, match="not the address of a Dask scheduler"):
        run_at(written, address)


def test_without_dask_it_is_told_what_to_install(written, monkeypatch):
    monkeypatch.delitem(sys.modules, "broadsheet.run.dask_cluster")
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(UsageError, match=r"pip install 'broadsheet\[dask\]'"):
        run_at(written, "tcp://host:8786")


def test_no_more_jobs_are_made_than_a_few_for_each_process(written):
    from concurrent.futures import Executor, Future

    made: list[Future[str]] = []

    class Slow(Executor):
        slots = 1

        def submit(self, *_, **__):
            made.append(Future())
            open_ones = [one for one in made if not one.done()]
            assert len(open_ones) <= 3
            if len(open_ones) == 3:
                open_ones[0].set_exception(BroadsheetError("a", "b", "c"))
            return made[-1]

    publication = open_publication(written.root)
    outcomes = execute(publication.project, publication.editions, Slow())
    next(outcomes)
    assert len(made) == 3


@pytest.fixture
def namespaces() -> Iterator[list[tuple[str, str]]]:
    """Two networks of their own, each with a line to this one: their names, and the address of this
    end.
    """
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and iproute2's `ip`")
    with ExitStack() as stack:
        made = []
        for number in (1, 2):
            name, line = f"bs{os.getpid()}-{number}", f"bs{os.getpid() % 100000}{number}"
            ip(f"netns add {name}")
            stack.callback(ip, f"netns del {name}")
            ip(f"link add {line} type veth peer name {line}p netns {name}")
            ip(f"addr add 10.213.{number}.1/24 dev {line}")
            ip(f"link set {line} up")
            for command in (
                f"addr add 10.213.{number}.2/24 dev {line}p",
                f"link set {line}p up",
                "link set lo up",
                f"route add default via 10.213.{number}.1",
            ):
                ip(f"-n {name} {command}")
            made.append((name, f"10.213.{number}.1"))
        yield made


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


@pytest.mark.slow
def test_workers_in_networks_of_their_own_give_the_same(
    written, written_here, namespaces, tmp_path
):
    with ExitStack() as stack:
        cluster = Cluster(tmp_path / "cluster", stack, host="0.0.0.0")
        port = cluster.address.rpartition(":")[2]
        for name, address in namespaces:
            cluster.address = f"tcp://{address}:{port}"
            cluster.worker(name, within=("ip", "netns", "exec", name)).says("Registered to")
        assert results(run_at(written, f"tcp://127.0.0.1:{port}")) == written_here["results"]
    assert entries(written) == written_here["entries"]
