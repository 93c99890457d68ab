"""What happened on a ticket, as one reads it: messages and events in one line of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Case, Count, OuterRef, Subquery, When
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.viewers import Viewer
from apps.activity.models import Activity
from apps.core import clock
from apps.core.templatetags.ui import PRIORITY, STATUS, at
from apps.guard.look import look
from apps.inbox import joined_words
from apps.inbox.appointments import Appointment, appointments
from apps.omnichannel.models import Delivery
from apps.omnichannel.services import amendments_of
from apps.sla.models import Reason
from apps.tickets.models import Message, Ticket

SHOWN = 50
TOLD_ELSEWHERE = (
    "ticket_opened",
    "message_written",
    "message_delivered",
    "delivery_given_up",
    "delivery_reported",
    "message_received",
)
GROUPED_WITHIN = 5 * 60  # seconds: messages of one person this close need no second name


@dataclass(frozen=True)
class Item:
    """One line: a message, an event sentence, or the beginning of a day."""

    kind: str  # "message", "event", "day"
    at: datetime | date
    message: Message | None = None
    sentence: str = ""
    delivery: dict[str, Any] | None = None
    is_first_unread: bool = False
    appointments: Sequence[Appointment] = ()
    standing: "Standing | None" = None


@dataclass(frozen=True)
class Standing:
    """How words stand where everybody reads them: what is personal in them, and what can be done about it there."""

    amendments: Sequence[str]
    personal: Sequence[str]
    is_newest: bool


@dataclass(frozen=True)
class Timeline:
    items: Sequence[Item]
    last_message_id: int
    earlier_before: str  # public id of the first message shown, when older ones exist


def timeline(
    ticket: Ticket,
    viewer: Viewer,
    *,
    tag_names: Mapping[str, str] = MappingProxyType({}),
    seen_to: int = 0,
    before: int | None = None,
) -> Timeline:
    """The last SHOWN messages (before the given one) with what happened among them: three queries, however many."""
    rows = Message.objects.visible_to(viewer).filter(ticket=ticket).order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.prefetch_related("attachments").annotate(sent_state=_delivery())[: SHOWN + 1])
    messages = found[:SHOWN][::-1]
    has_earlier = len(found) > SHOWN
    events = Activity.objects.about("ticket", ticket.pk).exclude(verb__in=TOLD_ELSEWHERE)
    if has_earlier and messages:
        events = events.since(messages[0].written_at)
    if before and messages:
        events = events.filter(at__lt=messages[-1].written_at)
    items = _merge(messages, list(events), seen_to, tag_names, ticket.office.time_zone)
    return Timeline(_with_days(items), messages[-1].pk if messages else 0, messages[0].public_id if has_earlier else "")


def describe(activity: Activity, tag_names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The sentence of an event; '' for what needs none. Made here and nowhere else."""
    who = activity.actor_label or _("Acudo")
    data = activity.data
    match activity.verb:
        case "ticket_assigned" if data.get("new") is None:
            return _("%(who)s took the assignee off") % {"who": who}
        case "ticket_assigned" if activity.actor_kind == "user" and data.get("new") == activity.actor_id:
            return _("%(who)s took it") % {"who": who}
        case "ticket_assigned":
            return _("%(who)s assigned it to %(name)s") % {"who": who, "name": data.get("new_label", "")}
        case "team_changed" if data.get("new") is None:
            return _("%(who)s took it out of its team") % {"who": who}
        case "team_changed":
            return _("%(who)s moved it to %(team)s") % {"who": who, "team": data.get("new_label", "")}
        case "status_changed":
            word = STATUS[data["new"]].word if data.get("new") in STATUS else data.get("new")
            return _("%(who)s set the status to %(status)s") % {"who": who, "status": word}
        case "priority_changed":
            word = PRIORITY[data["new"]].word if data.get("new") in PRIORITY else data.get("new")
            return _("%(who)s set the priority to %(priority)s") % {"who": who, "priority": word}
        case "subject_changed":
            return _("%(who)s changed the subject from “%(old)s”") % {"who": who, "old": data.get("old", "")}
        case "tags_changed" if data.get("added"):
            return _("%(who)s added the tag %(tag)s") % {"who": who, "tag": tag_names.get(data["added"], data["added"])}
        case "tags_changed":
            return _("%(who)s removed the tag %(tag)s") % {
                "who": who,
                "tag": tag_names.get(data.get("removed", ""), data.get("removed", "")),
            }
        case "ticket_snoozed":
            return _("%(who)s snoozed it until %(moment)s") % {"who": who, "moment": _moment(data.get("until"))}
        case "ticket_woken" if activity.actor_kind == "system":
            return _("Woke up by itself")
        case "ticket_woken":
            return _("%(who)s woke it up") % {"who": who}
        case "reply_taken_back":
            return _("%(who)s took an answer back before it left") % {"who": who}
        case "matter_forwarded" if data.get("reason") == "new":
            return _("%(who)s wrote about something else: %(ticket)s") % {"who": who, "ticket": data.get("label", "")}
        case "matter_forwarded":
            return _("%(who)s forwarded it: %(ticket)s") % {"who": who, "ticket": data.get("label", "")}
        case "macro_run":
            return _("%(who)s ran the macro “%(macro)s”") % {"who": who, "macro": data.get("label", "")}
        case "message_amended" if data.get("what") == "edited":
            return _("%(who)s changed what they had written") % {"who": who}
        case "message_amended" if data.get("what") == "withdrawn":
            return _("%(who)s deleted what stood there") % {"who": who}
        case "message_amended" if data.get("what") == "hidden":
            return _("%(who)s hid it from the public") % {"who": who}
        case "message_amended":
            return _("%(who)s showed it to the public again") % {"who": who}
        case "rule_ran" if data.get("problem"):
            return _("The rule “%(rule)s” ran, but not all of it: %(problem)s") % {
                "rule": data.get("label", ""),
                "problem": data["problem"],
            }
        case "rule_ran":
            return _("The rule “%(rule)s” ran") % {"rule": data.get("label", "")}
        case "clock_breached":
            return _("A promise was missed")
        case "late_reason_given" if data.get("reason") in Reason.values:
            return _("%(who)s said why it was late: %(reason)s") % {
                "who": who,
                "reason": Reason(data["reason"]).label,
            }
        case "late_reason_given":
            return _("%(who)s took back why it was late") % {"who": who}
    return joined_words.describe(activity.verb, who, data)


def _delivery() -> Subquery:
    """What most needs a person's eyes of all that is owed of a message, in the same query as the message."""
    rows = Delivery.objects.filter(message=OuterRef("pk")).exclude(role=Delivery.Role.NOTICE)
    concern = Case(
        When(state__in=(Delivery.State.DEAD, Delivery.State.UNCERTAIN), then=0),
        When(state=Delivery.State.WAITING, then=1),
        When(outcome=Delivery.Outcome.COMPLAINED, then=2),
        default=3,
    )
    total = rows.order_by().values("message").annotate(n=Count("pk")).values("n")
    fields = JSONObject(
        state="state",
        error_text="error_text",
        error_kind="error_kind",
        public_id="public_id",
        recipient="recipient",
        role="role",
        way="way",
        outcome="outcome",
        attempts="attempts",
        is_automatic="is_automatic",
        next_at="next_at",
        total=Subquery(total),
    )
    return Subquery(rows.order_by(concern, "pk").values(facts=fields)[:1])


def _merge(
    messages: list[Message], events: list[Activity], seen_to: int, tag_names: Mapping[str, str], zone_name: str
) -> list[Item]:
    unread = next((m.pk for m in messages if m.pk > seen_to and m.direction == "in"), None) if seen_to else None
    newest_public = max((m.pk for m in messages if m.direction == "in" and m.details.get("is_public")), default=0)
    lines = [
        Item(
            "message",
            m.written_at,
            message=m,
            delivery=_facts(m),
            is_first_unread=m.pk == unread,
            appointments=appointments(m.details, zone_name),
            standing=_standing(m, newest_public) if m.details.get("is_public") else None,
        )
        for m in messages
    ]
    told = ((event.at, describe(event, tag_names)) for event in events)
    lines += [Item("event", moment, sentence=sentence) for moment, sentence in told if sentence]
    return sorted(lines, key=lambda line: line.at)


def _standing(message: Message, newest: int) -> Standing:
    hits = look(message.text, allowed_names=[message.author_label]) if message.direction == "in" else []
    reasons = list(dict.fromkeys(hit.reason for hit in hits))
    return Standing(amendments_of(message), reasons, message.pk == newest)


def _facts(message: Message) -> dict[str, Any] | None:
    facts = getattr(message, "sent_state", None)
    if not isinstance(facts, dict):
        return None
    facts["others"] = (facts.get("total") or 1) - 1
    facts["can_undo"] = (
        facts["state"] == Delivery.State.WAITING
        and not facts["attempts"]
        and not facts["is_automatic"]
        and _moment_of(facts["next_at"]) > clock.now()
    )
    return facts


def _moment_of(text: str | None) -> datetime:
    """A moment out of a JSON object: with its zone in one database, in UTC without saying so in the other."""
    moment = datetime.fromisoformat(text) if text else datetime.min
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _with_days(items: list[Item]) -> list[Item]:
    lines: list[Item] = []
    today: date | None = None
    for item in items:
        own = timezone.localtime(item.at).date() if isinstance(item.at, datetime) else item.at
        if own != today:
            lines.append(Item("day", own))
            today = own
        lines.append(item)
    return lines


def _moment(text: str | None) -> str:
    from django.utils.html import strip_tags

    return strip_tags(at(datetime.fromisoformat(text))) if text else ""
