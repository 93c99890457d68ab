"""Whom the web site around us vouches for: a JSON Web Token (HS256) that its server has made for this one page.

| claim | what it says                                   |                                             |
|-------|------------------------------------------------|---------------------------------------------|
| sub   | the site's own name for the person             | required, at most 120 characters            |
| exp   | until when the proof may be shown              | required, at most 10 minutes ahead          |
| aud   | the key of this channel                        | required                                    |
| name  | the person's name                              | optional                                    |
| email | the person's address                           | optional: taken as proven, the site says so |

The key never reaches a browser. A proof is bound to the first browser that shows it (ShownProof).
"""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, crypto, limits
from apps.core.errors import Invalid
from apps.core.given import storable
from apps.omnichannel.models import Channel
from apps.omnichannel.webchat.forms import SHORTEST_KEY
from apps.omnichannel.webchat.models import Block, ShownProof, Visitor
from apps.omnichannel.webchat.services import is_blocked
from apps.people.services import add_identity, identify, introduce

LONGEST = 4096
LONGEST_LIFE = 600  # seconds
SLACK = 30  # seconds that two clocks may differ
TRIES = 20  # wrong proofs from one address in 15 minutes (S-36)


@dataclass(frozen=True)
class Claims:
    sub: str
    expires_at: datetime
    name: str = ""
    email: str = ""


def vouch(channel: Channel, visitor: Visitor, *, proof: str, address: str) -> Claims:
    """This browser is that person's from now on; what it begins belongs to their record. Raises Invalid, TooMany.

    The conversation that goes on keeps its person: what somebody wrote before is not proven by a later proof.
    """
    limits.check("webchat.proof", address, limit=TRIES, seconds=900)
    claims = read(proof, key=str(channel.secrets.get("identity_key", "")), audience=channel.key)
    if claims is None or not _bind(visitor, proof, claims):
        limits.allow("webchat.proof", address, limit=TRIES, seconds=900)
        raise Invalid("not_proven", _("This proof of identity is not valid."))
    with transaction.atomic():
        person = identify(
            channel.office.body,  # type: ignore[arg-type]
            kind="site",
            handle=f"{channel.pk}:{claims.sub}",
            name=claims.name,
            is_verified=True,
        )
        if claims.name:
            introduce(person, name=claims.name)
        if claims.email:
            add_identity(person, kind="email", handle=claims.email, is_verified=True)
        changes = {"person": person, "name": claims.name or visitor.name, "email": claims.email or visitor.email}
        if is_blocked(channel, Block.Kind.PERSON, str(person.pk)):
            changes["blocked_at"] = visitor.blocked_at or clock.now()
        Visitor.objects.filter(pk=visitor.pk).update(**changes)
    for name, value in changes.items():
        setattr(visitor, name, value)
    return claims


def read(proof: str, *, key: str, audience: str) -> Claims | None:
    """What a proof says, when it is genuine, for us, and of now; else None. Without a key nothing is proven."""
    if len(key) < SHORTEST_KEY or not isinstance(proof, str) or len(proof) > LONGEST or proof.count(".") != 2:
        return None
    head, body, signature = proof.split(".")
    wanted = hmac.new(key.encode(), f"{head}.{body}".encode(), "sha256").digest()
    given = _bytes(signature)
    if given is None or not hmac.compare_digest(given, wanted):
        return None
    if _object(head).get("alg") != "HS256":
        return None
    return _claims(_object(body), audience)


def forget_old() -> int:
    """Proofs nobody could show any more. Says how many."""
    return ShownProof.objects.filter(expires_at__lt=clock.now()).delete()[0]


def _claims(said: dict[str, Any], audience: str) -> Claims | None:
    sub, exp, aud = said.get("sub"), said.get("exp"), said.get("aud")
    now = clock.now().timestamp()
    if not isinstance(sub, str) or not 0 < len(sub) <= 120 or aud != audience:
        return None
    if isinstance(exp, bool) or not isinstance(exp, int) or not now - SLACK < exp <= now + LONGEST_LIFE + SLACK:
        return None
    name, email = said.get("name"), said.get("email")
    return Claims(
        sub=storable(sub),
        expires_at=datetime.fromtimestamp(exp + SLACK, UTC),
        name=storable(name).strip()[:120] if isinstance(name, str) else "",
        email=_address(email) if isinstance(email, str) else "",
    )


def _bind(visitor: Visitor, proof: str, claims: Claims) -> bool:
    """The first browser that shows a proof has it; False for any other."""
    row, _new = ShownProof.objects.get_or_create(
        digest=crypto.digest(proof), defaults={"visitor": visitor, "expires_at": claims.expires_at}
    )
    return bool(row.visitor_id == visitor.pk)


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text[:200]


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part) or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
