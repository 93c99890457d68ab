"""Which promise was made to this ticket?"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from apps.core import rows
from apps.hours.models import Calendar
from apps.sla.conditions import matches
from apps.sla.models import Policy, Target
from apps.tickets.models import Ticket
from apps.tickets.opening_hours import followed_by

# Those of an office and of all above it: their paths are the beginnings of its own.
IN_USE = rows.Read(
    """
    SELECT {target}, {policy}, {calendar} FROM sla_target target
    JOIN sla_policy policy ON policy.id = target.policy_id
    JOIN accounts_office office ON office.id = policy.office_id
    JOIN hours_calendar calendar ON calendar.id = policy.calendar_id
    WHERE policy.is_active AND %s LIKE office.path || '%%'
    ORDER BY target.metric, target.priority DESC
    """,
    target=Target,
    policy=Policy,
    calendar=Calendar,
)


@dataclass(frozen=True)
class Promise:
    policy: Policy
    targets: dict[str, Target]  # by metric


def promise_for(ticket: Ticket, *, is_new: bool = False) -> Promise | None:
    """The first policy that matches: those of the ticket's own office first, then its parents'; one query.

    Where the policy follows them, `policy.calendar` are the hours that count for this ticket, else the policy's own.
    A policy without a single target promises nothing and is passed over. Tags and the person's organisation are read
    only where a policy asks for them; a ticket opened just now has no tags yet.
    """
    nearest_first = _offices(ticket)
    targets: dict[Policy, list[Target]] = defaultdict(list)
    for target, policy, policy.calendar in IN_USE.all([ticket.office.path]):
        target.policy = policy
        targets[policy].append(target)
    asked = {word for policy in targets for word, allowed in policy.conditions.items() if allowed}
    facts = facts_of(ticket, asked, is_new=is_new)
    for policy in sorted(targets, key=lambda row: (nearest_first.index(row.office_id), row.position, row.pk)):
        if matches(policy.conditions, facts):
            if policy.follows_hours:
                policy.calendar = followed_by(ticket).calendar or policy.calendar
            return Promise(policy, _chosen(targets[policy], ticket.priority))
    return None


def facts_of(ticket: Ticket, asked: set[str], *, is_new: bool = False) -> dict[str, Any]:
    """What conditions are compared with: one value a word, a set of them for tags."""
    return {
        "via": ticket.via,
        "team": ticket.team_id,
        "office": ticket.office_id,
        "priority": ticket.priority,
        "type": ticket.type,
        "service": ticket.service_id,
        "organisation": ticket.requester.organisation_id if "organisation" in asked else None,
        "tag": set(ticket.tags.values_list("pk", flat=True)) if "tag" in asked and not is_new else set(),
    }


def depends_on(ticket: Ticket, word: str) -> bool:
    """Is any promise to this office chosen by that word? One query."""
    rows = Policy.objects.active().of_offices(_offices(ticket))
    return any(conditions.get(word) for conditions in rows.values_list("conditions", flat=True))


def _offices(ticket: Ticket) -> list[int]:
    """The ticket's own office, then those above it."""
    return [int(part) for part in reversed(ticket.office.path.split("/")) if part]


def _chosen(targets: list[Target], priority: int) -> dict[str, Target]:
    """For each metric the target of this very priority, else the one for any."""
    for_any = {target.metric: target for target in targets if target.priority is None}
    return for_any | {target.metric: target for target in targets if target.priority == priority}
