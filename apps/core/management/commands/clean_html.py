import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.html import clean_html


class Command(BaseCommand):
    help = 'Clean a JSON list of {"id", "html"} and print {"id", "html"} a line; {"id", "error"} for what is none.'
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        broken = 0
        for case in _cases(file):
            answer = _answer(case)
            self.stdout.write(json.dumps(answer))
            broken += "error" in answer
        if broken:
            raise CommandError(f"{file}: {broken} cases could not be read; their lines say why.")


def _answer(case: Any) -> dict[str, Any]:
    if not isinstance(case, dict) or "id" not in case or not isinstance(case.get("html"), str):
        return {"id": case.get("id") if isinstance(case, dict) else None, "error": 'Not an {"id", "html"}.'}
    return {"id": case["id"], "html": clean_html(case["html"])}


def _cases(file: Path) -> list[Any]:
    try:
        cases = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file} is no JSON: {error!r}") from error
    if not isinstance(cases, list):
        raise CommandError(f'{file} is not a JSON list of {{"id", "html"}}.')
    return cases
