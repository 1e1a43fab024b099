"""Places to publish to, for real: a repository of git, a folder, a server with sshd, a storage."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_PUBLISHES = """
import os, signal, sys
from pathlib import Path
from broadsheet.project.project import open_project
from broadsheet.publish.manifest import site_files
from broadsheet.publish.publishing import choose, send

root, site, target, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
count = 0

def kill(event, arguments):
    global count
    is_step = event == "subprocess.Popen" or (
        event == "open" and isinstance(arguments[0], (str, os.PathLike)) and os.fspath(arguments[0]).startswith(site)
    )
    count += is_step
    if is_step and count > last:
        os.kill(os.getpid(), signal.SIGKILL)

chosen = choose(open_project(root), target)
files, _ = site_files(Path(site))
sys.addaudithook(kill)
send(chosen, Path(site), files)
"""
"""A program that publishes, and kills itself when it begins a step after the last: opens a file of the
site, or calls another program.
"""


@dataclass
class Place:
    """A target: its address, and how a reader gets a file of it (None if it is not there)."""

    kind: str
    address: str
    read: Callable[[str], str | None]
    environment: dict[str, str] = field(default_factory=dict)
    files: Callable[[], set[str]] = set
    put: Callable[[str, str], object] = print

    def killed(self, root: Path, site: Path, last: int) -> bool:
        """Publish in a process that is killed after some steps. Returns whether it was."""
        done = subprocess.run(
            [sys.executable, "-c", _PUBLISHES, root, site, self.address, str(last)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode != 0


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _reader(folder: Path) -> Callable[[str], str | None]:
    def read(path: str) -> str | None:
        file = folder / path
        return file.read_text() if file.is_file() else None

    return read


@contextmanager
def folder(tmp_path: Path) -> Iterator[Place]:
    site = tmp_path / "www/-paper"
    yield Place("folder", str(site), _reader(site), files=lambda: _files(site.resolve()))


@contextmanager
def branch(tmp_path: Path) -> Iterator[Place]:
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", bare], check=True)

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        words = ("git", "--git-dir", str(bare), *words)
        return subprocess.run(words, capture_output=True, text=True, check=False)

    def read(path: str) -> str | None:
        done = git("show", f"gh-pages:{path}")
        return None if done.returncode else done.stdout

    def files() -> set[str]:
        listed = git("ls-tree", "-r", "--name-only", "gh-pages").stdout.splitlines()
        return {path for path in listed if path not in (".nojekyll", ".broadsheet/published.json")}

    yield Place("branch", f"git+{bare}", read, files=files)


@contextmanager
def server(tmp_path: Path) -> Iterator[Place]:
    sshd = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if not sshd or not shutil.which("rsync"):
        pytest.skip("needs sshd and rsync")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    own = tmp_path / "ssh"
    own.mkdir(mode=0o700)
    for key in ("host", "user"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", own / key]
        subprocess.run(words, check=True)
    port = free_port()
    (own / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {own}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {own}/user.pub\nStrictModes no\nPermitRootLogin yes\nLogLevel ERROR\n"
        f'SetEnv "HOME={own}" "PATH={os.environ["PATH"]}"\n'  # not what a shell of yours begins with
    )
    (own / "known_hosts").write_text(f"[127.0.0.1]:{port} {(own / 'host.pub').read_text()}")
    (own / "config").write_text(
        f"Host *\n  IdentityFile {own}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {own}/known_hosts\n"
    )
    (own / "bin").mkdir()
    (own / "bin/ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {own}/config "$@"\n')
    (own / "bin/ssh").chmod(0o755)
    site = tmp_path / "www of ours/paper"
    address = f"ssh://127.0.0.1:{port}{site}"
    with subprocess.Popen([sshd, "-D", "-e", "-f", own / "sshd_config"]) as process:
        try:
            _wait_for(port)
            path = f"{own}/bin:{os.environ['PATH']}"
            yield Place(
                "server", address, _reader(site), {"PATH": path}, lambda: _files(site.resolve())
            )
        finally:
            process.terminate()


@contextmanager
def storage(tmp_path: Path) -> Iterator[Place]:
    import boto3
    from moto.server import ThreadedMotoServer

    endpoint_server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    endpoint_server.start()
    host, port = endpoint_server.get_host_and_port()
    keys = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    try:
        client = boto3.client(
            "s3",
            endpoint_url=keys["AWS_ENDPOINT_URL"],
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            region_name="us-east-1",
        )
        bucket = f"paper-{port}"  # moto has one memory for all of its servers
        client.create_bucket(Bucket=bucket)

        def read(path: str) -> str | None:
            try:
                found = client.get_object(Bucket=bucket, Key=f"site/{path}")
            except client.exceptions.NoSuchKey:
                return None
            return found["Body"].read().decode()

        def files() -> set[str]:
            listed = client.list_objects_v2(Bucket=bucket, Prefix="site/").get("Contents", [])
            names = {one["Key"].removeprefix("site/") for one in listed}
            return {name for name in names if not name.startswith(".broadsheet/")}

        def put(path: str, text: str) -> None:
            client.put_object(Bucket=bucket, Key=f"site/{path}", Body=text.encode())

        yield Place("storage", f"s3://{bucket}/site", read, keys, files, put)
    finally:
        endpoint_server.stop()


KINDS = {"branch": branch, "folder": folder, "server": server, "storage": storage}


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
            return
        except ConnectionRefusedError:
            pass
