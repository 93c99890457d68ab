"""Where a program speaks, and how it calls itself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import staff_page
from apps.bot import services
from apps.bot.forms import BotForm, initial
from apps.bot.models import Bot
from apps.bot.subscribers import SPOKEN
from apps.omnichannel.models import Channel


@require_safe
@staff_page("channel.manage")
def chats(request: HttpRequest) -> HttpResponse:
    """Every chat of the viewer's offices, and whether a program answers first there."""
    bots = {bot.channel_id: bot for bot in Bot.objects.filter(channel__in=_channels(request))}
    rows = [(channel, bots.get(channel.pk)) for channel in _channels(request)]
    return render(request, "bot/chats.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("channel.manage")
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    channel = get_object_or_404(_channels(request), slug=slug)
    bot = Bot.objects.filter(channel=channel).first()
    form = BotForm(
        _languages(channel),
        channel.office.body_id,
        request.POST if request.method == "POST" else None,
        initial=initial(bot),
    )
    if request.method == "POST" and form.is_valid():
        services.save_bot(
            channel,
            is_active=form.cleaned_data["is_active"],
            names=form.texts("name"),
            greetings=form.texts("greeting"),
            categories=form.cleaned_data["categories"],
            actor=request.user,
        )
        messages.success(request, _("Saved"))
        return redirect("bot:chat", slug)
    context = {"channel": channel, "form": form, "bot": bot}
    return render(request, "bot/chat.html", context, status=422 if form.errors else 200)


def _channels(request: HttpRequest) -> Any:
    managed = request.viewer.offices_with("channel.manage")  # type: ignore[attr-defined]
    rows = Channel.objects.active().filter(office_id__in=managed, kind__in=SPOKEN)  # type: ignore[attr-defined]
    return rows.select_related("office").order_by("office__path", "pk")


def _languages(channel: Channel) -> list[tuple[str, Any]]:
    known = dict(settings.LANGUAGES)
    spoken = [code for code in channel.office.languages if code in known] or [channel.office.default_language]
    return [(code, known[code]) for code in spoken]
