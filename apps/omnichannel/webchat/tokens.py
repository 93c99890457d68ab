"""What a browser carries to get its conversation back: 256 random bits, signed for one channel, hashed at rest.

It travels in an HttpOnly cookie. Over https inside somebody else's page the cookie is partitioned: the browser keeps
one for each site around us. Where even that is refused, the socket hands the token to the window script, which shows
it again in its first words or in a header.
"""

import secrets
from http.cookies import Morsel

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.core import crypto

PURPOSE = "webchat.visitor"
FORM_PURPOSE = "webchat.form"
COOKIE_DAYS = 30
HEADER = "X-Acudo-Visitor"
LONGEST = 120

# Python knows the attribute from 3.14 on.
Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined]
Morsel._flags.add("partitioned")  # type: ignore[attr-defined]


def mint(channel_key: str) -> str:
    secret = secrets.token_urlsafe(32)
    return f"{secret}.{crypto.sign(PURPOSE, channel_key, secret)}"


def is_genuine(channel_key: str, token: object) -> bool:
    """We made it, for this channel. Whether anybody wrote with it yet is another question."""
    if not isinstance(token, str) or len(token) > LONGEST:
        return False
    secret, dot, signature = token.partition(".")
    return bool(dot) and len(secret) == 43 and crypto.is_signed(signature, PURPOSE, channel_key, secret)


def cookie_name(channel_key: str) -> str:
    prefix = "__Host-acudo_" if settings.IS_HTTPS else "acudo_"
    return f"{prefix}chat_{channel_key}"


def from_request(request: HttpRequest, channel_key: str) -> str:
    """The genuine token that came with a request, or ''."""
    return first_genuine(channel_key, request.headers.get(HEADER), request.COOKIES.get(cookie_name(channel_key)))


def first_genuine(channel_key: str, *tokens: object) -> str:
    return next((str(token) for token in tokens if is_genuine(channel_key, token)), "")


def remember(response: HttpResponse, channel_key: str, token: str) -> None:
    name = cookie_name(channel_key)
    response.set_cookie(
        name,
        token,
        max_age=COOKIE_DAYS * 86_400,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="None" if settings.IS_HTTPS else "Lax",
    )
    if settings.IS_HTTPS:
        response.cookies[name]["partitioned"] = True


def form_token(channel_key: str, token: str) -> str:
    """Proves that a form was drawn for this browser. The usual token's cookie does not reach us inside other pages."""
    return crypto.sign(FORM_PURPOSE, channel_key, token)


def is_form_token(given: str, channel_key: str, token: str) -> bool:
    return crypto.is_signed(given, FORM_PURPOSE, channel_key, token)
