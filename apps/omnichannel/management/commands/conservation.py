import json
from typing import Any

from django.core.management.base import BaseCommand

from apps.omnichannel.conservation import balance


class Command(BaseCommand):
    help = "Print the numbers of the two equations as JSON; exit 1 when they do not balance."

    def handle(self, *args: Any, **options: Any) -> None:
        found = balance()
        self.stdout.write(json.dumps(found, indent=2))
        if not found["is_balanced"]:
            raise SystemExit(1)
