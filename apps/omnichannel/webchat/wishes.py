"""What a visitor may want besides writing: a copy, answers by mail, to end, to rate, to be known, to be forgotten."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid
from apps.omnichannel.models import Channel, Thread
from apps.omnichannel.webchat import attention, mailing, proofs, services
from apps.omnichannel.webchat.forms import WishForm
from apps.omnichannel.webchat.models import Visitor
from apps.omnichannel.webchat.transcript import thread_of
from apps.surveys import services as surveys
from apps.surveys.forms import SurveyForm
from apps.tickets import services as tickets
from apps.tickets.states import ENDED, Status


def grant(
    channel: Channel, *, token: str, said: Mapping[str, Any], address: str, language: str
) -> tuple[str, dict[str, Any]]:
    """Do what is wished for; returns the sentence to show and what else the window should know.

    Raises Invalid, Conflict, TooMany.
    """
    form = WishForm(said)
    if not form.is_valid():
        raise form.refusal()
    wish, email = form.cleaned_data["wish"], form.cleaned_data["email"]
    visitor = services.find_visitor(channel, token)
    if wish == "identify":
        visitor = visitor or services.new_visitor(channel, token=token, address=address, language=language)
        claims = proofs.vouch(channel, visitor, proof=str(said.get("proof", "")), address=address)
        return "", {"name": claims.name, "email": claims.email}
    thread = thread_of(visitor) if visitor else None
    if visitor is None or thread is None:
        raise Invalid("nothing_yet", _("Write something first."))
    return GRANTED[wish](visitor, thread, email, said, language), {}


def _copy(visitor: Visitor, thread: Thread, email: str, said: Mapping[str, Any], language: str) -> str:
    copy = mailing.ask_for_copy(visitor, thread, email=email, language=language)
    return _("A copy is on its way to %(address)s.") % {"address": copy.address}


def _mail(visitor: Visitor, thread: Thread, email: str, said: Mapping[str, Any], language: str) -> str:
    mailing.go_on_by_mail(visitor, email=email)
    return _("We will answer you at %(address)s, too. You can close this window.") % {"address": visitor.email}


def _window(visitor: Visitor, thread: Thread, email: str, said: Mapping[str, Any], language: str) -> str:
    mailing.go_on_by_mail(visitor, email="", wants=False)
    return _("We answer here again.")


def _end(visitor: Visitor, thread: Thread, email: str, said: Mapping[str, Any], language: str) -> str:
    """The person has what it came for. Closed already, or never taken up by anybody, is no mistake."""
    # Merged into a matter that came by another door, it goes on there.
    if thread.ticket.via == "webchat" and thread.ticket.status not in ENDED:
        tickets.change_status(thread.ticket, to=Status.SOLVED, actor=thread.person)
    return _("The chat has ended.")


def _survey(visitor: Visitor, thread: Thread, email: str, said: Mapping[str, Any], language: str) -> str:
    form = SurveyForm(said)
    if not form.is_valid():
        raise Invalid("unanswered", next(iter(form.errors.values()))[0], field="helped")
    surveys.answer(surveys.ask(thread.ticket, via="webchat"), **form.given())
    return _("Thank you. Your answer has arrived.")


def _stay(visitor: Visitor, thread: Thread, email: str, said: Mapping[str, Any], language: str) -> str:
    attention.stay(visitor, thread)
    return _("Good. We go on here.")


def _leave(visitor: Visitor, thread: Thread, email: str, said: Mapping[str, Any], language: str) -> str:
    """Out of the line, before anybody answered. Raises Conflict when somebody has."""
    if thread.ticket.status == Status.NEW:
        tickets.change_status(thread.ticket, to=Status.SOLVED, actor=thread.person)
    elif thread.ticket.status not in ENDED:
        raise Conflict("answered_meanwhile", _("Somebody has just answered you."))
    return _("You have left the queue. You can write again whenever you like.")


GRANTED = {
    "copy": _copy,
    "mail": _mail,
    "window": _window,
    "end": _end,
    "leave": _leave,
    "stay": _stay,
    "survey": _survey,
}
