"""The sentences of the timeline about tickets that were joined, parted, linked or moved."""

from typing import Any

from django.utils.translation import gettext as _


def describe(verb: str, who: str, data: dict[str, Any]) -> str:
    """'' for what is none of these."""
    facts = {"who": who, "ticket": data.get("label", "")}
    match verb:
        case "ticket_merged":
            return _("%(who)s merged it into %(ticket)s") % facts
        case "ticket_absorbed" if data.get("words_stay"):
            return _("%(who)s merged %(ticket)s here; it is of another person, whose words stay there") % facts
        case "ticket_absorbed":
            return _("%(who)s merged %(ticket)s here") % facts
        case "merge_undone":
            return _("%(who)s undid the merge with %(ticket)s") % facts
        case "ticket_split":
            return _("%(who)s split off %(ticket)s") % facts
        case "ticket_linked" | "ticket_unlinked":
            return _linked(verb, facts, str(data.get("kind", "")))
        case "office_changed":
            return _("%(who)s moved it to %(office)s") % {"who": who, "office": data.get("new_label", "")}
    return ""


def _linked(verb: str, facts: dict[str, Any], kind: str) -> str:
    if verb == "ticket_unlinked":
        return _("%(who)s took the link to %(ticket)s away") % facts
    match kind:
        case "child":
            return _("%(who)s made it a part of %(ticket)s") % facts
        case "parent":
            return _("%(who)s made %(ticket)s a part of it") % facts
        case "duplicate":
            return _("%(who)s called it a duplicate of %(ticket)s") % facts
        case "duplicated":
            return _("%(who)s called %(ticket)s a duplicate of it") % facts
    return _("%(who)s linked it to %(ticket)s") % facts
