"""Somebody else's web site, to see the bubble where it will stand: another origin with a strict policy of its own."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from apps.omnichannel.models import Channel


@require_safe
def site(request: HttpRequest) -> HttpResponse:
    desk = settings.ACUDO_BASE_URL
    chat = Channel.objects.active().of_kind("webchat").select_related("office").order_by("pk").first()  # type: ignore[attr-defined]
    facts = {"desk": desk, "chat": chat, "language": (get_language() or "es")[:2]}
    response = render(request, "demo/site.html", facts)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {desk}; style-src 'self'; img-src 'self'; frame-src {desk}; "
        "object-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
