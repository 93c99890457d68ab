"""The verbs that change what we promise. Tickets that already run keep what was promised to them."""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.sla.conditions import covers
from apps.sla.events import PolicyChanged
from apps.sla.models import CallKey, Policy, Target
from apps.sla.services import follow_steps

Grid = Mapping[tuple[str, int | None], int]  # (metric, priority or None for any) -> seconds


@transaction.atomic
def create_policy(*, office: Any, actor: Any, targets: Grid, wall_clock: Collection[str] = (), **fields: Any) -> Policy:
    """`wall_clock` names the metrics that run by the clock on the wall."""
    last = Policy.objects.filter(office=office).order_by("-position").first()
    policy = Policy(office=office, position=last.position + 1 if last else 0, **fields)
    return _save(policy, targets, wall_clock, "created", actor)


@transaction.atomic
def change_policy(
    policy: Policy, *, actor: Any, targets: Grid, wall_clock: Collection[str] | None = None, **fields: Any
) -> Policy:
    """Running tickets keep what was promised; steps are no promise, so new ones hold for them too."""
    if wall_clock is None:
        wall_clock = {target.metric for target in policy.targets.all() if target.is_wall_clock}
    if "steps" in fields and fields["steps"] != policy.steps:
        follow_steps(policy.pk)
    for name, value in fields.items():
        setattr(policy, name, value)
    return _save(policy, targets, wall_clock, "changed", actor)


@transaction.atomic
def make_call_key(policy: Policy, *, actor: Any) -> str:
    """A new key for the calls of its steps, from now on the only one. It is told here and never again."""
    key = secrets.token_urlsafe(32)
    CallKey.objects.update_or_create(policy=policy, defaults={"secret": {"key": key}, "made_at": clock.now()})
    _record(policy, "key_made", actor)
    return key


@transaction.atomic
def move_policy(policy: Policy, *, up: bool, actor: Any) -> None:
    """One place up or down among the policies of its office; at the end it stays where it is."""
    order = list(Policy.objects.select_for_update().filter(office=policy.office_id).in_order())
    place = next(index for index, row in enumerate(order) if row.pk == policy.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    for position, row in enumerate(order):
        Policy.objects.filter(pk=row.pk).update(position=position)
    _record(policy, "moved", actor)


def _save(policy: Policy, targets: Grid, wall_clock: Collection[str], what: str, actor: Any) -> Policy:
    if policy.calendar.office.body_id != policy.office.body_id:
        raise Invalid("foreign_calendar", _("These opening hours belong to another body."), field="calendar")
    if not targets:
        raise Invalid("no_target", _("Promise something: write at least one length of time."), field="targets")
    policy.full_clean()
    policy.save()
    kept = {(target.metric, target.priority): target for target in policy.targets.all()}
    for key, target in kept.items():
        if key not in targets:
            target.delete()
    for (metric, priority), seconds in targets.items():
        target = kept.get((metric, priority)) or Target(policy=policy, metric=metric, priority=priority)
        target.seconds, target.is_wall_clock = seconds, metric in wall_clock
        target.save()
    _record(policy, what, actor)
    return policy


def _record(policy: Policy, what: str, actor: Any) -> None:
    record(PolicyChanged(policy_id=policy.pk, office_id=policy.office_id, what=what), Actor.of(actor))


def hidden_by(policy: Policy) -> Policy | None:
    """The policy before it that takes every ticket it could match, so that it never has its turn. One query."""
    before = Policy.objects.active().filter(office=policy.office_id).in_order()
    for earlier in before:
        if earlier.pk == policy.pk:
            return None
        if covers(earlier.conditions, policy.conditions):
            return earlier
    return None
