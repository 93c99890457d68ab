"""Calling the web addresses that steps name: signed, once under one id, and never into our own network (S-52, S-55)."""

import http.client
import json
import ssl
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.core import clock, crypto
from apps.core.outward import NotReached, connect
from apps.sla.models import CallKey, Policy, WebCall

PORTS = frozenset({443, 8443})
PATIENCE = 5.0  # seconds
WAITS = [timedelta(minutes=n) for n in (1, 5, 30, 120)]  # then it is given up
LEASE = timedelta(minutes=2)


def check_address(url: str) -> None:
    """Raises ValidationError for what is not an https address without a password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme != "https" or not parts.hostname or parts.username or (port or 443) not in PORTS or len(url) > 300:
        raise ValidationError(_("Write a whole address that begins with https://."), code="not_an_address")


def claim(now: datetime, *, limit: int = 20) -> list[int]:
    """Ids of calls to make now, ours for the length of the lease; the attempt is counted before it is made."""
    with transaction.atomic():
        due = WebCall.objects.filter(next_at__lte=now).select_for_update(skip_locked=True)
        ids = list(due.order_by("next_at").values_list("pk", flat=True)[:limit])
        WebCall.objects.filter(pk__in=ids).update(next_at=now + LEASE, attempts=F("attempts") + 1)
    return ids


def make(call_id: int) -> bool:
    """One attempt; True when it was answered with 2xx. What the other side says goes no further than its number."""
    row = WebCall.objects.select_related("clock__policy").get(pk=call_id)
    problem = _post(row)
    now = clock.now()
    wait = WAITS[row.attempts - 1] if problem and row.attempts <= len(WAITS) else None
    row.problem, row.answered_at = problem, None if problem else now
    row.next_at = now + wait if wait else None
    row.save(update_fields=["problem", "answered_at", "next_at"])
    return not problem


def key_of(policy: Policy) -> str:
    """With what the receiver checks our signature; one for each policy. Nobody has read it before one was made."""
    made = CallKey.objects.filter(policy=policy).first()
    return str(made.secret["key"]) if made else crypto.sign("step calls", policy.pk)


def signature(key: str, *, call_id: str, at: int, body: bytes) -> str:
    """HMAC-SHA-256 over id, moment and body."""
    import hashlib
    import hmac

    return hmac.new(key.encode(), f"{call_id}.{at}.".encode() + body, hashlib.sha256).hexdigest()


def _post(row: WebCall) -> str:
    """Empty, or what went wrong in a word."""
    parts = urlsplit(row.url)
    host, port = parts.hostname or "", parts.port or 443
    body = json.dumps(row.body, separators=(",", ":")).encode()
    at = int(clock.now().timestamp())
    signed = signature(key_of(row.clock.policy), call_id=row.public_id, at=at, body=body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Acudo",
        "Acudo-Id": row.public_id,
        "Acudo-Signature": f"t={at},v1={signed}",
    }
    try:
        check_address(row.url)
        plain = connect(host, port, timeout=PATIENCE, ports=PORTS)
        connection = http.client.HTTPSConnection(host, port, timeout=PATIENCE)
        with plain, ssl.create_default_context().wrap_socket(plain, server_hostname=host) as socket:
            connection.sock = socket
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
    except NotReached as error:
        return error.kind
    except (OSError, http.client.HTTPException, ValidationError) as error:
        return type(error).__name__[:60]
    return "" if 200 <= status < 300 else str(status)
