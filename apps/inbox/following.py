"""What colleagues keep beside a ticket goes where the matter goes."""

from apps.activity.bus import Actor
from apps.inbox.models import Draft, DraftFile, Watcher
from apps.tickets.events import TicketMerged
from apps.tickets.models import Ticket
from apps.tickets.services import has_own_words


def follow_merge(event: TicketMerged, actor: Actor) -> None:
    """Words not sent yet and the wish to be told go to the ticket that is kept, joined with what stands there.

    Words meant for another person stay where they are.
    """
    watching = set(Watcher.objects.filter(ticket=event.kept_id).values_list("user_id", flat=True))
    Watcher.objects.filter(ticket=event.ticket_id).exclude(user__in=watching).update(ticket=event.kept_id)
    if has_own_words(Ticket.objects.get(pk=event.ticket_id)):
        return
    there = {(row.user_id, row.kind): row for row in Draft.objects.filter(ticket=event.kept_id)}
    for draft in Draft.objects.filter(ticket=event.ticket_id):
        standing = there.get((draft.user_id, draft.kind))
        if standing is None:
            Draft.objects.filter(pk=draft.pk).update(ticket=event.kept_id)
            continue
        DraftFile.objects.filter(draft=draft).update(draft=standing)
        text = "\n\n".join(part for part in (standing.text, draft.text) if part)
        Draft.objects.filter(pk=standing.pk).update(text=text)
        draft.delete()
