"""Runs on a Dask cluster: a real scheduler and real workers, each in a folder of its own outside the publication."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from broadsheet.errors import BroadsheetError, ClusterError, UsageError
from broadsheet.execution import execute, open_executor
from broadsheet.execution import cluster as clusters
from broadsheet.execution.manifest import Manifests
from broadsheet.publication import open_publication

CODE = "import broadsheet as bs\nimport mine\ntrade = bs.table('trade')\nn = mine.N + year + int(trade['total'].sum())"
EDITIONS = "title: A\neditions:\n  matrix: {{year: [{}]}}\n  slug: 'y{{{{ year }}}}'"


class Process:
    """A process of the cluster, and what it says."""

    def __init__(self, module: str, *arguments: str, folder: Path, within: tuple[str, ...] = (), path: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._said: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [*within, sys.executable, "-m", f"distributed.cli.{module}", *arguments], cwd=folder, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "DASK_TEMPORARY_DIRECTORY": str(folder)})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self, pattern: str) -> str:
        """Wait until it has said this; what the group caught."""
        def found() -> list[str]:
            return re.findall(pattern, "".join(self._said))
        with self._news:
            assert self._news.wait_for(lambda: found() or self.process.poll() is not None, 60), "".join(self._said)
            assert found(), "".join(self._said)
        return found()[0]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        self.process.terminate()
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

    def __init__(self, folder: Path, stack: ExitStack, host: str = "127.0.0.1") -> None:
        self._folder, self._stack = folder, stack
        self.scheduler = self._start("dask_scheduler", "--host", host, "--port", "0", name="scheduler")
        self.address = self.scheduler.says(r"Scheduler at: +(tcp://\S+)")

    def worker(self, name: str, *options: str, **more: object) -> Process:
        return self._start("dask_worker", self.address, "--name", name, "--no-nanny", *options, name=name, **more)

    def _start(self, module: str, *arguments: str, name: str, **more: object) -> Process:
        process = Process(module, *arguments, "--dashboard-address", ":0", folder=self._folder / name, **more)
        self._stack.callback(process.end)
        return process


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers that no test harms: one with a nanny and a thread, one without and with several."""
    with ExitStack() as stack:
        cluster = Cluster(tmp_path_factory.mktemp("cluster"), stack)
        workers = [cluster.worker("one", "--nthreads", "1"), cluster.worker("many", "--nthreads", "4")]
        for worker in workers:
            worker.says("Registered to")
        yield cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler to do harm to."""
    with ExitStack() as stack:
        yield Cluster(tmp_path / "cluster", stack)


@pytest.fixture
def written(site):
    """An article of six editions that reads a table of the catalogue and a module of its own."""
    return publish(site, 6)


def publish(site, count):
    site.table()
    site.write("posts/a/mine.py", "N = 1\n")
    site.article("a", CODE, ("md", "`{python} n`"), parameters="year: int = 2022",
                 front=EDITIONS.format(", ".join(str(2001 + number) for number in range(count - 1))))
    return site


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
    return {slug: outcome.executed for slug, outcome in outcomes.items()}


def entries(site):
    runs = site.root / ".broadsheet/runs"
    return sorted(str(path.relative_to(runs)) for path in runs.glob("??/*/*.json"))


def here(site):
    """A copy of the publication, to be run on this machine, at the same address so that paths are the same."""
    run_at(site, None)
    local = entries(site)
    shutil.rmtree(site.root / ".broadsheet")
    return local


def test_a_cluster_gives_the_same_outcomes_and_fills_the_cache_as_this_machine_does(written, shared):
    local = results(run_at(written, None))
    kept = entries(written)
    shutil.rmtree(written.root / ".broadsheet")
    assert results(run_at(written, shared.address)) == local
    assert entries(written) == kept and len(kept) == 6
    assert not any(outcome.ran for outcome in run_at(written, None).values())


def test_each_file_is_sent_once_to_each_worker_in_this_build_and_the_next(written, shared, monkeypatch):
    sent: list[str] = []
    content = Manifests.content
    monkeypatch.setattr(Manifests, "content", lambda self, *args: sent.append(args[0]) or content(self, *args))
    written.write("data/big.csv", "a\n1\n")
    results(run_at(written, shared.address))
    assert sent and max(sent.count(digest) for digest in sent) <= 2
    shutil.rmtree(written.root / ".broadsheet")
    before = len(sent)
    results(run_at(written, shared.address))
    assert len(sent) == before


@pytest.mark.parametrize("code", [
    "import mine\nmine.fail()", "1 / 0", "import os\nos._exit(3)", "open('../../data/none.csv')",
    "raise ValueError(__import__('os').environ['BROADSHEET_ROOT'])"])
def test_an_error_reads_as_it_would_here_and_the_partial_notebook_comes_back(site, shared, code):
    site.write("posts/a/mine.py", "def fail():\n    raise LookupError('none')\n")
    site.article("a", "x = 1", code)
    told, partials = [], []
    for address in (None, shared.address):
        told.append(str(run_at(site, address)["a"].error))
        partials.append(json.loads(site.read(".broadsheet/partial/posts/a/index.ipynb"))["cells"])
        shutil.rmtree(site.root / ".broadsheet")
    assert told[1] == told[0]
    assert [cell["source"] for cell in partials[1]] == [cell["source"] for cell in partials[0]]


OPENS = "name = 'shapes'\nfound = open(f'../../geo/{name}.json').read()"


@pytest.mark.parametrize("code", [OPENS, f"try:\n    {OPENS.splitlines()[1]}\nexcept OSError:\n    pass"])
def test_a_file_that_did_not_go_along_is_told_with_what_to_do(site, shared, code):
    site.write("geo/shapes.json", "[]")
    code = code.replace("'shapes'", "'sha' + 'pes'") if "name =" in code else "name = 'sha' + 'pes'\n" + code
    site.article("a", code)
    error = run_at(site, shared.address)["a"].error
    assert "geo/shapes.json did not go along to the worker. Name it in a code cell of the article, a comment will do " \
        "(`# geo/shapes.json`), or build the article once without --scheduler." in str(error)
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
    site.article("a", "import os\nlisted = sorted(os.listdir('../../geo'))\nopen('../../geo/left', 'w').write('x')\n"
                      "open('mine.txt', 'w').write('x')\nlisted", parameters="year: int = 2022",
                 front=EDITIONS.format("2001, 2002, 2003"))
    for executed in results(run_at(site, shared.address)).values():
        assert executed.cells[-1].outputs[0].data["text/plain"] == "['shapes.json']"


def test_a_worker_killed_on_the_way_is_done_without(site, cluster):
    publish(site, 12)
    expected = here(site)
    doomed = cluster.worker("doomed")
    for worker in (doomed, cluster.worker("other")):
        worker.says("Registered to")
    ended: list[object] = []
    outcomes = run_at(site, cluster.address, lambda outcome: ended.append(outcome) or len(ended) > 1 or doomed.kill())
    assert len(results(outcomes)) == 12
    assert entries(site) == expected


def test_a_scheduler_killed_on_the_way_is_told_and_what_was_done_is_kept(site, cluster):
    publish(site, 12)
    cluster.worker("w").says("Registered to")
    ended = []

    def on_outcome(outcome):
        ended.append(outcome)
        cluster.scheduler.kill()
    with pytest.raises(ClusterError) as lost:
        run_at(site, cluster.address, on_outcome)
    assert lost.value.where.file == cluster.address
    assert "scheduler" in lost.value.what
    assert "what was finished is kept" in lost.value.mend
    assert len(entries(site)) >= len(ended)
    assert sum(not outcome.ran for outcome in run_at(site, None).values()) == len(ended)


def test_a_worker_that_ends_leaves_no_file(written, cluster):
    worker = cluster.worker("w")
    worker.says("Registered to")
    results(run_at(written, cluster.address))
    assert list(worker.folder.rglob("trade.csv"))
    worker.end()
    assert not list(worker.folder.rglob("trade.csv"))


@pytest.fixture
def other_pandas(tmp_path: Path) -> str:
    """A folder for PYTHONPATH in which pandas says that it is of another version."""
    metadata = tmp_path / "shadow/pandas-9.9.9.dist-info/METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: pandas\nVersion: 9.9.9\n")
    return str(tmp_path / "shadow")


def test_a_worker_with_another_library_is_refused_by_name_now_or_when_it_joins(written, cluster, other_pandas):
    import pandas
    different = f"pandas is 9.9.9 there, {pandas.__version__} here"
    cluster.worker("bad", path=other_pandas).says("Registered to")
    with pytest.raises(ClusterError, match="no worker of this cluster") as refused:
        run_at(written, cluster.address)
    assert "worker 'bad' at tcp://" in str(refused.value) and different in str(refused.value)
    assert "Install requirements.txt" in refused.value.mend

    cluster.worker("good").says("Registered to")
    notices, told = [], threading.Event()
    publication = open_publication(written.root)
    with open_executor(cluster.address, 1, publication.project,
                       lambda notice: notices.append(notice) or len(notices) < 2 or told.set()) as executor:
        assert "worker 'bad'" in str(notices[0]) and different in str(notices[0])
        cluster.worker("late", path=other_pandas).says("Registered to")
        assert told.wait(30)
        assert "worker 'late'" in str(notices[1]) and different in str(notices[1])
        assert executor.slots == 1
        outcomes = list(execute(publication.project, publication.editions, executor))
    assert len(outcomes) == 6 and not any(outcome.error for outcome in outcomes)


def test_a_worker_without_broadsheet_is_refused_by_name(written, cluster, tmp_path):
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow/broadsheet.py").write_text("raise ModuleNotFoundError(\"No module named 'papermill'\")")
    cluster.worker("bare", path=str(tmp_path / "shadow")).says("Registered to")
    with pytest.raises(ClusterError, match=r"worker 'bare' at \S+ is refused.*cannot load broadsheet.*papermill"):
        run_at(written, cluster.address)


def test_a_scheduler_that_never_was_is_told(written, monkeypatch):
    monkeypatch.setattr(clusters, "CONNECTING", 0.5)
    with pytest.raises(ClusterError, match="no scheduler answers"):
        run_at(written, "tcp://127.0.0.1:9")


def test_a_cluster_without_workers_is_told(written, cluster, monkeypatch):
    monkeypatch.setattr(clusters, "PATIENCE", 1.0)
    with pytest.raises(ClusterError, match="the cluster has no worker"):
        run_at(written, cluster.address)


def test_the_last_worker_killed_is_told(site, cluster, monkeypatch):
    publish(site, 12)
    worker = cluster.worker("w")
    worker.says("Registered to")
    monkeypatch.setattr(clusters, "PATIENCE", 2.0)
    with pytest.raises(ClusterError, match="no worker left"):
        run_at(site, cluster.address, lambda outcome: worker.process.poll() is None and worker.kill())


@pytest.mark.parametrize("address", ["host", "host:8786", "tcp://host", "warp://host:8786"])
def test_an_address_that_is_none_is_told(written, address):
    with pytest.raises(UsageError, match="not the address of a Dask scheduler"):
        run_at(written, address)


def test_without_dask_it_is_told_what_to_install(written, monkeypatch):
    monkeypatch.delitem(sys.modules, "broadsheet.execution.cluster")
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(UsageError, match=r"pip install 'broadsheet\[dask\]'"):
        run_at(written, "tcp://host:8786")


def test_no_more_jobs_are_made_than_a_few_for_each_process(site):
    from concurrent.futures import Executor, Future
    publish(site, 12)
    waiting: list[Future[str]] = []

    class Slow(Executor):
        slots = 2

        def submit(self, *_, **__):
            waiting.append(Future())
            assert sum(not one.done() for one in waiting) <= 6
            if len(waiting) % 6 == 0 or len(waiting) > 6:
                next(one for one in waiting if not one.done()).set_exception(BroadsheetError("a", "b", "c"))
            return waiting[-1]
    publication = open_publication(site.root)
    outcomes = execute(publication.project, publication.editions, Slow())
    for _ in range(6):
        next(outcomes)
    assert len(waiting) <= 12
    outcomes.close()


@pytest.fixture
def namespaces() -> Iterator[list[tuple[str, str]]]:
    """Two networks of their own, each with a line to this one: their names, and the address of this end."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("NOT TESTED: workers in networks of their own need root and iproute2's `ip`")
    with ExitStack() as stack:
        made = []
        for number in (1, 2):
            name, line = f"bs{os.getpid()}-{number}", f"bs{os.getpid() % 100000}{number}"
            ip(f"netns add {name}")
            stack.callback(ip, f"netns del {name}")
            ip(f"link add {line} type veth peer name {line}p netns {name}")
            ip(f"addr add 10.213.{number}.1/24 dev {line}")
            ip(f"link set {line} up")
            for command in (f"addr add 10.213.{number}.2/24 dev {line}p", f"link set {line}p up", "link set lo up",
                            f"route add default via 10.213.{number}.1"):
                ip(f"-n {name} {command}")
            made.append((name, f"10.213.{number}.1"))
        yield made


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


def test_workers_in_networks_of_their_own_give_the_same(written, namespaces, tmp_path):
    expected = here(written)
    with ExitStack() as stack:
        cluster = Cluster(tmp_path / "cluster", stack, host="0.0.0.0")
        port = cluster.address.rpartition(":")[2]
        for name, address in namespaces:
            cluster.address = f"tcp://{address}:{port}"
            cluster.worker(name, within=("ip", "netns", "exec", name)).says("Registered to")
        assert len(results(run_at(written, f"tcp://127.0.0.1:{port}"))) == 6
    assert entries(written) == expected
