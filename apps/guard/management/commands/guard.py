import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.guard.look import look


class Command(BaseCommand):
    help = "Look for personal data in replies: a JSON list of {id, text, citizen?}; one JSON object a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", metavar="FILE", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cases = json.loads(Path(options["batch"]).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['batch']} is no JSON file: {error}") from error
        if not isinstance(cases, list):
            raise CommandError("The file must hold a list.")
        for case in cases:
            hits = look(str(case.get("text", "")), allowed_names=_names(case.get("citizen")))
            said = [{"kind": h.kind, "text": h.text, "start": h.start, "end": h.end, "reason": h.reason} for h in hits]
            self.stdout.write(json.dumps({"id": case.get("id"), "hold": bool(hits), "hits": said}, ensure_ascii=False))


def _names(citizen: Any) -> list[str]:
    """A name, or an object that has one."""
    name = citizen.get("name", "") if isinstance(citizen, dict) else citizen
    return [str(name)] if name else []
