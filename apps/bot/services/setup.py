"""Whether a program speaks at a door, under which name, and from which shelves."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.bot.models import Bot
from apps.kb.models import Category
from apps.omnichannel.models import Channel


@transaction.atomic
def save_bot(
    channel: Channel,
    *,
    is_active: bool,
    names: dict[str, str],
    greetings: dict[str, str],
    categories: Iterable[Category] = (),
    actor: Any = None,
) -> Bot:
    """Set up the program of one channel, or change it. Switched off, its open conversations go on with people."""
    bot, _made = Bot.objects.update_or_create(
        channel=channel,
        defaults={
            "is_active": is_active,
            "names": {code: text.strip()[:60] for code, text in names.items() if text.strip()},
            "greetings": {code: text.strip()[:300] for code, text in greetings.items() if text.strip()},
        },
    )
    bot.categories.set(categories)
    return bot
