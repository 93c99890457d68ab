"""How it was: asked in private, within the hours that Facebook gives, once a matter; never where everybody reads it."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.activity.bus import Actor
from apps.core.transactions import whole
from apps.omnichannel.services import Addressing, addressed, ways_for
from apps.surveys.models import Survey
from apps.surveys.services import ask
from apps.tickets.models import Message, Ticket
from apps.tickets.services import reply
from apps.tickets.states import Status

from .adapter import PRIVATE

VIA = "facebook"
ASKING = Actor(kind="rule", label="survey")


@whole()
def ask_how_it_was(ticket_id: int) -> Message | None:
    """None when it was asked before, the matter is open again, or no private way stands open. Safe to run twice."""
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("office", "requester").get(pk=ticket_id)
    if ticket.status != Status.SOLVED or Survey.objects.filter(ticket=ticket, via=VIA).exists():
        return None
    way = next((way for way in ways_for(ticket) if way.key == PRIVATE and way.is_open and way.is_conversation), None)
    if way is None:
        return None
    survey = ask(ticket, via=VIA)
    with translation.override(ticket.language or ticket.office.default_language):
        link = f"{settings.ACUDO_BASE_URL}{reverse('surveys:survey', args=[survey.public_id])}"
        text = _("Was our answer any help? Tell us in one click: %(link)s") % {"link": link}
    with addressed(Addressing(way=way)):
        return reply(ticket, author=None, text=text, is_automatic=True, actor=ASKING)
