from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from apps.kb import indexing as articles
from apps.kb.models import Translation
from apps.tickets import indexing as tickets
from apps.tickets.models import Ticket

AT_ONCE = 100


class Command(BaseCommand):
    help = "Write anew what search finds: every ticket, message and published article. Safe at any time, and twice."

    def handle(self, *args: Any, **options: Any) -> str:
        messages, last = 0, 0
        while some := list(
            Ticket.objects.select_related("office", "requester").filter(pk__gt=last).order_by("pk")[:AT_ONCE]
        ):
            with transaction.atomic():
                messages += tickets.index_again(some)
            last = some[-1].pk
        with transaction.atomic():
            count = articles.index_again(Translation.objects.published().select_related("article", "live"))
        return f"{messages} messages and {count} articles can be found."
