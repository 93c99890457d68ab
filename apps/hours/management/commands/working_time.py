import json
import os
import sys
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError

from apps.hours import cases


class Command(BaseCommand):
    help = "Reads calendars with questions (JSON) from standard input and prints one JSON line per answer."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            document = json.load(sys.stdin)
            for answer in cases.answers(document):
                self.stdout.write(json.dumps(answer))
            self.stdout.flush()
        except BrokenPipeError:  # the reader has seen enough; what is still in the buffer must go nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as error:
            raise CommandError(f"This is not a list of calendars with cases: {error!r}") from error
