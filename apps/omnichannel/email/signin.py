"""Signing in by OAuth 2: an access token, renewed in time and by one of us only."""

import hashlib
import http.client
import json
import ssl
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db.models import Q
from django.utils.translation import gettext_noop

from apps.core import clock, outward

from .mailbox import Mailbox
from .models import MailboxProgress

EARLY = timedelta(minutes=2)
TURN = timedelta(seconds=40)  # after which whoever was renewing is taken for dead
SECONDS = 20
LARGEST_ANSWER = 64 * 1024
USUAL_LIFE = 3600


class SignInFailed(Exception):
    """`text` is a sentence of ours that can be translated. `is_lasting`: a person must do something."""

    def __init__(self, text: str, *, is_lasting: bool) -> None:
        super().__init__(text)
        self.text = text
        self.is_lasting = is_lasting


def access_token(progress: MailboxProgress, mailbox: Mailbox, *, is_refused: bool = False) -> str:
    """A token that holds for some minutes. `is_refused`: the server did not take the one we had.

    Only one of several that ask at once renews it; refresh tokens roll, and the second to use one would lose both.
    """
    seed = _seed(mailbox)
    refused = progress.secrets.get("access_token") if is_refused else None
    until = time.monotonic() + SECONDS + 5
    while True:
        if token := _kept_token(progress, seed, refused):
            return token
        if _take_turn(progress):
            try:  # who had the turn before us may have renewed it between our look and our turn
                return _kept_token(progress, seed, refused) or _renew(progress, mailbox, seed)
            finally:
                MailboxProgress.objects.filter(pk=progress.pk).update(token_held_until=None)
        if time.monotonic() > until:
            raise SignInFailed(gettext_noop("The sign-in server did not answer in time."), is_lasting=False)
        time.sleep(0.2)


def _kept_token(progress: MailboxProgress, seed: str, refused: str | None) -> str | None:
    progress.refresh_from_db(fields=["secrets", "token_expires_at"])
    kept = progress.secrets
    is_fresh = progress.token_expires_at is not None and progress.token_expires_at > clock.now() + EARLY
    is_ours = kept.get("seed") == seed and kept.get("access_token") not in (None, refused)
    return str(kept["access_token"]) if is_ours and is_fresh else None


def _take_turn(progress: MailboxProgress) -> bool:
    moment = clock.now()
    free = Q(token_held_until=None) | Q(token_held_until__lt=moment)
    return bool(MailboxProgress.objects.filter(free, pk=progress.pk).update(token_held_until=moment + TURN))


def _renew(progress: MailboxProgress, mailbox: Mailbox, seed: str) -> str:
    """What the administrator typed last counts; a token that rolled is used as long as it stems from that."""
    kept = progress.secrets if progress.secrets.get("seed") == seed else {}
    answer = _ask(mailbox, kept.get("refresh_token") or mailbox.refresh_token)
    token, life = str(answer.get("access_token") or ""), answer.get("expires_in")
    if not token:
        raise SignInFailed(gettext_noop("The sign-in server gave no token."), is_lasting=False)
    seconds = int(life) if str(life).isdigit() else USUAL_LIFE
    progress.secrets = {
        "seed": seed,
        "access_token": token,
        "refresh_token": str(answer.get("refresh_token") or kept.get("refresh_token") or ""),
    }
    progress.token_expires_at = clock.now() + timedelta(seconds=min(seconds, 24 * 3600))
    progress.save(update_fields=["secrets", "token_expires_at"])
    return token


def _seed(mailbox: Mailbox) -> str:
    """Names what was typed in, without being it: a new refresh token makes all older ones worthless."""
    parts = [mailbox.token_url, mailbox.client_id, mailbox.refresh_token]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _ask(mailbox: Mailbox, refresh_token: str) -> dict[str, Any]:
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": mailbox.client_id}
    if mailbox.client_secret:
        fields["client_secret"] = mailbox.client_secret
    if mailbox.scope:
        fields["scope"] = mailbox.scope
    try:
        status, answer = _post(mailbox.token_url, fields)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SignInFailed(gettext_noop("The sign-in server cannot be reached."), is_lasting=False) from error
    if status == 200:
        return answer
    if answer.get("error") in ("invalid_grant", "invalid_client", "unauthorized_client", "interaction_required"):
        raise SignInFailed(gettext_noop("The sign-in is no longer valid: connect the mailbox again."), is_lasting=True)
    raise SignInFailed(gettext_noop("The sign-in server refused."), is_lasting=status in (400, 401, 403))


def _post(url: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """To the judged address of the host, over TLS; plain only to a host of the installation's own network (S-52)."""
    parts = urlsplit(url)
    host, is_plain = parts.hostname or "", parts.scheme == "http"
    port = parts.port or (80 if is_plain else 443)
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("not an address of a sign-in server")
    if is_plain and any(map(outward.is_public, outward.resolve(host, port, ports={80}))):
        raise ValueError("a secret would travel in the open")
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    sock = outward.connect(host, port, timeout=SECONDS, ports={443})
    connection.sock = sock if is_plain else ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        connection.request("POST", path, urlencode(fields), headers)
        response = connection.getresponse()
        answer = json.loads(response.read(LARGEST_ANSWER) or b"{}")
        return response.status, answer if isinstance(answer, dict) else {}
    finally:
        connection.close()
