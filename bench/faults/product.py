"""The embedded product as a process of its own: start it, kill it, ask it. Ports and folder are its alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Product:
    def __init__(self, folder: Path, *, mail_to: int) -> None:
        self.folder = folder
        self.port, self.demo_port, self.mail_port = _free_port(), _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")},
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "ACUDO_VAR_DIR": str(folder),
            "ACUDO_BASE_URL": self.url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DEMO_PORT": str(self.demo_port),
            "ACUDO_SMTP_PORT": str(self.mail_port),
            "ACUDO_TEST_SEED": "1",
            "ACUDO_DEMO": "0",
            "ACUDO_PRIVATE_HOSTS": "127.0.0.1",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_to}",
            # The run itself is no flood of strangers.
            "ACUDO_ACKNOWLEDGEMENTS_UNVERIFIED": "100000",
            "ACUDO_AUTOMATIC_PER_HOUR": "100000",
            "ACUDO_CHAT_STARTS_PER_ADDRESS": "100000",
            "ACUDO_CHAT_SOCKETS_PER_ADDRESS": "100000",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until it answers."""
        began = time.monotonic()
        log = open(self.folder / "product.log", "ab")  # noqa: SIM115  lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--no-demo"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        while time.monotonic() - began < 60:
            if self._answers():
                return time.monotonic() - began
            if self.process.poll() is not None:
                raise RuntimeError(f"the product stopped by itself: see {log.name}")
            time.sleep(0.1)
        raise RuntimeError("the product did not answer within a minute")

    def kill(self) -> None:
        """-9 for everything it has started; no goodbye."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)

    def command(self, *words: str, may_fail: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and not may_fail:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout

    def json(self, *words: str) -> dict:
        return json.loads(self.command(*words, may_fail=True))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
