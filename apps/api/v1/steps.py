"""The steps of a policy as machines write them: rows by their names here, by their numbers in the database."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.accounts.models import Team
from apps.accounts.viewers import Viewer
from apps.api.v1.base import LARGEST_NUMBER, Input
from apps.sla.calls import check_address
from apps.sla.models import Metric
from apps.sla.step_forms import Choices
from apps.sla.steps import LONGEST_OFFSET, Action

NEEDS = {
    Action.PERSON: "person",
    Action.REASSIGN: "person",
    Action.MOVE: "team",
    Action.TAG: "tag",
    Action.CALL: "address",
}
NAMES = ("person", "team", "tag", "address")


class StepIn(Input):
    """`offset_seconds` of the promise's own time from the due moment: below 0 before it, above 0 late.

    A step keeps its `key`: the same key is not taken a second time on a ticket. `person` for person and reassign (the
    number of a colleague), `team` for move, `tag` for tag, `address` (https) for call.
    """

    key = serializers.SlugField(max_length=24, required=False)
    offset_seconds = serializers.IntegerField(min_value=-LONGEST_OFFSET, max_value=LONGEST_OFFSET)
    action = serializers.ChoiceField(choices=Action.choices)
    metric = serializers.ChoiceField(choices=Metric.choices, required=False, allow_blank=True, default="")
    person = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False)
    team = serializers.SlugField(required=False)
    tag = serializers.SlugField(required=False)
    address = serializers.URLField(max_length=300, required=False)
    by_mail = serializers.BooleanField(required=False, default=False)
    in_hours = serializers.BooleanField(required=False, default=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        wanted = NEEDS.get(data["action"])
        strange = {name: [_("This step takes none.")] for name in NAMES if name in data and name != wanted}
        if strange:
            raise serializers.ValidationError(strange)
        if wanted and not data.get(wanted):
            raise serializers.ValidationError({wanted: [_("Say to whom, or with what.")]})
        if wanted == "address":
            try:
                check_address(data["address"])
            except ValidationError as error:
                raise serializers.ValidationError({"address": error.messages}) from error
        return data


def steps_of(given: list[dict[str, Any]], viewer: Viewer) -> list[dict[str, Any]]:
    """As the policy keeps them. Raises ValidationError for whom or what the viewer's screen would not offer either."""
    choices = Choices.of(viewer)
    teams = dict(Team.objects.visible_to(viewer).values_list("slug", "pk")) if given else {}
    offered = {
        "person": {pk: pk for pk, _name in choices.people},
        "team": teams,
        "tag": {key: key for key, _name in choices.tags},
    }
    taken = {row["key"] for row in given if row.get("key")}
    found = []
    for row in given:
        step = {name: row[name] for name in ("offset_seconds", "action", "metric", "by_mail", "in_hours")}
        step["key"] = row.get("key") or next(f"s{n}" for n in range(1, 10_000) if f"s{n}" not in taken)
        taken.add(step["key"])
        wanted = NEEDS.get(row["action"])
        if wanted:
            step["value"] = row[wanted] if wanted == "address" else offered[wanted].get(row[wanted])
            if step["value"] is None:
                raise serializers.ValidationError({"steps": [_("There is no such thing here.")]})
        found.append(step)
    return found
