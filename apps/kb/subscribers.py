"""An answer that carries the address of an article quotes it: the article knows where its words went."""

import re

from apps.activity.bus import Actor
from apps.kb.models import Citation, FormerSlug, Translation
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten
from apps.tickets.states import Direction

MOST = 20
_ADDRESS = re.compile(r"/(es|it|en|pt)/kb/([-\w]{1,90})/")


def note_citations(event: MessageWritten, actor: Actor) -> None:
    """No query for an answer without such an address."""
    if event.direction != Direction.OUT:
        return
    message = at_hand.message(event.message_id)
    named = list(dict.fromkeys(_ADDRESS.findall(message.text)))[:MOST]
    if not named:
        return
    body_id = message.ticket.office.body_id
    for language, slug in named:
        shown = Translation.objects.public().in_body(body_id).filter(language=language).select_related("live")
        found = shown.filter(slug=slug).first()
        if found is None:
            former = FormerSlug.objects.filter(body_id=body_id, language=language, slug=slug)
            found = shown.filter(pk__in=former.values("translation_id")).first()
        if found is not None and found.live is not None:
            Citation.objects.get_or_create(
                translation=found,
                message=message,
                defaults={"ticket_id": message.ticket_id, "revision": found.live.number},
            )
