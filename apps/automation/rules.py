"""Rules: written, tried on what was, and run on what happens.

What a rule does is recorded with the rule as the actor, and rules do not answer rules: that is the guard against loops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import gettext as _

from apps.accounts.models import Office
from apps.accounts.sharing import MANAGING
from apps.accounts.viewers import Viewer
from apps.activity.bus import Actor, record
from apps.automation import acts
from apps.automation.events import RuleChanged, RuleRan
from apps.automation.models import Rule, RuleDue, RuleTurn
from apps.core.errors import DomainError, Invalid, NotAllowed
from apps.core.queue import nudge
from apps.core.transactions import whole
from apps.hours.services import is_open
from apps.tickets import conditions
from apps.tickets.models import Message, Ticket

TRIED_ON = 100  # tickets
BATCH = 50
AT_A_TIME = 200  # tickets a rule of time takes in one sweep
WAITED_FOR = "rules.waited_for"  # in the cache, for SECONDS: what any rule waits for
SECONDS = 5
TIMED = {"opened_hours", "quiet_hours"}
PROBLEM_LENGTH = 200


@whole()
def save_rule(rule: Rule, *, viewer: Viewer, actor: Any) -> Rule:
    """New or changed. Raises Invalid for what could not run, NotAllowed for an office that one does not manage."""
    if not viewer.may(MANAGING, rule.office_id):
        raise NotAllowed("not_allowed", _("You can read this but not change it."))
    rule.name = " ".join(rule.name.split())
    if not rule.name:
        raise Invalid("empty", _("Give it a name."), field="name")
    rule.conditions, rule.acts = conditions.check(rule.conditions), acts.check(rule.acts)
    if not rule.acts:
        raise Invalid("empty", _("Choose what it does."), field="act_0")
    if f"assign:{acts.ME}" in rule.acts:
        raise Invalid("nobody", _("A rule is nobody: name the person."), field="act_0")
    if rule.when == Rule.When.TIME and not TIMED & set(rule.conditions):
        raise Invalid("no_time", _("Say how many hours must have passed."), field="quiet_hours")
    is_new = rule.pk is None
    if is_new:
        last = Rule.objects.filter(office_id=rule.office_id).aggregate(last=Max("position"))["last"]
        rule.position = 0 if last is None else last + 1
    rule.save()
    _changed(rule, "created" if is_new else "changed", actor)
    return rule


@whole()
def delete_rule(rule: Rule, *, actor: Any) -> None:
    _changed(rule, "deleted", actor)
    rule.delete()


@whole()
def move_rule(rule: Rule, *, by: int, actor: Any) -> None:
    """One up (-1) or down (1) among those of its office."""
    rows = list(Rule.objects.select_for_update().filter(office_id=rule.office_id))
    at = next(n for n, row in enumerate(rows) if row.pk == rule.pk)
    to = min(max(at + by, 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))
    for position, row in enumerate(rows):
        Rule.objects.filter(pk=row.pk).update(position=position)
    _changed(rule, "moved", actor)


def _changed(rule: Rule, what: str, actor: Any) -> None:
    transaction.on_commit(lambda: cache.delete(WAITED_FOR))
    record(RuleChanged(rule_id=rule.pk, office_id=rule.office_id, what=what), Actor.of(actor))


def is_waited_for(when: str) -> bool:
    """Does any rule wait for this? A rule made on another machine is known within SECONDS: the way of a message pays
    no query for rules that nobody has."""
    known = cache.get(WAITED_FOR)
    if known is None:
        known = set(Rule.objects.active().values_list("when", flat=True).distinct())
        cache.set(WAITED_FOR, known, SECONDS)
    return when in known


def owe(ticket_id: int, when: str, *, message_id: int | None = None) -> None:
    """In the transaction of what happened: a worker takes it from there."""
    due = RuleDue.objects.create(ticket_id=ticket_id, when=when, message_id=message_id)
    nudge("apps.automation.tasks.run_rules", due.pk)


@whole()
def take_due(due_id: int) -> int:
    """All rules that wait for it have their turn; says how many ran. The row goes in the same transaction, so a second
    worker finds nothing, and a crash leaves it for the next."""
    due = RuleDue.objects.select_for_update(skip_locked=True).filter(pk=due_id).first()
    if due is None:
        return 0
    due.delete()
    ticket = Ticket.objects.select_related("office__calendar", "requester").get(pk=due.ticket_id)
    said = Message.objects.filter(pk=due.message_id).values_list("text", flat=True).first() or ""
    ran = 0
    for rule in Rule.objects.active().filter(when=due.when).on_tickets_of(ticket.office):
        if is_meant(rule, ticket, text=said):
            run(rule, ticket)
            ran += 1
            if rule.stops:
                break
    return ran


def take_all_due() -> None:
    for pk in RuleDue.objects.values_list("pk", flat=True)[:BATCH]:
        take_due(pk)


def take_time() -> int:
    """Rules of time, each ticket once in a silence; says how often one ran."""
    ran = 0
    for rule in Rule.objects.active().filter(when=Rule.When.TIME).select_related("office"):
        for ticket in _timed(rule):
            with transaction.atomic():
                _turn, is_new = RuleTurn.objects.get_or_create(rule=rule, ticket=ticket, since=ticket.last_message_at)
                if is_new and is_meant(rule, ticket):
                    run(rule, ticket)
                    ran += 1
                elif is_new:
                    _turn.delete()  # its hours have not come yet
    return ran


def _timed(rule: Rule) -> list[Ticket]:
    had = RuleTurn.objects.filter(rule=rule, ticket=OuterRef("pk"), since=OuterRef("last_message_at"))
    rows = Ticket.objects.filter(office__path__startswith=rule.office.path).filter(conditions.as_q(rule.conditions))
    if not {"status", "not_status"} & set(rule.conditions):
        rows = rows.open()
    rows = rows.filter(~Exists(had)).select_related("office__calendar", "requester").order_by("pk")
    return list(rows[:AT_A_TIME])


def is_meant(rule: Rule, ticket: Ticket, *, text: str = "") -> bool:
    """Now, with what the ticket is now. An office without a calendar is always open."""
    calendar = ticket.office.calendar
    if rule.hours != Rule.Hours.ANY and (calendar is None or is_open(calendar)) != (rule.hours == Rule.Hours.OPEN):
        return False
    return conditions.holds(rule.conditions, conditions.facts_of(ticket, text=text))


def run(rule: Rule, ticket: Ticket) -> None:
    """Act by act: what cannot be done is said on the ticket and stops nothing else."""
    who = Actor(kind="rule", id=rule.pk, label=rule.name)
    done, problem = [], ""
    for text in rule.acts:
        try:
            with transaction.atomic():
                acts.perform(ticket, acts.Act.read(text), actor=who)
            done.append(text)
        except DomainError as error:
            problem = problem or str(error.message)[:PROBLEM_LENGTH]
    event = RuleRan(
        ticket_id=ticket.pk,
        office_id=ticket.office_id,
        rule_id=rule.pk,
        label=rule.name,
        acts=tuple(done),
        problem=problem,
    )
    record(event, who)


@dataclass(frozen=True)
class Trial:
    """What a rule would have done with the newest tickets as they are now."""

    looked_at: int
    meant: Sequence[Ticket]


def try_out(rule: Rule, *, viewer: Viewer) -> Trial:
    """Changes nothing. Whoever writes a rule sees the tickets they may see; hours are left aside."""
    rows: Any = Ticket.objects.visible_to(viewer).filter(office__path__startswith=_path(rule))
    tickets = list(rows.select_related("office", "requester").prefetch_related("tags").order_by("-pk")[:TRIED_ON])
    firsts = _first_words(tickets)
    meant = [
        ticket
        for ticket in tickets
        if conditions.holds(rule.conditions, conditions.facts_of(ticket, text=firsts.get(ticket.pk, "")))
    ]
    return Trial(len(tickets), meant)


def _first_words(tickets: Sequence[Ticket]) -> dict[int, str]:
    first = Message.objects.filter(ticket=OuterRef("ticket")).order_by("pk").values("pk")[:1]
    rows = Message.objects.filter(ticket__in=tickets).annotate(first=first).filter(pk=F("first"))
    return dict(rows.values_list("ticket_id", "text"))


def _path(rule: Rule) -> str:
    return Office.objects.values_list("path", flat=True).get(pk=rule.office_id)
