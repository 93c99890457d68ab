"""Secrets at rest and small signatures, both under keys that live outside the database."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

SIGNATURE_BYTES = 16


class EncryptedJSONField(models.TextField):
    """A JSON object kept as Fernet text. Rotation: put a new key in front of ACUDO_SECRET_KEYS."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> str:
        if not value:
            return ""
        return _fernet(tuple(settings.ACUDO_SECRET_KEYS)).encrypt(json.dumps(value).encode()).decode()

    def from_db_value(self, value: str, expression: Any, connection: Any) -> dict[str, Any]:
        return self.to_python(value)

    def to_python(self, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        if not value:
            return {}
        try:
            return json.loads(_fernet(tuple(settings.ACUDO_SECRET_KEYS)).decrypt(value.encode()))
        except InvalidToken as error:
            raise ImproperlyConfigured("A stored secret cannot be read with ACUDO_SECRET_KEYS.") from error


def sign(purpose: str, *parts: object) -> str:
    """26 lower-case base32 characters (128 bits) that bind `parts` to `purpose`."""
    return _sign_with(settings.ACUDO_SECRET_KEYS[0], purpose, parts)


def is_signed(signature: str, purpose: str, *parts: object) -> bool:
    """Constant-time comparison against every current key; exact case and length."""
    given = signature.encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(given, _sign_with(key, purpose, parts).encode()) for key in settings.ACUDO_SECRET_KEYS
    ]
    return any(matches)


def digest(text: str) -> str:
    """What is stored of a bearer token: enough to recognise it, not to use it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _sign_with(key: str, purpose: str, parts: tuple[object, ...]) -> str:
    text = ":".join([purpose, *map(str, parts)])
    mac = hmac.new(_derived(key, "sign"), text.encode(), hashlib.sha256).digest()[:SIGNATURE_BYTES]
    return base64.b32encode(mac).decode().rstrip("=").lower()


@lru_cache(maxsize=16)
def _derived(key: str, use: str) -> bytes:
    return hashlib.sha256(f"acudo:{use}:{key}".encode()).digest()


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    """Any long text serves as key: it is stretched to the form Fernet wants."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, "rest"))) for key in keys])
