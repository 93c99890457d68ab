"""Pages for administrators: every mailbox at a glance, connecting one, and trying it from one end to the other."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.core import limits
from apps.core.errors import TooMany
from apps.core.http import is_partial
from apps.omnichannel import services
from apps.omnichannel.models import Channel, RoundTrip, Watch

from . import probe
from .cards import cards
from .steps import KEYS, STEPS, Wizard, after, groups

HOME = "/desk/admin/mailboxes/"
TRIES = {"limit": 30, "seconds": 600}  # connections to foreign servers that one person may ask for
MAILS = {"limit": 20, "seconds": 3600}
STOP_ASKING = 286  # what htmx takes as the end of asking again and again


@staff_page("channel.manage", "operator.view")
@require_GET
def mailboxes(request: HttpRequest) -> HttpResponse:
    return render(request, "omnichannel/mailboxes.html", {"cards": cards(request.viewer), **_rights(request)})  # type: ignore[attr-defined]


@staff_page("channel.manage", "operator.view")
@require_GET
def mailbox(request: HttpRequest, slug: str) -> HttpResponse:
    found = cards(request.viewer, slug=slug)  # type: ignore[attr-defined]
    if not found:
        raise Http404
    card = found[0]
    context = {"card": card, "trips": card.trips[::-1], **_rights(request, card.channel), **_clock_words()}
    return render(request, "omnichannel/mailbox.html", context)


@staff_page("channel.manage")
@require_http_methods(["GET", "POST"])
def new_mailbox(request: HttpRequest) -> HttpResponse:
    return _step(request, Channel(kind="email"), "address")


@staff_page("channel.manage")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    if key not in KEYS:
        raise Http404
    return _step(request, _managed(request, slug), key)


@staff_page("channel.manage")
@require_POST
def start_round(request: HttpRequest, slug: str) -> HttpResponse:
    """The mailbox writes to itself. One that was being set up is in use from here on: else nothing could arrive."""
    row = _managed(request, slug)
    try:
        limits.allow("round-trip", str(request.user.pk), **MAILS)
    except TooMany as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(f"{HOME}{row.slug}/setup/test/")
    services.switch_channel(row, on=True, actor=request.user)
    trip = services.begin_round(row, asked_by=request.user)
    return HttpResponseRedirect(f"{HOME}{row.slug}/test/{trip.public_id}/")


@staff_page("channel.manage")
@require_GET
def round_trip(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """How far the mail to itself has come. The piece asks for itself again until it is over."""
    row = _managed(request, slug)
    trip = RoundTrip.objects.filter(channel=row, public_id=public_id).first()
    if trip is None:
        raise Http404
    context = {
        "row": row,
        "trip": trip,
        "watch": Watch.objects.filter(channel=row).first(),
        "legs": _legs(trip),
        "steps": STEPS,
        "key": "test",
        "number": len(STEPS),
        "door": probe.door_of(row),
    }
    if not is_partial(request):
        return render(request, "omnichannel/mailbox_test.html", context)
    return render(request, "omnichannel/_round.html", context, status=STOP_ASKING if trip.is_over else 200)


@staff_page("channel.manage")
@require_POST
def switch_watch(request: HttpRequest, slug: str) -> HttpResponse:
    row = _managed(request, slug)
    is_on = request.POST.get("on") == "1"
    services.switch_watch(row, on=is_on, actor=request.user)
    said = _("It will write to itself every hour.") if is_on else _("It no longer writes to itself.")
    messages.success(request, said)
    return HttpResponseRedirect(f"{HOME}{row.slug}/")


def _step(request: HttpRequest, row: Channel, key: str) -> HttpResponse:
    is_post = request.method == "POST"
    wizard = Wizard(request.viewer, row, key, request.POST if is_post else None)  # type: ignore[attr-defined]
    findings: list[probe.Finding] = []
    is_refused = is_post and not wizard.is_valid()
    if is_post and not is_refused:
        row = wizard.save(actor=request.user)
        if "test" not in request.POST:
            return HttpResponseRedirect(f"{HOME}{row.slug}/setup/{after(key)}/")
        findings = _try(request, row, key)
        wizard = Wizard(request.viewer, row, key)  # type: ignore[attr-defined]  as it is now, without the secrets
    context: dict[str, Any] = {
        "row": row,
        "wizard": wizard,
        "steps": STEPS,
        "key": key,
        "number": KEYS.index(key) + 1,
        "title": STEPS[KEYS.index(key)].title,
        "before": KEYS[KEYS.index(key) - 1] if key != KEYS[0] else "",
        "groups": groups(wizard.forms["own"]) if key == "details" else [],
        "door": (row.settings or {}).get("door") or probe.door_of(row),
        "findings": findings,
        "is_well": bool(findings) and all(finding.state != "bad" for finding in findings),
        "hook": f"{settings.ACUDO_BASE_URL}/hooks/{row.key}/",
        "smtp_host": settings.ACUDO_SMTP_HOST,
        "smtp_port": settings.ACUDO_SMTP_PORT,
    }
    return render(request, "omnichannel/mailbox_step.html", context, status=422 if is_refused else 200)


def _try(request: HttpRequest, row: Channel, key: str) -> list[probe.Finding]:
    try:
        limits.allow("mail-probe", str(request.user.pk), **TRIES)
    except TooMany as error:
        return [probe.Finding("bad", str(error.message))]
    return probe.way_out(row) if key == "way-out" else probe.way_in(row)


def _legs(trip: RoundTrip) -> list[tuple[str, str]]:
    """(state, words) of the three legs of the way; state "ok", "now", "bad" or "later"."""
    states = RoundTrip.State
    words = (_("The mail is written."), _("A mail server has taken it."), _("It came back through the door."))
    reached = {states.WAITING: 1, states.REFUSED: 1, states.SENT: 2, states.LOST: 2, states.RETURNED: 3}[trip.state]
    marks = ["ok" if n < reached else "later" for n in range(3)]
    said: list[Any] = list(words)
    if trip.is_over and reached < 3:
        marks[reached], said[reached] = "bad", trip.get_state_display()  # type: ignore[attr-defined]
    elif reached < 3:
        marks[reached] = "now"
    return list(zip(marks, said, strict=True))


def _clock_words() -> dict[str, int]:
    return {"every": settings.ACUDO_CANARY_MINUTES, "limit": settings.ACUDO_CANARY_LIMIT_MINUTES}


def _rights(request: HttpRequest, row: Channel | None = None) -> dict[str, bool]:
    viewer: Any = request.viewer  # type: ignore[attr-defined]
    office = row.office_id if row else None
    return {"may_manage": viewer.may("channel.manage", office), "may_operate": viewer.may("operator.view", office)}


def _managed(request: HttpRequest, slug: str) -> Channel:
    managed = request.viewer.offices_with("channel.manage")  # type: ignore[attr-defined]
    row = Channel.objects.filter(office_id__in=managed, slug=slug, kind="email").select_related("office").first()
    if row is None:
        raise Http404
    return row
