"""One webhook address per configured channel: check the sender, keep the bytes, answer."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.omnichannel import services
from apps.omnichannel.models import Channel
from apps.omnichannel.ports import (
    ChannelAdapter,
    Forged,
    HearsOfDeliveries,
    NamesDoors,
    RawInput,
    ShakesHands,
    Unreadable,
)
from apps.omnichannel.registry import adapter_for

# What verification and parsing may need later; cookies and addresses are not ours to keep.
NOT_KEPT = {"cookie", "authorization", "x-forwarded-for", "forwarded"}


@csrf_exempt
@require_http_methods(["POST", "HEAD", "GET"])
def webhook(request: HttpRequest, key: str) -> HttpResponse:
    """2xx only once the bytes are committed (R-01); a forged call is refused before anything is written (S-53)."""
    channel = _channel(key)
    adapter = adapter_for(channel)
    if request.method == "HEAD":
        return HttpResponse()
    if request.method == "GET":
        return _greeted(adapter, request)
    most = getattr(adapter, "most_webhook_bytes", None)
    if most and len(request.body) > most:
        return HttpResponse("This call is too large.", status=413, content_type="text/plain")
    raw = _raw(request)
    try:
        adapter.verify(raw)
    except Forged as error:
        return _forged(error)
    kept = RawInput(
        body=raw.body,
        source=raw.source,
        headers={name: value for name, value in raw.headers.items() if name not in NOT_KEPT},
        meta=raw.meta,
    )
    for door in _doors(channel, adapter, raw):
        services.store(door, kept)
    return HttpResponse("stored", content_type="text/plain")


@csrf_exempt
@require_http_methods(["POST", "HEAD", "GET"])
def delivery_news(request: HttpRequest, key: str) -> HttpResponse:
    """What a provider tells about what we sent: written before it is told yes, each piece once. 422 for a genuine call
    that cannot be read: it comes again, and is seen in the provider's own list of failed calls."""
    channel = _channel(key)
    adapter = adapter_for(channel)
    if not isinstance(adapter, HearsOfDeliveries):
        raise Http404
    if request.method != "POST":  # a provider looks whether somebody is there
        return HttpResponse()
    raw = _raw(request)
    try:
        adapter.verify_news(raw)
        news = adapter.parse_news(raw)
    except Forged as error:
        return _forged(error)
    except Unreadable as error:
        return HttpResponse(str(error), status=422, content_type="text/plain")
    services.hear(channel, news)
    return HttpResponse("stored", content_type="text/plain")


def _greeted(adapter: ChannelAdapter, request: HttpRequest) -> HttpResponse:
    if not isinstance(adapter, ShakesHands):
        return HttpResponseNotAllowed(["POST", "HEAD"])
    try:
        return HttpResponse(adapter.greet(request.GET.dict()), content_type="text/plain")
    except Forged as error:
        return _forged(error)


def _doors(channel: Channel, adapter: ChannelAdapter, raw: RawInput) -> list[Channel]:
    """Those of this body that a genuine call speaks to and that find it genuine as well; else the one it came to."""
    if not isinstance(adapter, NamesDoors):
        return [channel]
    named = adapter.doors_in(raw) - {channel.address}
    if not named:
        return [channel]
    others = (
        Channel.objects.active()
        .of_kind(channel.kind)
        .filter(  # type: ignore[attr-defined]
            address__in=named, office__body_id=channel.office.body_id
        )
    )
    return [channel, *(row for row in others.select_related("office") if _is_genuine(row, raw))]


def _is_genuine(channel: Channel, raw: RawInput) -> bool:
    try:
        adapter_for(channel).verify(raw)
    except Forged:
        return False
    return True


def _channel(key: str) -> Channel:
    channel = Channel.objects.active().select_related("office").filter(key=key).first()  # type: ignore[attr-defined]
    if channel is None:
        raise Http404
    return channel


def _raw(request: HttpRequest) -> RawInput:
    return RawInput(
        body=request.body,
        source="webhook",
        headers={name.lower(): value for name, value in request.headers.items()},
        meta={"url": request.build_absolute_uri(), "query": request.GET.dict()},
    )


def _forged(error: Forged) -> HttpResponse:
    status = 401 if error.wants_password else 403
    answer = HttpResponse("This call does not prove where it comes from.", status=status, content_type="text/plain")
    if error.wants_password:
        answer["WWW-Authenticate"] = 'Basic realm="Acudo"'
    return answer
