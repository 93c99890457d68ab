"""The promises of the one-process product: told in the terms of whoever starts and stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]


pytestmark = pytest.mark.xdist_group("one-process")
PATIENCE = 180  # seconds: a whole product starts, on a machine that is running a suite


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Product:
    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        own = {
            "ACUDO_VAR_DIR": str(folder),
            "PORT": str(self.port),
            "DEMO_PORT": str(free_port()),
            "ACUDO_SMTP_PORT": "0",
        }
        unwanted = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--no-demo", *arguments],
            cwd=ROOT,
            env=inherited | {"ACUDO_ENV_FILE": "/dev/null"} | own | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A shell that runs the suite in the background lets its children ignore Ctrl-C; a terminal does not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  no thread yet
        )

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> int:
        try:
            return urllib.request.urlopen(self.url(path), timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code

    def wait_until_ready(self) -> "Product":
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.process.poll() is None, self.process.stdout.read()
            try:
                if self.get("/health/live") == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        self.process.kill()  # else its output would never end
        raise TimeoutError(self.process.stdout.read())

    def stop(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        if self.process.poll() is None:
            self.process.send_signal(how)
        output, _nothing = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    running = Product(tmp_path_factory.mktemp("product")).wait_until_ready()
    yield running
    running.stop(signal.SIGKILL)


def test_r_26_within_seconds_of_the_start_everything_is_well(product):
    until = time.monotonic() + 20
    while product.get("/health/deep") != 200 and time.monotonic() < until:
        time.sleep(0.3)
    assert product.get("/health/deep") == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_r_30_it_ends_cleanly_when_asked(tmp_path, how):
    code, output = Product(tmp_path).wait_until_ready().stop(how)
    assert code == 0, output
    assert "Stopped." in output
    assert "Traceback" not in output


def test_r_32_a_second_process_on_the_same_database_is_refused(product):
    second = Product(product.folder)
    assert second.process.wait(PATIENCE) == 1
    assert "already runs on this database" in second.process.stdout.read()


def test_a_taken_port_is_said_in_one_sentence(product, tmp_path):
    other = Product(tmp_path / "other", "--port", str(product.port))
    assert other.process.wait(PATIENCE) == 1
    assert "is taken" in other.process.stdout.read()


def test_s_47_the_running_server_refuses_a_foreign_socket(product):
    with pytest.raises(Exception, match="403"):
        connect(f"ws://127.0.0.1:{product.port}/ws/desk/", origin="https://evil.example", open_timeout=5)


def test_s_58_a_body_that_never_ends_is_cut_off(product):
    with socket.create_connection(("127.0.0.1", product.port), timeout=10) as raw:
        raw.sendall(b"POST /es/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000000\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413")
