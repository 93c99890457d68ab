"""What conditions can be chosen from, as people read it: for the filter of a list and for rules."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Team, User
from apps.accounts.viewers import Viewer
from apps.core.templatetags.ui import channel_word
from apps.tickets.conditions import ME, NONE
from apps.tickets.models import Tag
from apps.tickets.states import Priority, Status, Type

DOORS = ("email", "webchat", "portal", "facebook", "phone", "counter")

NAMES = {
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "type": gettext_lazy("Kind of ticket"),
    "via": gettext_lazy("Came by"),
    "team": gettext_lazy("Team"),
    "assignee": gettext_lazy("Assignee"),
    "tag": gettext_lazy("Tag"),
    "last_from": gettext_lazy("Last word from"),
}


def choices_for(viewer: Viewer, *, with_me: bool = True) -> dict[str, list[tuple[str, Any]]]:
    """Of each word of NAMES, value and words: three queries."""
    people = User.objects.active().who_may("ticket.reply", list(viewer.bodies)).order_by("full_name")
    return {
        "status": list(Status.choices),
        "priority": [(str(value), label) for value, label in Priority.choices],
        "type": list(Type.choices),
        "via": [(kind, channel_word(kind)) for kind in DOORS],
        "team": [(NONE, _("No team")), *((str(team.pk), team.name) for team in Team.objects.visible_to(viewer))],
        "assignee": [
            *([(ME, _("Me"))] if with_me else []),
            (NONE, _("Nobody")),
            *((str(person.pk), person.full_name) for person in people),
        ],
        "tag": [(tag.key, str(tag)) for tag in Tag.objects.in_use().visible_to(viewer)],
        "last_from": [("in", _("the person")), ("out", _("us"))],
    }
