"""The bubble's script, the window inside somebody's page, the same window as a page, and the plain way to talk."""

import hashlib
import json
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import limits
from apps.core.colour import accent_steps
from apps.core.errors import DomainError, Invalid, TooMany
from apps.core.files import disposition
from apps.omnichannel.links import call_links
from apps.omnichannel.models import Channel
from apps.omnichannel.webchat import coming, hosts, services, tokens
from apps.omnichannel.webchat import wishes as wish
from apps.omnichannel.webchat.forms import WriteForm
from apps.omnichannel.webchat.models import Visitor
from apps.omnichannel.webchat.standing import desk_message, desk_now, may_be_rated
from apps.omnichannel.webchat.transcript import PICTURES, Transcript, read, read_last, seen_at_desk
from apps.omnichannel.webchat.window import channel_at, find_channel, languages, spoken
from apps.omnichannel.webchat.words import loader_words, window_words
from apps.surveys.forms import SurveyForm
from apps.tickets.files import NewFile
from apps.tickets.models import Attachment

OWN_COLOUR = "#4b5ecf"
MINUTES_5 = "public, max-age=300"
POSTS_A_MINUTE = 60
WISHES_A_MINUTE = 20
FILE_POLICY = "sandbox; default-src 'none'"


@require_safe
@gzip_page
def loader(request: HttpRequest, key: str) -> HttpResponse:
    """The one script tag of the host's page. Public, cached for a short while, the same for everybody."""
    channel = _channel(key)
    base = _own_origin(request)
    filled = {
        "frame": base + reverse("webchat:frame", args=[key]),
        "page": f"{base}/{{lang}}/chat/?key={key}",
        "lang": spoken(channel, ""),
        "side": channel.settings.get("side", "right"),
        "words": loader_words(channel),
        "css": _source("launcher.css")
        .replace("var(--back)", _steps(channel)[600])
        .replace("var(--hover)", _steps(channel)[700])
        .replace("var(--on)", "#ffffff"),
    }
    script = _source("loader.js").replace("/*settings*/ null", json.dumps(filled, ensure_ascii=False), 1)
    return _public(request, script, "text/javascript; charset=utf-8")


@require_safe
@gzip_page
def theme(request: HttpRequest, key: str) -> HttpResponse:
    """The window's colours: the office's hue on our own steps."""
    sheet = render(request, "webchat/theme.css", {"steps": _steps(_channel(key))}).content.decode()
    return _public(request, sheet, "text/css; charset=utf-8")


@require_safe
@xframe_options_exempt
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """The window. Only the channel's own sites may put it into a page (S-47, S-51)."""
    channel = _channel(key)
    origin, domains = request.GET.get("origin", ""), channel.settings.get("allowed_domains", ())
    host = origin if origin == _own_origin(request) or hosts.is_allowed(origin, domains) else ""
    response = _window(request, channel, request.GET.get("lang", ""), "webchat/frame.html", host=host)
    response["Content-Security-Policy"] = _policy(request, hosts.frame_ancestors(domains))
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@csrf_exempt  # the window stands inside other sites, where the usual cookie does not come: see _check_origin
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, lang: str) -> HttpResponse:
    """The chat as a page of our own. Reads and writes without script: each send is a form, each look a reload."""
    channel = channel_at(request.get_host(), request.GET.get("key", ""))
    if channel is None or lang not in dict(settings.LANGUAGES):
        raise Http404
    if request.method != "POST":
        response = _window(request, channel, lang, "webchat/page.html")
    else:
        response = _post_form(request, channel, lang)
    response["Content-Security-Policy"] = _policy(request, "'none'")
    return response


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest, key: str) -> HttpResponse:
    """The same words as over the socket, by plain requests (R-20)."""
    channel = _channel(key)
    with translation.override(spoken(channel, request.GET.get("lang", ""))):
        return _post_json(request, channel) if request.method == "POST" else _poll(request, channel)


@require_safe
def file(request: HttpRequest, key: str, public_id: str) -> HttpResponse:
    """A file of the own conversation; to anybody else it does not exist (S-19)."""
    channel = _channel(key)
    token = tokens.from_request(request, key)
    visitor = services.find_visitor(channel, token) if token else None
    row = visitor and (
        Attachment.objects.filter(
            public_id=public_id,
            message__entries__thread__channel_id=channel.pk,
            message__entries__thread__key=visitor.public_id,
        ).first()
    )
    if not row:
        raise Http404
    is_shown = "show" in request.GET and row.content_type in PICTURES
    with row.file.open("rb") as content:
        response = HttpResponse(
            content.read(), content_type=row.content_type if is_shown else "application/octet-stream"
        )
    response["Content-Disposition"] = "inline" if is_shown else disposition(row.name)
    response["Content-Security-Policy"] = FILE_POLICY
    return response


@csrf_exempt  # as above
@require_POST
def wishes(request: HttpRequest, key: str) -> HttpResponse:
    """What a visitor wants besides writing: JSON for the window, a form and a page drawn anew without script."""
    channel = _channel(key)
    wants_json = request.content_type == "application/json" or "application/json" in request.headers.get("Accept", "")
    with translation.override(spoken(channel, request.GET.get("lang", ""))):
        language = translation.get_language() or ""
        try:
            token = _check_origin(request, channel)
            limits.allow("webchat.wish", token, limit=WISHES_A_MINUTE, seconds=60)
            address = request.META.get("REMOTE_ADDR", "unknown")
            text, more = wish.grant(channel, token=token, said=_said(request), address=address, language=language)
        except DomainError as error:
            if wants_json:
                return JsonResponse({"t": "refused", "code": error.code, "text": str(error)}, status=error.status)
            return _window(request, channel, language, "webchat/page.html", problem=str(error), status=error.status)
        if wants_json:
            return JsonResponse({"t": "done", "text": text, **more})
        return _window(request, channel, language, "webchat/page.html", said=text)


@csrf_exempt  # as above
@require_POST
def forgetting(request: HttpRequest, key: str) -> HttpResponse:
    """This browser begins anew: whoever sits here next finds nothing of what was said."""
    channel = _channel(key)
    try:
        _check_origin(request, channel)
    except DomainError as error:
        return JsonResponse({"t": "refused", "code": error.code, "text": str(error)}, status=error.status)
    token = tokens.mint(channel.key)
    response = JsonResponse({"t": "forgotten", "token": token, "proof": tokens.form_token(channel.key, token)})
    tokens.remember(response, channel.key, token)
    return response


def _channel(key: str) -> Channel:
    channel = find_channel(key)
    if channel is None:
        raise Http404
    return channel


def _window(
    request: HttpRequest,
    channel: Channel,
    lang: str,
    template: str,
    *,
    host: str = "",
    form: WriteForm | None = None,
    problem: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    token = tokens.from_request(request, channel.key) or tokens.mint(channel.key)
    language = spoken(channel, lang)
    with translation.override(language):
        visitor = services.find_visitor(channel, token)
        limit = 1000 if request.GET.get("show") == "all" else 50
        transcript = read_last(visitor, channel.key, limit=limit) if visitor else Transcript()
        desk = desk_now(channel, transcript, visitor)
        facts = {
            "channel": channel,
            "office": channel.office,
            "visitor": visitor,
            "transcript": transcript,
            "desk": desk,
            "seen": seen_at_desk(transcript.thread) if transcript.thread else 0,
            "survey": SurveyForm(),
            "may_be_rated": may_be_rated(desk, transcript),
            "calls": call_links(channel.office, language=language),
            "consent": channel.settings.get("consent", ""),
            "said": said,
            "words": window_words(),
            "language": language,
            "languages": _named(languages(channel)),
            "zone": channel.office.time_zone,
            "host": host,
            "typed": _typed(form, visitor),
            "email_errors": form.errors.get("email") if form else None,
            "problem": problem,
            "new_id": secrets.token_hex(16),
            "form_token": tokens.form_token(channel.key, token),
            "socket": f"{request.scheme}://{request.get_host()}/ws/widget/{channel.key}/?lang={language}",
            "address": f"{reverse('webchat:messages', args=[channel.key])}?lang={language}",
        }
        response = render(request, template, facts, status=status)
    tokens.remember(response, channel.key, token)
    response["Content-Language"] = language
    return response


def _typed(form: WriteForm | None, visitor: Visitor | None) -> dict[str, str]:
    """What stands in the fields: what was just typed, else what this browser told us before."""
    known = {"text": "", "name": visitor.name if visitor else "", "email": visitor.email if visitor else ""}
    return known if form is None else {key: form.data.get(key, "") or text for key, text in known.items()}


def _named(codes: list[str]) -> list[tuple[str, str]]:
    """Each language in its own words."""
    return [(code, translation.get_language_info(code)["name_local"].capitalize()) for code in codes]


def _poll(request: HttpRequest, channel: Channel) -> HttpResponse:
    """What a socket's hello would answer. A browser that shows no token is given one here."""
    token = tokens.from_request(request, channel.key)
    visitor = services.find_visitor(channel, token) if token else None
    after, seen = (_whole(request.GET.get(name, "")) for name in ("after", "read"))
    transcript = Transcript()
    if visitor:
        transcript = read(visitor, channel.key, conversation=request.GET.get("conversation", ""), after=after)
        if seen and transcript.thread:
            services.mark_read(transcript.thread, sequence=seen)
        coming.arrived(visitor, {})
    desk = desk_message(channel, transcript, visitor, seen=seen_at_desk(transcript.thread) if transcript.thread else 0)
    answer = {**transcript.as_message(), "t": "welcome", "desk": desk}
    return JsonResponse({**answer, "token": None if token else tokens.mint(channel.key)})


def _post_json(request: HttpRequest, channel: Channel) -> HttpResponse:
    name = ""
    try:
        token = _check_origin(request, channel)
        words = _said(request)
        name = str(words.get("id", ""))
        form = WriteForm(words)
        if not form.is_valid() or not name:
            raise form.refusal()
        written = _write(request, channel, token, form)
    except DomainError as error:
        pause = {"retry_after": error.retry_after} if isinstance(error, TooMany) else {}
        answer = {"t": "refused", "id": name, "code": error.code, "text": str(error), **pause}
        return JsonResponse(answer, status=error.status)
    answer = {"t": "accepted", "id": name, "conversation": written.conversation, "messages": [written.message]}
    return JsonResponse(answer)


def _post_form(request: HttpRequest, channel: Channel, lang: str) -> HttpResponse:
    form = WriteForm(request.POST)
    with translation.override(spoken(channel, lang)):
        try:
            token = _check_origin(request, channel)
            if not form.is_valid():
                raise form.refusal(_("Please look at the fields marked below."))
            _write(request, channel, token, form)
        except DomainError as error:
            return _window(
                request, channel, lang, "webchat/page.html", form=form, problem=str(error), status=error.status
            )
        query = f"?key={channel.key}" if request.GET.get("key") else ""
        response = HttpResponseRedirect(f"{request.path}{query}#end")
        tokens.remember(response, channel.key, token)
        return response


def _write(request: HttpRequest, channel: Channel, token: str, form: WriteForm) -> services.Written:
    limits.allow("webchat.post", token, limit=POSTS_A_MINUTE, seconds=60)
    words = form.cleaned_data
    if words["website"]:
        raise Invalid("unreadable", _("This message could not be read."))
    files = [
        NewFile(upload.name or "", upload, upload.content_type or "application/octet-stream")
        for upload in request.FILES.getlist("files")
    ]
    _visitor, written = services.write(
        channel,
        token=token,
        text=words["text"],
        client_id=words["id"] or secrets.token_hex(16),
        address=request.META.get("REMOTE_ADDR", "unknown"),
        language=translation.get_language() or "",
        name=words["name"],
        email=words["email"],
        files=files,
    )
    return written


def _check_origin(request: HttpRequest, channel: Channel) -> str:
    """The genuine token of a request that our own window made (S-46). Raises Invalid.

    A header cannot be set by another site; a cookie can be carried, so with a cookie the form must also prove that it
    was drawn for this browser.
    """
    own = _own_origin(request)
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    is_foreign = request.headers.get("Origin", own) != own or site not in ("same-origin", "none")
    token = tokens.from_request(request, channel.key)
    is_ours = bool(token) and (
        request.headers.get(tokens.HEADER) == token or tokens.is_form_token(_form_token(request), channel.key, token)
    )
    if is_foreign or not is_ours:
        raise Invalid("old_window", _("This window is too old. Reload it and send again."))
    return token


def _form_token(request: HttpRequest) -> str:
    return request.headers.get("X-Acudo-Form") or request.POST.get("form_token", "")


def _said(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        return request.POST
    try:
        words = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return words if isinstance(words, dict) else {}


def _own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _policy(request: HttpRequest, ancestors: str) -> str:
    socket = f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self' {socket}; object-src 'none'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )


def _public(request: HttpRequest, text: str, content_type: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
    response = HttpResponse(status=304) if request.headers.get("If-None-Match") == etag else HttpResponse(text)
    response["Content-Type"] = content_type
    response["ETag"] = etag
    response["Cache-Control"] = MINUTES_5
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _steps(channel: Channel) -> dict[int, str]:
    return accent_steps(channel.office.accent) or accent_steps(OWN_COLOUR)


@lru_cache(maxsize=4)
def _source(name: str) -> str:
    path = finders.find(f"webchat/{name}")
    if path is None:
        raise FileNotFoundError(name)
    return Path(path).read_text()


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
