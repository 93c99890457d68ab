"""The way back in: ask for a letter, press its link or type its code."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.portal import doors, services, signing
from apps.portal.forms import AskForm, CodeForm
from apps.portal.models import MagicLink
from apps.portal.pages import device_of, forget, portal_of, public_page, remember, show
from apps.portal.services.access import Entered

LINK_KEY = "portal_link"
SHARED = "is_shared"


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        who = form.cleaned_data["who"]
        doors.ask_for_link(request, f"{portal_of(request).body_id}:{who}")
        link = services.ask_for_link(portal_of(request).office, who=who, language=get_language() or "")
        request.session[LINK_KEY] = link.public_id
        return HttpResponseRedirect(reverse("portal:sent"))
    return show(request, "portal/access.html", {"form": form}, status=422 if form.errors else 200)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """The same words whoever was asked for (S-37); the code of the letter may be typed here."""
    link = MagicLink.objects.filter(public_id=request.session.get(LINK_KEY, "")).first()
    if link is None:
        return HttpResponseRedirect(reverse("portal:access"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        doors.enter(request)
        doors.enter_as(f"{link.office_id}:{link.who}")
        entered = services.enter_with_code(
            link.public_id, form.cleaned_data["code"], is_shared=form.cleaned_data["is_shared"]
        )
        if entered:
            return _welcome(request, entered)
        form.add_error("code", _wrong_code(link))
    return show(request, "portal/access_sent.html", {"form": form, "who": link.who}, status=422 if form.errors else 200)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def land(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button: programs that open links in letters use nothing up (S-34)."""
    if request.method == "POST":
        doors.enter(request)
        entered = services.enter_with_link(token, is_shared=bool(request.POST.get(SHARED)))
        if entered:
            return _welcome(request, entered)
    link = services.link_for_token(token)
    if link is not None and services.is_alive(link):
        return show(request, "portal/land.html")
    address = signing.masked(link.address) if link else ""
    return show(request, "portal/land_over.html", {"address": address}, status=410)


@public_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    device = device_of(request)
    if device and request.POST.get("everywhere"):
        services.leave_everywhere(device.person)
    elif device:
        services.leave(device)
    response = HttpResponseRedirect(reverse("portal:home"))
    forget(response)
    return response


def _welcome(request: HttpRequest, entered: Entered) -> HttpResponse:
    request.session.pop(LINK_KEY, None)
    rotate_token(request)
    response = HttpResponseRedirect(reverse("portal:requests"))
    remember(response, entered)
    return response


def _wrong_code(link: MagicLink) -> str:
    """The same for addresses we know and for those we do not."""
    left = services.tries_left(link)
    if left:
        return _("That is not the code, or it is too old. You can try %(n)s more times.") % {"n": left}
    return _("That is not the code, or it is too old. Ask for another letter.")
