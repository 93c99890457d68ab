"""Macros: made, filled in for one ticket, run as a whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import require
from apps.accounts.sharing import places_for
from apps.accounts.viewers import Viewer
from apps.activity.bus import Actor, record
from apps.automation import acts
from apps.automation.events import MacroRun
from apps.automation.models import Macro
from apps.core.errors import Invalid, NotAllowed
from apps.core.placeholders import fill
from apps.core.transactions import whole
from apps.core.translated import Translated
from apps.search.analyzer import fold
from apps.tickets import services as tickets
from apps.tickets.models import Ticket

# What stands for what; nothing else is replaced.
PLACEHOLDERS = ("name", "first_name", "reference", "subject", "office", "agent", "agent_first_name", "service")
LONGEST_TEXT = 8000


@dataclass(frozen=True)
class Filled:
    """A macro as it would run on one ticket: its words in the person's language, its acts as people say them."""

    macro: Macro
    text: str
    will: Sequence[str]


@whole()
def save_macro(macro: Macro, *, viewer: Viewer, place: str) -> Macro:
    """New or changed. Raises Invalid for what could not run, NotAllowed for a place that is not this viewer's."""
    columns = places_for(viewer).get(place)
    if columns is None or (macro.pk and not macro.may_be_changed_by(viewer)):
        raise NotAllowed("not_allowed", _("You can read this but not change it."))
    macro.name = " ".join(macro.name.split())
    macro.acts = acts.check(macro.acts)
    macro.texts = Translated({code: text.strip() for code, text in macro.texts.items() if text.strip()})
    if not macro.name:
        raise Invalid("empty", _("Give it a name."), field="name")
    if not macro.acts and not macro.texts:
        raise Invalid("empty", _("Write some words, or choose what it does."), field=f"text_{settings.LANGUAGE_CODE}")
    for column, value in columns[1].items():
        setattr(macro, column, value)
    macro.save()
    return macro


@whole()
def delete_macro(macro: Macro, *, viewer: Viewer) -> None:
    """What it has done stays done. Raises NotAllowed."""
    if not macro.may_be_changed_by(viewer):
        raise NotAllowed("not_allowed", _("You can read this but not change it."))
    macro.delete()


def usable(viewer: Viewer, ticket: Ticket) -> Any:
    """The macros to offer on this ticket, those used most first."""
    return Macro.objects.visible_to(viewer).meant_for(ticket.office).order_by("-used_count", "name", "pk")


def matching(rows: Iterable[Macro], query: str) -> list[Macro]:
    """Those whose name or words hold every word of `query`; accents count for nothing. Names come first."""
    words = fold(query).split()
    found = [row for row in rows if all(word in _searched(row) for word in words)]
    return sorted(found, key=lambda row: not all(word in fold(row.name) for word in words))


def _searched(macro: Macro) -> str:
    return fold(" ".join([macro.name, *macro.texts.values()]))


def filled(rows: Sequence[Macro], ticket: Ticket, user: User) -> list[Filled]:
    """Three queries for the names of all their acts, none for the words."""
    names = acts.Names.of(act for row in rows for act in acts.read(row.acts))
    return [Filled(row, text_for(row, ticket, user), acts.words(acts.read(row.acts), names)) for row in rows]


def text_for(macro: Macro, ticket: Ticket, user: User) -> str:
    """Its words in the language of the ticket, filled in."""
    return fill(macro.texts.in_language(ticket.language or ticket.office.default_language), _values(ticket, user))


@whole()
def run(
    ticket: Ticket, macro: Macro, *, user: User, viewer: Viewer, doing: Sequence[str] | None = None, leaving: str = ""
) -> None:
    """All its acts or none, and its note. `doing` are its acts as they were when a long job began; `leaving` names a
    kind of act that the caller has seen to. Raises NotAllowed, DomainError."""
    todo = acts.read(macro.acts if doing is None else doing)
    acts.require_all(todo, viewer, ticket)
    if macro.is_note and macro.texts:
        require(viewer, "ticket.note", ticket.office_id)
    event = MacroRun(
        ticket_id=ticket.pk, office_id=ticket.office_id, macro_id=macro.pk, label=macro.name, acts=tuple(macro.acts)
    )
    record(event, Actor.of(user))
    if macro.is_note and macro.texts:
        tickets.add_note(ticket, author=user, text=text_for(macro, ticket, user))
    for act in todo:
        if act.do != leaving:
            acts.perform(ticket, act, actor=user, user=user)
    Macro.objects.filter(pk=macro.pk).update(used_count=F("used_count") + 1)


def _values(ticket: Ticket, user: User) -> dict[str, str]:
    """Names that nobody has told us are left out: their braces stay, and are asked about before anything is sent."""
    name = ticket.requester.full_name
    values = {
        "name": name,
        "first_name": name.split(" ", 1)[0],
        "reference": ticket.reference,
        "subject": ticket.subject,
        "office": ticket.office.name,
        "agent": user.full_name,
        "agent_first_name": user.first_name,
        "service": str(ticket.service.names) if ticket.service else "",
    }
    return {key: value for key, value in values.items() if value}
