"""How Meta proves that a call is its own, and how we prove ours. All over raw bytes, all compared in constant time."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from apps.omnichannel.ports import Forged, RawInput


def verify(raw: RawInput, *, app_secret: str) -> None:
    """Raises Forged. Without a secret nothing is genuine; the older SHA-1 header alone proves nothing."""
    given = raw.headers.get("x-hub-signature-256", "")
    if not app_secret or not given.startswith("sha256="):
        raise Forged("no signature")
    if not _same(given.removeprefix("sha256="), sign(raw.body, app_secret=app_secret)):
        raise Forged("wrong signature")


def sign(body: bytes, *, app_secret: str) -> str:
    return hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def greet(query: Mapping[str, str], *, verify_token: str) -> str:
    """The challenge, for whoever knows our word. Raises Forged."""
    is_ours = bool(verify_token) and _same(query.get("hub.verify_token", ""), verify_token)
    challenge = query.get("hub.challenge", "")
    if query.get("hub.mode") != "subscribe" or not is_ours or not challenge.isalnum() or not challenge.isascii():
        raise Forged("wrong word")
    return challenge


def appsecret_proof(token: str, *, app_secret: str) -> str:
    """Goes along with each call of ours: a token that was stolen is worth nothing without it."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def signed_request(text: str, *, app_secret: str) -> dict[str, Any]:
    """What a person's wish to be forgotten or to leave comes in. Raises Forged."""
    signature, _dot, payload = text.partition(".")
    expected = hmac.new(app_secret.encode(), payload.encode(), hashlib.sha256).digest()
    try:
        if not app_secret or not hmac.compare_digest(_decoded(signature), expected):
            raise Forged("wrong signature")
        said = json.loads(_decoded(payload))
    except (ValueError, binascii.Error) as error:
        raise Forged("not to be read") from error
    if not isinstance(said, dict) or said.get("algorithm", "").upper() != "HMAC-SHA256":
        raise Forged("unknown algorithm")
    return said


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
