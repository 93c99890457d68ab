import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError

from config.server import BACKLOG, Server
from config.storage import HashedStaticFiles

# Not the addresses: checking them would load every room, also those that nobody asks for. The suite checks them all.
CHECKED = [Tags.caches, Tags.compatibility, Tags.database, Tags.files, Tags.models, Tags.security, Tags.templates]


class Command(BaseCommand):
    requires_system_checks = CHECKED
    help = "Serve pages and sockets: one web process of several behind the proxy (see Procfile)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--unix", type=Path, help="listen on this unix socket")
        where.add_argument("--port", type=int, help="listen on this TCP port")
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *args: Any, unix: Path | None, port: int | None, host: str, **options: Any) -> None:
        if settings.IS_EMBEDDED_BUS:
            raise CommandError("A web process of its own needs REDIS_URL. Without Redis use `manage.py up`.")
        if isinstance(staticfiles_storage, HashedStaticFiles) and not staticfiles_storage.hashed_files:
            raise CommandError("The static files are not collected yet: run `manage.py collectstatic --noinput` first.")
        from config.asgi import application

        endpoint = f"unix:{_fresh(unix)}:backlog={BACKLOG}:mode=660" if unix else tcp(host, port or 0)
        ready = f"Serving on {unix or f'{host}:{port}'} (process {os.getpid()})"
        server = Server(application, [endpoint], when_listening=lambda: self.stdout.write(ready))
        server.run()
        if server.has_failed:
            raise CommandError(f"Cannot listen on {endpoint}")


def tcp(host: str, port: int) -> str:
    escaped = host.strip("[]").replace(":", r"\:")
    return f"tcp:port={port}:interface={escaped}:backlog={BACKLOG}"


def _fresh(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_socket():
        path.unlink()
    return path.resolve()
