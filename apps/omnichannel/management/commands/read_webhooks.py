import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from apps.omnichannel import rehearsing


class Command(BaseCommand):
    help = "Read every recorded delivery of a folder, each in an empty world, and print what came of it, one a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", metavar="DIR", required=True, help="a folder of <id>.json cases")
        parser.add_argument("--times", type=int, default=1, help="how often each delivery arrives")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["batch"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        if "omnichannel_channel" not in connection.introspection.table_names():
            call_command("migrate", verbosity=0, interactive=False)
        for path in sorted(folder.glob("**/*.json")):
            case = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(case, dict) and "payload" in case:
                self.stdout.write(json.dumps(self._read(case, options["times"]), ensure_ascii=False))

    def _read(self, case: dict[str, Any], times: int) -> dict[str, Any]:
        kind = str(case.get("channel", ""))
        if not rehearsing.can_rehearse(kind):
            return {"id": case.get("id"), "skipped": str(rehearsing.NO_SUCH_DOOR)}
        expect = case.get("expect")
        expected = expect.get("actions") if isinstance(expect, dict) else None
        return {
            "id": case.get("id"),
            "actions": rehearsing.rehearse(kind, [case["payload"]], expected=expected, times=times),
        }
