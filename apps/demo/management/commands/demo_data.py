from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.core import clock
from apps.demo import library, telling, world
from apps.tickets.models import Message

EVERY = 20
FRESH = 60  # told first: who opens the inbox while the rest is being told finds it alive


class Command(BaseCommand):
    help = "Fill the desk with the town of Olmo. Safe to run twice: what is there is left, what is missing is told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tickets", type=int, default=340)
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, tickets: int, seed: int, **options: Any) -> None:
        town = world.build()
        library.write(town)
        self.say_sign_ins()
        told, until = _told(), clock.now()
        plans = list(telling.plans(tickets, seed=seed, until=until))
        for count, plan in enumerate([*plans[-FRESH:], *plans[:-FRESH]], start=1):
            if plan.number in told:
                continue
            telling.tell(plan, town, until=until)
            if count % EVERY == 0 or count == tickets:
                self.stdout.write(f"  Demo data: {count} of {tickets} tickets")
                self.stdout.flush()

    def say_sign_ins(self) -> None:
        self.stdout.write("\n  Sign in at /desk/ as any of these, password " + world.PASSWORD)
        for name, email, role, office, _language, _teams in world.STAFF:
            self.stdout.write(f"    {email:<20} {name}, {role}, {office}")
        self.stdout.write("")


def _told() -> set[int]:
    """Numbers of the stories already there: an interrupted run goes on where it stopped."""
    return set(Message.objects.filter(details__has_key="story").values_list("details__story", flat=True))
