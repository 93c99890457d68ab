"""Keys for programs: `Authorization: Bearer acudo_…`. Cookies open nothing here (S-46)."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from apps.accounts.models import ApiToken, User
from apps.accounts.viewers import for_token
from apps.activity.bus import Actor
from apps.core import clock, crypto, limits

LONGEST = 200
USED_EVERY = timedelta(minutes=1)
REQUESTS_A_MINUTE = 600
WRONG_TRIES = 20  # of one address in a quarter of an hour (S-36)


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Any) -> tuple[User, ApiToken] | None:
        """Sets `request.viewer` as the token's right, whoever else the browser may be. Raises TooMany."""
        words = request.headers.get("Authorization", "").split()
        if len(words) != 2 or words[0].lower() != "bearer":
            return None
        address = request.META.get("REMOTE_ADDR") or ""
        limits.check("api-wrong", address, limit=WRONG_TRIES, seconds=900)
        token = _find(words[1])
        if token is None:
            limits.allow("api-wrong", address, limit=WRONG_TRIES, seconds=900)
            raise AuthenticationFailed(_("This key is not known, has ended or was revoked."))
        limits.allow("api", str(token.pk), limit=REQUESTS_A_MINUTE, seconds=60)
        _note_use(token)
        request._request.viewer = for_token(token)
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="acudo"'


class TokenScheme(OpenApiAuthenticationExtension):
    """How the document describes it."""

    target_class = "apps.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key made under “My settings”, “Security”."}


def actor_of(token: ApiToken) -> Actor:
    return Actor(kind="token", id=token.pk, label=f"{token.user.full_name} ({token.name})")


def _find(text: str) -> ApiToken | None:
    if len(text) > LONGEST:
        return None
    usable = ApiToken.objects.usable().select_related("user", "office", "role")  # type: ignore[attr-defined]
    return usable.filter(digest=crypto.digest(text)).first()


def _note_use(token: ApiToken) -> None:
    """Once a minute is enough to know that a key is alive."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
