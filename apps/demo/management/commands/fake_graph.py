from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.demo.graph.server import serve
from apps.demo.graph.service import callback
from apps.demo.graph.world import PAGE, SECRET, TOKEN, WORD, World


class Command(BaseCommand):
    help = "A stand-in for Facebook's Graph: refuses what the platform refuses, with a page to play citizen on."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8002)
        parser.add_argument("--callback", default="", help="where its webhooks go; default: the demo's page")
        parser.add_argument("--file", type=Path, default=None, help="keep what happened there")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        to = options["callback"] or callback()
        server = serve(World(file=options["file"]), host=host, port=port, callback=to)
        self.stdout.write(f"http://{host}:{port}/ stands in for Facebook, webhooks go to {to}")
        self.stdout.write(f"page {PAGE}, secret {SECRET}, token {TOKEN}, word {WORD}")
        self.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            server.server_close()
