"""Which role may do which verb. Which rows it may do it to is a queryset's word: visible_to."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.core.errors import NotAllowed

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer

VERBS = {
    "ticket.view": _("See tickets"),
    "ticket.open": _("Open tickets"),
    "ticket.reply": _("Answer people"),
    "ticket.note": _("Write private notes"),
    "ticket.assign": _("Assign and move tickets"),
    "ticket.status": _("Change status, priority, subject and snooze"),
    "ticket.tag": _("Set and remove tags"),
    "person.view": _("See people"),
    "person.edit": _("Change people"),
    "kb.view": _("Read internal articles"),
    "kb.edit": _("Write articles"),
    "kb.publish": _("Publish and retire articles"),
    "report.view": _("Read reports"),
    "operator.view": _("See what is stuck and mend it"),
    "channel.manage": _("Set up channels"),
    "hours.manage": _("Set opening hours"),
    "shift.manage": _("Plan shifts, rosters and absences"),
    "sla.manage": _("Set promises about time"),
    "team.manage": _("Set up teams and tags"),
    "office.manage": _("Set up offices and roles"),
}

READ = ["ticket.view", "person.view", "kb.view"]
WORK = ["ticket.open", "ticket.reply", "ticket.note", "ticket.assign", "ticket.status", "ticket.tag", "person.edit"]

# The roles every installation starts with; more are rows.
BUILT_IN = {
    "observer": ({"es": "Solo lectura", "en": "Read only", "it": "Sola lettura", "pt": "Só leitura"}, READ),
    "agent": ({"es": "Agente", "en": "Agent", "it": "Operatore", "pt": "Agente"}, [*READ, *WORK]),
    "supervisor": (
        {"es": "Supervisor", "en": "Supervisor", "it": "Supervisore", "pt": "Supervisor"},
        [*READ, *WORK, "report.view", "operator.view", "hours.manage", "shift.manage", "sla.manage"],
    ),
    "editor": (
        {"es": "Editor", "en": "Editor", "it": "Redattore", "pt": "Editor"},
        ["kb.view", "kb.edit", "kb.publish"],
    ),
    "admin": (
        {"es": "Administrador", "en": "Administrator", "it": "Amministratore", "pt": "Administrador"},
        list(VERBS),
    ),
}


def may(viewer: "Viewer", verb: str, office_id: int | None = None) -> bool:
    """May this viewer do `verb` in that office (in any at all, when None)? Unknown verbs are a mistake of ours."""
    if verb not in VERBS:
        raise KeyError(verb)
    return viewer.may(verb, office_id)


def require(viewer: "Viewer", verb: str, office_id: int | None = None) -> None:
    """Raises NotAllowed where `may` says no."""
    if not may(viewer, verb, office_id):
        raise NotAllowed("not_allowed", _("You can read this but not change it."), verb=verb)
