"""What is needed to read a mailbox by IMAP, out of a channel's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.omnichannel.models import Channel, ChannelQuerySet

PASSWORD, OAUTH = "password", "oauth"
TLS, STARTTLS, NONE = "tls", "starttls", "none"
LEAVE, SEEN, MOVE, DELETE = "leave", "seen", "move", "delete"
PORTS = {TLS: 993, STARTTLS: 143, NONE: 143}

GOOGLE, MICROSOFT, OTHER = "google", "microsoft", "other"
TOKEN_URLS = {
    GOOGLE: "https://oauth2.googleapis.com/token",
    MICROSOFT: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
}
SCOPES = {
    GOOGLE: "https://mail.google.com/",
    MICROSOFT: "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`after`: what becomes of a mail on the server once it is stored here. `since`: None begins with the next mail."""

    host: str
    port: int
    security: str
    username: str
    auth: str
    folder: str
    after: str
    done_folder: str
    since: date | None
    token_url: str
    scope: str
    password: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""

    def __repr__(self) -> str:
        return f"<Mailbox {self.username} at {self.host}:{self.port} {self.folder}>"  # never a secret


def read(settings: Mapping[str, Any], secrets: Mapping[str, Any], *, address: str) -> Mailbox | None:
    """None when the channel asks for no fetching."""
    host = str(settings.get("imap_host") or "").strip()
    if not host:
        return None
    security = str(settings.get("imap_security") or TLS)
    provider = str(settings.get("oauth_provider") or OTHER)
    tenant = str(settings.get("oauth_tenant") or "common")
    url = TOKEN_URLS.get(provider, str(settings.get("oauth_token_url") or "")).format(tenant=tenant)
    since = str(settings.get("imap_since") or "")
    return Mailbox(
        host=host,
        port=int(settings.get("imap_port") or PORTS.get(security, 993)),
        security=security,
        username=str(settings.get("imap_username") or address),
        auth=str(settings.get("imap_auth") or PASSWORD),
        folder=str(settings.get("imap_folder") or "INBOX"),
        after=str(settings.get("imap_after") or LEAVE),
        done_folder=str(settings.get("imap_done_folder") or ""),
        since=date.fromisoformat(since) if since else None,
        token_url=url,
        scope=str(settings.get("oauth_scope") or SCOPES.get(provider, "")),
        password=str(secrets.get("imap_password") or ""),
        client_id=str(secrets.get("oauth_client_id") or ""),
        client_secret=str(secrets.get("oauth_client_secret") or ""),
        refresh_token=str(secrets.get("oauth_refresh_token") or ""),
    )


def of(channel: Channel) -> Mailbox | None:
    return read(channel.settings or {}, channel.secrets or {}, address=channel.address)


def fetched() -> ChannelQuerySet:
    """The channels in use that ask to be fetched."""
    return Channel.objects.active().of_kind("email").exclude(settings__imap_host=None).exclude(settings__imap_host="")  # type: ignore[attr-defined]
