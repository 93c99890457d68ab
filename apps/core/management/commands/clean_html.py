import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.html import clean_html


class Command(BaseCommand):
    help = 'Clean a JSON list of {"id", "html"} and print {"id", "html"} a line.'
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        for case_id, html in _cases(file):
            self.stdout.write(json.dumps({"id": case_id, "html": clean_html(html)}))


def _cases(file: Path) -> list[tuple[Any, str]]:
    try:
        cases = [(case["id"], case["html"]) for case in json.loads(file.read_text(encoding="utf-8"))]
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CommandError(f'{file} is not a JSON list of {{"id", "html"}}: {error!r}') from error
    if not all(isinstance(html, str) for _id, html in cases):
        raise CommandError(f'{file} is not a JSON list of {{"id", "html"}}: "html" must be text.')
    return cases
