import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.demo import cast


class Command(BaseCommand):
    help = "Make the fixed cast for outside checks and print who they are, with their keys, as JSON. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = cast.build()
        except cast.Refused as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(json.dumps(made, indent=2, ensure_ascii=False))
