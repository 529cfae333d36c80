"""Servers nobody here wrote, started on a free loopback port for the time of a test module."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.pace import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
NPM_FOLDER = Path(sys.prefix) / "npm"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(command: list[str], port: int, *, within_s: float = PATIENCE_S) -> Iterator[str]:
    """Run `command` until the block ends; its output goes to a file that a failing start shows."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + within_s
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S):
                    break
                if process.poll() is not None or time.monotonic() > until:
                    log.seek(0)
                    pytest.fail(f"{command[0]} did not start: {log.read().decode(errors='replace')[-2000:]}")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def httpbin() -> Iterator[str]:
    if importlib.util.find_spec("httpbin") is None or importlib.util.find_spec("gunicorn") is None:
        pytest.skip("httpbin or gunicorn is not installed: `make test` installs them")
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--threads", "8", "-b", f"127.0.0.1:{port}", "httpbin:app"]
    with serving(command, port) as url:
        yield url


@contextlib.contextmanager
def localstripe() -> Iterator[str]:
    if importlib.util.find_spec("localstripe") is None:
        pytest.skip("localstripe is not installed: `make test` installs it")
    port = free_port()
    program = (
        "import sys, aiohttp.web; from localstripe.server import app; "
        "aiohttp.web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), print=None)"
    )
    with serving([sys.executable, "-c", program, str(port)], port) as url:
        yield url


@contextlib.contextmanager
def json_server(data: dict[str, object]) -> Iterator[str]:
    program = NPM_FOLDER / "node_modules" / ".bin" / "json-server"
    if not program.exists() or shutil.which("node") is None:
        pytest.skip("json-server is not installed: `make test` installs it where node and npm are")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "db.json"
        file.write_text(json.dumps(data))
        command = [str(program), "--quiet", "--host", "127.0.0.1", "--port", str(port), str(file)]
        with serving(command, port) as url:
            yield url
