from typing import Any

from django.core.management.base import BaseCommand

from apps.reporting import facts


class Command(BaseCommand):
    help = "Count every ticket anew for the reports. Safe to run twice; the old figures are shown until it ends."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{facts.rebuild()} tickets counted")
