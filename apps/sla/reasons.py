"""Why a ticket was late: said by whoever may change its status, counted in the reports."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from apps.activity.bus import Actor, record
from apps.core.errors import Invalid
from apps.sla.events import LateReasonGiven
from apps.sla.models import Clock, LateReason, Reason
from apps.tickets.models import Ticket

LONGEST_NOTE = 200


@transaction.atomic
def give_reason(ticket: Ticket, *, reason: str, note: str = "", actor: Any) -> None:
    """Said again it replaces what was said; "" takes it back. Raises Invalid for a ticket that was not late."""
    if reason and reason not in Reason.values:
        raise Invalid("no_such_reason", _("Choose one of the reasons."))
    if reason and not was_late(ticket.pk):
        raise Invalid("not_late", _("No promise to this ticket was broken."))
    before = LateReason.objects.filter(ticket=ticket).first()
    note = " ".join(note.split())[:LONGEST_NOTE]
    if (before.reason, before.note) == (reason, note) if before else not reason:
        return
    if reason:
        who = actor if getattr(actor, "pk", None) else None
        LateReason.objects.update_or_create(ticket=ticket, defaults={"reason": reason, "note": note, "given_by": who})
    elif before:
        before.delete()
    record(LateReasonGiven(ticket_id=ticket.pk, office_id=ticket.office_id, reason=reason), Actor.of(actor))


def was_late(ticket_id: int) -> bool:
    return Clock.objects.breached().filter(ticket=ticket_id).exists()


@dataclass(frozen=True)
class Lateness:
    """What a late ticket's panel says: the reason in words, "" while nobody gave one."""

    reason: str
    note: str


def lateness(ticket: Ticket) -> Lateness | None:
    """None for a ticket that was not late. One query."""
    late = Exists(Clock.objects.breached().filter(ticket=OuterRef("pk")))
    rows = Ticket.objects.filter(late, pk=ticket.pk).values_list("late_reason__reason", "late_reason__note")
    found = rows.first()
    return Lateness(str(Reason(found[0]).label) if found[0] else "", found[1] or "") if found else None
