import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.hours import cases


class Command(BaseCommand):
    help = "Reads calendars with questions (JSON) from standard input and prints one JSON line per answer."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            broken = 0
            for answer in cases.answers(json.load(sys.stdin)):
                self.stdout.write(json.dumps(answer))
                broken += "error" in answer
            self.stdout.flush()
        except BrokenPipeError:  # the reader has seen enough; what is still in the buffer must go nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except cases.UNREADABLE as error:
            raise CommandError(f"This is not a list of calendars with cases: {error!r}") from error
        if broken:
            raise CommandError(f"{broken} cases could not be read; their lines say why.")
