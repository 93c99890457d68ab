"""A new request, one question a page. Answers live in a draft of this device until they are sent."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.catalogue.models import Service
from apps.core import clock
from apps.core.errors import Invalid
from apps.kb.models import Translation
from apps.people.phones import phone_handle
from apps.portal import contact, doors, proof, services
from apps.portal.forms import OTHER, ContactForm, MatterForm, SendForm, ServiceForm
from apps.portal.models import Draft
from apps.portal.offices import Portal
from apps.portal.pages import OWN_NAMES, device_of, portal_of, public_page, show
from apps.tickets.models import Ticket

DRAFT_KEY, SENT_KEY = "portal_draft", "portal_sent"
LEAST_SECONDS = 3  # nobody reads and answers four pages faster
SUGGESTIONS = 3
RESERVED = {"check", "done", "files", OTHER}
REMEMBERED = 10


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """① What is it about?"""
    offered = offered_services(request)
    if not offered:
        return HttpResponseRedirect(reverse("portal:step", args=[OTHER, "matter"]))
    draft = _draft(request)
    form = ServiceForm(request.POST or None, names=[*offered, OTHER], initial={"form": draft.form if draft else ""})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["form"]
        draft = draft or _begin(request, chosen)
        if draft.form != chosen:
            draft.form = chosen
            services.save_answers(draft, {"articles": ""})
        return HttpResponseRedirect(_next_url(request, draft))
    context = {"form": form, "groups": _grouped(offered), "other": OTHER, **_step_words(request, OTHER, "service")}
    return show(request, "portal/new_service.html", context, status=422 if form.errors else 200)


@public_page
@require_safe
def begin(request: HttpRequest, form: str) -> HttpResponse:
    """A link from elsewhere to one form: straight to its first question."""
    steps = _steps(request, form)
    return HttpResponseRedirect(reverse("portal:step", args=[form, steps[0]]))


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, form: str, step: str) -> HttpResponse:
    pages = {"articles": _articles, "matter": _matter, "contact": _contact}
    if step not in _steps(request, form) or step not in pages:
        raise Http404
    return pages[step](request, form)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """⑤ Everything once more before it goes."""
    draft = _draft(request)
    if draft is None:
        return HttpResponseRedirect(_after_sending(request))
    missing = _unanswered(request, draft)
    if missing:
        return HttpResponseRedirect(reverse("portal:step", args=[draft.form, missing[0]]))
    form = SendForm(request.POST or None)
    problem = _problem(form, draft) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return _send(request, draft)
    context = {
        "draft": draft,
        "answers": draft.answers,
        "service": offered_services(request).get(draft.form),
        "has_services": bool(offered_services(request)),
        "files": draft.files.filter(is_gone=False),  # type: ignore[attr-defined]
        "needs": _needs_words(draft.answers),
        "language_name": OWN_NAMES.get(draft.answers.get("language", ""), ""),
        "device": device_of(request),
        "problem": problem,
        "proof_bits": proof.BITS,
        **_step_words(request, draft.form, "check"),
    }
    return show(request, "portal/new_check.html", context, status=422 if problem else 200)


@public_page
@require_safe
def done(request: HttpRequest, ref: str) -> HttpResponse:
    """⑥ For the browser that sent it; to anybody else it does not exist (S-28)."""
    sent = request.session.get(SENT_KEY, {})
    ticket = Ticket.objects.filter(public_id=ref).select_related("office__calendar").first() if ref in sent else None
    if ticket is None:
        raise Http404
    answer_to = sent[ref]
    zone = contact.ZoneInfo(ticket.office.time_zone)
    is_promised = ticket.next_due_at and ticket.next_due_metric == "first_response" and not ticket.is_overdue
    context = {
        "ticket": ticket,
        "promise": contact.promise_words(ticket.next_due_at, zone) if is_promised else "",
        "answer_to": answer_to,
        "is_email": "@" in answer_to,
        "is_known": device_of(request) is not None,
    }
    return show(request, "portal/new_done.html", context)


@public_page
@require_POST
def remove_file(request: HttpRequest, file_id: str) -> HttpResponse:
    draft = _draft(request)
    row = draft.files.filter(public_id=file_id, is_gone=False).first() if draft else None  # type: ignore[attr-defined]
    if draft is None or row is None:
        raise Http404
    services.remove_file(row)
    return HttpResponseRedirect(reverse("portal:step", args=[draft.form, "matter"]))


def offered_services(request: HttpRequest) -> dict[str, Service]:
    """What one may ask for here, by the name it has in addresses; looked up once a request."""
    if not hasattr(request, "_offered"):
        request._offered = _named_services(portal_of(request))  # type: ignore[attr-defined]
    return request._offered  # type: ignore[attr-defined, no-any-return]


def _named_services(portal: Portal) -> dict[str, Service]:
    rows = (
        Service.objects.active()  # type: ignore[attr-defined]
        .filter(office__path__startswith=portal.office.path)
        .select_related("office__calendar", "team__calendar")
        .order_by("office__path", "position", "pk")
    )
    named: dict[str, Service] = {}
    for row in rows:
        if not row.allowed_channels or "portal" in row.allowed_channels:
            is_taken = row.key in named or row.key in RESERVED
            named[f"{row.office.slug}-{row.key}" if is_taken else row.key] = row
    return named


# The pages between


def _articles(request: HttpRequest, form: str) -> HttpResponse:
    """② Perhaps it is written already."""
    if request.method == "POST":
        if request.POST.get("answer") == "yes":
            _drop(request)
            messages.success(request, _("We are glad that helped."))
            return HttpResponseRedirect(reverse("portal:home"))
        draft = _draft(request) or _begin(request, form)
        draft.form = form
        services.save_answers(draft, {"articles": "no"})
        return HttpResponseRedirect(_next_url(request, draft))
    context = {"suggestions": _suggestions(request, form), **_step_words(request, form, "articles")}
    return show(request, "portal/new_articles.html", context)


def _matter(request: HttpRequest, form: str) -> HttpResponse:
    """③ The matter itself."""
    draft = _draft(request)
    page = MatterForm(
        request.POST or None, request.FILES or None, initial={"text": draft.answers.get("text", "") if draft else ""}
    )
    if request.method == "POST" and page.is_valid():
        draft = draft or _begin(request, form)
        draft.form = form
        services.save_answers(draft, {"text": page.cleaned_data["text"]})
        uploads = page.cleaned_data["files"]
        doors.upload(request, len(uploads))
        try:
            services.keep_files(draft, uploads, source=doors.source_of(request))
        except Invalid as error:
            page.add_error("files", str(error))
        else:
            return HttpResponseRedirect(_next_url(request, draft))
    kept = draft.files.filter(is_gone=False) if draft else ()  # type: ignore[attr-defined]
    context = {"form": page, "files": kept, **_step_words(request, form, "matter")}
    return show(request, "portal/new_matter.html", context, status=422 if page.errors else 200)


def _contact(request: HttpRequest, form: str) -> HttpResponse:
    """④ How to answer. What we know of a person on their own device is not asked again."""
    draft, device = _draft(request), device_of(request)
    languages = [(code, OWN_NAMES[code]) for code in portal_of(request).languages]
    own = draft.answers if draft else {}
    page = ContactForm(
        request.POST or None,
        languages=languages,
        is_known=device is not None,
        initial={"language": get_language(), **own},
    )
    if request.method == "POST" and page.is_valid():
        draft = draft or _begin(request, form)
        draft.form = form
        services.save_answers(draft, {**page.cleaned_data, "is_contact_given": True})
        return HttpResponseRedirect(_next_url(request, draft))
    context = {"form": page, "device": device, **_step_words(request, form, "contact")}
    return show(request, "portal/new_contact.html", context, status=422 if page.errors else 200)


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    device, answers = device_of(request), draft.answers
    answer_to = device.address if device else answers.get("email") or phone_handle(answers.get("phone", ""), "")
    has_worked = device is not None or proof.is_done(draft.public_id, request.POST.get("proof", ""))
    doors.send(request, answer_to.lower(), has_worked=has_worked)
    service = offered_services(request).get(draft.form)
    ticket = services.send(draft, service=service, person=device.person if device else None)
    sent = {**request.session.get(SENT_KEY, {}), ticket.public_id: answer_to}
    request.session[SENT_KEY] = dict(list(sent.items())[-REMEMBERED:])
    request.session.pop(DRAFT_KEY, None)
    return HttpResponseRedirect(reverse("portal:done", args=[ticket.public_id]))


def _after_sending(request: HttpRequest) -> str:
    """Pressed twice: the page of what was sent. Never begun: the first question."""
    sent = list(request.session.get(SENT_KEY, {})) if request.method == "POST" else []
    return reverse("portal:done", args=[sent[-1]]) if sent else reverse("portal:new")


def _problem(form: SendForm, draft: Draft) -> str:
    if form.is_trapped:
        return _("Leave the field “Web site” empty and send again.")
    if (clock.now() - draft.created_at).total_seconds() < LEAST_SECONDS:
        return _("That was very quick. Please read once more what you wrote, and send it again.")
    return ""


# Where we are, and what comes next


def _steps(request: HttpRequest, form: str) -> list[str]:
    """The pages after the first, for this form. Raises Http404 for a form that is not offered."""
    if form != OTHER and form not in offered_services(request):
        raise Http404
    return [*(["articles"] if _suggestions(request, form) else []), "matter", "contact"]


def _unanswered(request: HttpRequest, draft: Draft) -> list[str]:
    answers, device = draft.answers, device_of(request)
    has_contact = answers.get("is_contact_given") and (device or answers.get("email") or answers.get("phone"))
    given = {"articles": answers.get("articles"), "matter": answers.get("text"), "contact": has_contact}
    return [name for name in _steps(request, draft.form) if not given[name]]


def _next_url(request: HttpRequest, draft: Draft) -> str:
    missing = _unanswered(request, draft)
    return reverse("portal:step", args=[draft.form, missing[0]]) if missing else reverse("portal:check")


def _step_words(request: HttpRequest, form: str, here: str) -> dict[str, Any]:
    """ "Step 3 of 5", and where "Back" leads."""
    offered = offered_services(request)
    steps = [*(["service"] if offered else []), *_steps(request, form), "check"]
    place = steps.index(here)
    is_known = here != "service"  # how many pages there are depends on what it is about
    before = steps[place - 1] if place else ""
    urls = {"": reverse("portal:home"), "service": reverse("portal:new")}
    back = urls.get(before) or reverse("portal:step", args=[form, before])
    return {
        "step_number": place + 1,
        "step_count": len(steps) if is_known else 0,
        "back_url": back,
        "form_name": form,
        "service_name": str(offered[form].names) if form in offered else "",
        "strip": contact.open_strip(portal_of(request), get_language() or "", clock.now()) if place < 2 else (),
    }


def _suggestions(request: HttpRequest, form: str) -> list[Translation]:
    """Articles whose words are the service's own; looked up once a request."""
    known: dict[str, list[Translation]] = request.__dict__.setdefault("_suggestions", {})
    if form not in known:
        service = offered_services(request).get(form)
        portal = portal_of(request)
        known[form] = (
            list(
                Translation.objects.public()
                .in_body(portal.body_id)
                .matching(
                    str(service.names),
                    request.viewer,  # type: ignore[attr-defined]
                    language=get_language() or "",
                    body_id=portal.body_id,
                    any_word=True,
                    limit=SUGGESTIONS,
                )
                .for_reading()
            )
            if service
            else []
        )
    return known[form]


def _grouped(offered: dict[str, Service]) -> list[tuple[Any, list[tuple[str, Service]]]]:
    """By office, in the order of the house."""
    groups: dict[int, tuple[Any, list[tuple[str, Service]]]] = {}
    for name, service in offered.items():
        groups.setdefault(service.office_id, (service.office, []))[1].append((name, service))
    return list(groups.values())


def _needs_words(answers: dict[str, Any]) -> list[str]:
    own = [str(services.NEEDS[key]) for key in answers.get("needs", ()) if key in services.NEEDS]
    return [*own, *([answers["other_need"]] if answers.get("other_need") else [])]


# The draft of this device


def _draft(request: HttpRequest) -> Draft | None:
    """The one this browser is writing, here; looked up once a request."""
    if not hasattr(request, "_draft"):
        name = request.session.get(DRAFT_KEY) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        office = portal_of(request).office
        request._draft = (  # type: ignore[attr-defined]
            Draft.objects.alive().filter(public_id=name, office=office, ticket=None).first() if name else None
        )
    return request._draft  # type: ignore[attr-defined, no-any-return]


def _begin(request: HttpRequest, form: str) -> Draft:
    doors.begin(request)
    draft = services.start(portal_of(request).office, form=form)
    request.session[DRAFT_KEY] = draft.public_id
    request._draft = draft  # type: ignore[attr-defined]
    return draft


def _drop(request: HttpRequest) -> None:
    request.session.pop(DRAFT_KEY, None)
