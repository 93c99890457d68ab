"""Words for what the facts hold as numbers."""

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import Office, Team, User
from apps.catalogue.models import Service
from apps.core.templatetags.ui import CHANNEL
from apps.tickets.states import Priority, Type

# What groups a report can be cut into, in the order of the switch.
CUTS = ("via", "team", "office", "type", "priority", "service", "agent")


def word(dimension: str) -> str:
    return {
        "via": _("Channel"),
        "team": _("Team"),
        "office": _("Office"),
        "type": _("Type"),
        "priority": _("Priority"),
        "service": _("Service"),
        "agent": _("Person in charge"),
    }[dimension]


def names(dimension: str, values: Any) -> dict[Any, str]:
    """At most one query; what is gone since keeps its number."""
    found: dict[Any, str]
    if dimension == "via":
        found = {via: str(look.word) for via, look in CHANNEL.items()}
    elif dimension == "priority":
        found = {value: str(label) for value, label in Priority.choices}
    elif dimension == "type":
        found = {value: str(label) for value, label in Type.choices}
    else:
        model: Any = {"team": Team, "office": Office, "service": Service, "agent": User}[dimension]
        nobody = {"team": _("No team"), "service": _("No service"), "agent": _("Nobody"), "office": "–"}
        found = {row.pk: str(row) for row in model.objects.filter(pk__in=[value for value in values if value])}
        found[0] = nobody[dimension]
    return {value: found.get(value) or f"#{value}" for value in values}
