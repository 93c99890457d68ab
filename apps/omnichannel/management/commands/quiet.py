import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from apps.omnichannel.conservation import waiting

EVERY = 0.2  # seconds between looks


class Command(BaseCommand):
    help = "Return when nothing is waiting; at the timeout list what is, as JSON, and exit 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--timeout", type=float, default=60, help="seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        until = time.monotonic() + options["timeout"]
        while (found := waiting())["count"]:
            if time.monotonic() >= until:
                self.stdout.write(json.dumps({"is_quiet": False, **found}, indent=2))
                raise SystemExit(1)
            # No connection is held while we sleep: a database that restarts is found again.
            if not connection.in_atomic_block:
                connection.close()
            time.sleep(EVERY)
        self.stdout.write(json.dumps({"is_quiet": True}))
