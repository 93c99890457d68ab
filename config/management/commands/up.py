import hashlib
import logging
import os
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config import embedded, env
from config.doorman import DemoSiteOnly
from config.locks import AlreadyRunning, hold_embedded_bus
from config.management.commands.serve import CHECKED, tcp
from config.server import Server

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    requires_system_checks = CHECKED
    help = "Run the whole product in one process: web, sockets, worker, beat, the local mail door."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.ACUDO_HOST)
        parser.add_argument("--port", type=int, default=settings.ACUDO_PORT)
        parser.add_argument("--demo-port", type=int, default=settings.ACUDO_DEMO_PORT, help="0: no second port")
        parser.add_argument("--no-demo", action="store_true", help="do not fill an empty database with demo data")

    def handle(self, *args: Any, host: str, port: int, demo_port: int, no_demo: bool, **options: Any) -> None:
        started = time.monotonic()
        lock = self._lock()
        call_command("migrate", verbosity=0, interactive=False)
        from config.asgi import application

        endpoints = [tcp(host, port)] + ([tcp(host, demo_port)] if demo_port else [])
        server = Server(
            DemoSiteOnly(application, demo_port),
            endpoints,
            services=embedded.services(),
            when_listening=lambda: self._greet(port, demo_port, started, no_demo),
        )
        server.run()
        connections.close_all()
        if lock:
            lock.close()
        if server.has_failed:
            raise CommandError(f"Port {port} or {demo_port} is taken. Choose others with PORT=… and DEMO_PORT=…")
        self.stdout.write("Stopped.")

    def _lock(self) -> Any:
        try:
            return hold_embedded_bus()
        except AlreadyRunning as error:
            raise CommandError(
                f"Acudo already runs on this database (process {error}). Stop it, choose another database with "
                "DATABASE_URL, or set REDIS_URL so that several processes can hear each other."
            ) from error

    def _greet(self, port: int, demo_port: int, started: float, no_demo: bool) -> None:
        lines = [
            "",
            f"  Acudo is ready after {time.monotonic() - started:.1f} s (process {os.getpid()})",
            "",
            f"  Portal       {settings.ACUDO_BASE_URL}/",
            f"  Desk         {settings.ACUDO_BASE_URL}/desk/",
        ]
        if demo_port:
            lines.append(f"  Demo site    {settings.ACUDO_DEMO_URL}/demo/site/")
        if settings.ACUDO_GRAPH_URL:
            lines.append(f"  Demo page    {settings.ACUDO_GRAPH_URL}/ (stands in for Facebook: write as a citizen)")
        self.stdout.write("\n".join(lines))
        if no_demo or not env.flag("ACUDO_DEMO", default=True):
            return
        threading.Thread(target=self._seed, name="seed", daemon=True).start()

    def _seed(self) -> None:
        """Behind the running product. A seed that was cut short is taken up again at the next start."""
        unfinished = settings.VAR_DIR / f"seeding-{_fingerprint()}"
        try:
            if apps.get_model("accounts", "Office").objects.exists() and not unfinished.exists():
                return self._say_sign_ins()
            unfinished.touch()
            call_command("demo_data", stdout=self.stdout)
            unfinished.unlink(missing_ok=True)
        except Exception:
            logger.exception("the demo data could not be completed; it goes on at the next start")
        finally:
            connections.close_all()

    def _say_sign_ins(self) -> None:
        from apps.demo import world
        from apps.demo.management.commands.demo_data import Command as DemoData

        if apps.get_model("accounts", "User").objects.filter(email=world.STAFF[0][1]).exists():
            DemoData(stdout=self.stdout).say_sign_ins()  # type: ignore[arg-type]


def _fingerprint() -> str:
    """One marker per database, without its password in a file name."""
    database = settings.DATABASES["default"]
    return hashlib.sha256(f"{database.get('HOST')}:{database['NAME']}".encode()).hexdigest()[:12]
