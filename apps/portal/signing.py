"""Links and codes that let a person back in without a password. Pure: who keeps them is `services.access`."""

import re
import secrets

from apps.core import crypto

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
CODE = re.compile(r"[0-9]{6}", re.ASCII)


def new_token() -> str:
    """43 characters, 256 random bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def digest_of(token: str) -> str | None:
    """What the row keeps; None for a text that no token of ours can be (S-39: refused before any look-up)."""
    return crypto.digest(token) if TOKEN.fullmatch(token) else None


def sign_code(link_id: str, code: str) -> str:
    """Keyed: a million codes are soon hashed, but not without the key."""
    return crypto.sign("portal.code", link_id, code)


def is_code(link_id: str, code: str, signature: str) -> bool:
    if not signature or not CODE.fullmatch(code):
        return False
    return crypto.is_signed(signature, "portal.code", link_id, code)


def plain_code(text: str) -> str:
    """As people paste it: blanks and hyphens do not count."""
    return re.sub(r"[\s\-]", "", text)[:12]


def masked(address: str) -> str:
    """m…@olmo.example: enough to recognise one's own address."""
    name, at, host = address.partition("@")
    return f"{name[:1]}…{at}{host}" if at else f"…{address[-3:]}"
