"""Views that colleagues save: read from an address, kept, thrown away."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.accounts.sharing import places_for
from apps.accounts.viewers import Viewer
from apps.core.errors import Invalid, NotAllowed
from apps.core.transactions import whole
from apps.inbox.models import SavedView
from apps.inbox.paging import SORTS
from apps.tickets import conditions

PINS = range(1, 10)
SEPARATE = {"sort", "after", "rows", "view", "name", "place", "pin", "is_counted", "csrfmiddlewaretoken", "back"}


def asked_in(data: QueryDict) -> dict[str, list[str]]:
    """The conditions of an address or a form; what is no condition is passed over, empty fields mean nothing."""
    found = {}
    for name, values in data.lists():
        given = [value.strip() for value in values if value.strip()]
        if name not in SEPARATE and given:
            try:
                found |= conditions.check({name: given})
            except Invalid:
                continue
    return found if set(found) - {conditions.MATCH} else {}


def as_address(asked: conditions.Conditions) -> str:
    """ "status=open&not_tag=loans": what `asked_in` reads again."""
    query = QueryDict(mutable=True)
    for name, values in asked.items():
        query.setlist(name, list(values))
    return query.urlencode()


@whole()
def save_view(row: SavedView, *, viewer: Viewer, place: str) -> SavedView:
    """New or changed. Raises Invalid, and NotAllowed for a place that is not this viewer's."""
    columns = places_for(viewer).get(place)
    if columns is None or (row.pk and not row.may_be_changed_by(viewer)):
        raise NotAllowed("not_allowed", _("You can read this but not change it."))
    row.name = " ".join(row.name.split())
    if not row.name:
        raise Invalid("empty", _("Give it a name."), field="name")
    row.conditions = conditions.check(row.conditions)
    if not row.conditions:
        raise Invalid("empty", _("Choose at least one condition."), field="name")
    if row.sort not in {sort.slug for sort in SORTS} or (row.pin is not None and row.pin not in PINS):
        raise Invalid("unknown", _("There is no such choice."), field="sort")
    for column, value in columns[1].items():
        setattr(row, column, value)
    row.save()
    return row


@whole()
def delete_view(row: SavedView, *, viewer: Viewer) -> None:
    if not row.may_be_changed_by(viewer):
        raise NotAllowed("not_allowed", _("You can read this but not change it."))
    row.delete()
