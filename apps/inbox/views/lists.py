"""The views of the inbox and their lists."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.accounts.access import staff_page
from apps.core.http import is_partial
from apps.core.templatetags.ui import PLACES
from apps.inbox import filters, paging, saved_views
from apps.inbox.rows import rows_of
from apps.inbox.views import ticket as ticket_views

LAST_VIEW = "acudo_view"  # a cookie: reading a page writes no row


@staff_page()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first room this person may enter; who may enter none looks after their own account."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may("ticket.view"):
        return HttpResponseRedirect(next((place.url for place in PLACES if viewer.may(place.verb)), "/desk/me/"))
    view = filters.find_for(request.COOKIES.get(LAST_VIEW, ""), user=request.user, viewer=viewer)
    return HttpResponseRedirect((view or filters.OWN[0]).url)


@staff_page("ticket.view")
@require_GET
def inbox(request: HttpRequest, view: str, public_id: str | None = None) -> HttpResponse:
    """A view, and a ticket of it beside when one is named. Scripts get the pane they asked for."""
    if public_id and is_partial(request):
        return ticket_views.conversation(request, public_id, view=view)
    context = list_context(request, view)
    if public_id and not is_partial(request):
        context |= ticket_views.conversation_context(request, public_id, view=view)
        context["pane"] = "conversation"
    open_id = context["ticket"].pk if "ticket" in context else None
    context["rows"] = rows_of(context["page"].rows, user=request.user, url=context["view"].url, open_id=open_id)
    if is_partial(request):
        return render(request, "inbox/_panes.html", context)
    response = render(request, "inbox/inbox.html", context)
    response.set_cookie(LAST_VIEW, view, max_age=90 * 86400, path="/desk/", httponly=True, samesite="Lax")
    return response


def list_context(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Five queries: teams, saved views, counts, rows, tags; a filter costs one more."""
    viewer, user = request.viewer, request.user  # type: ignore[attr-defined]
    teams = [filters.team_view(team) for team in filters.teams_of(viewer)]
    saved_rows = filters.saved_of(viewer)
    saved = [filters.saved_view(row) for row in saved_rows]
    views = [*filters.OWN, *teams, *saved]
    view = next((one for one in views if one.slug == slug), None)
    if view is None:
        raise Http404
    counts = filters.counts(views, user=user, viewer=viewer)
    asked = saved_views.asked_in(request.GET)
    total = counts.get(view.slug, 0)
    if asked:
        view = filters.narrowed(view, asked)
        total = filters.count(view, user=user, viewer=viewer)
    own_row = next((row for row in saved_rows if f"v-{row.public_id}" == slug), None)
    sort = paging.sort_named(request.GET.get("sort", ""), view.sort)
    after, size = request.GET.get("after", ""), paging.size_named(request.GET.get("rows", ""))
    rows = filters.tickets_in(view, user=user, viewer=viewer).for_list(user)
    return {
        "view": view,
        "own_views": [(v, _badge(counts.get(v.slug, 0))) for v in filters.OWN],
        "team_views": [(v, _badge(counts.get(v.slug, 0))) for v in teams],
        "saved_views": [(v, _badge(counts.get(v.slug, 0))) for v in saved],
        "may_change_view": own_row is not None and own_row.may_be_changed_by(viewer),
        "own_view": own_row,
        "asked": saved_views.as_address(asked),
        "asked_count": len(set(asked) - {"match"}),
        "total": _badge(total),
        "unassigned": counts.get("unassigned", 0),
        "unread_mine": counts.get("mine", 0),
        "page": paging.page(rows, sort=sort, after=after, size=size),
        "sized": (f"&rows={size}" if size != paging.PAGE else "")
        + (f"&{saved_views.as_address(asked)}" if asked else ""),
        "next_words": _("Next %(n)s") % {"n": size},
        "sort": sort,
        "sorts": paging.SORTS,
        "after": after,
        "pane": "list",
    }


def _badge(number: int) -> str:
    return str(number) if number <= filters.COUNTED_TO else f"{filters.COUNTED_TO}+"
