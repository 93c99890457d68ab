"""Settings -> the address that starts a call (pure). An address is rebuilt from its checked parts, never passed on.

| link  | what is configured                               | href                                                 |
|-------|--------------------------------------------------|------------------------------------------------------|
| tel   | +598 2400 0000, or a short number such as 0800   | tel:+59824000000 (RFC 3966; `;ext=12` stays)         |
| sip   | desk@pbx.olmo.example                            | sip:desk@pbx.olmo.example (RFC 3261)                 |
| jitsi | https://meet.olmo.example/AtencionOlmo           | the same; any server, one room, nothing behind it    |
| meet  | abc-mnop-xyz or its address                      | https://meet.google.com/abc-mnop-xyz                 |
| teams | a colleague's account, or the address of a room  | https://teams.microsoft.com/l/call/0/0?users=...     |
"""

import re
from urllib.parse import quote, urlsplit

import phonenumbers
from django.utils.translation import gettext_lazy as _

from apps.core.translated import Translated
from apps.omnichannel.ports import CallLink, ChannelFacts

LINKS = {
    "tel": _("Telephone"),
    "sip": _("Internet telephone (SIP)"),
    "jitsi": _("Jitsi"),
    "meet": _("Google Meet"),
    "teams": _("Microsoft Teams"),
}
SCHEMES = {"tel", "sip", "sips", "https"}
# What a link is called where nobody has named it.
WORDS = {
    "tel": _("Call us"),
    "sip": _("Call us over the internet"),
    "jitsi": _("Video call"),
    "meet": _("Video call"),
    "teams": _("Video call"),
}

_HOST = r"(?i:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
_SIP = re.compile(rf"(?:(sips?):)?([A-Za-z0-9._~+-]{{1,64}})@({_HOST})(?::(\d{{1,5}}))?", re.ASCII)
_ACCOUNT = re.compile(rf"[A-Za-z0-9._%+-]{{1,64}}@{_HOST}", re.ASCII)
_EXTENSION = re.compile(r"(?:;ext=|\s*(?:ext\.?|int\.?)\s*)(\d{1,7})$", re.IGNORECASE | re.ASCII)
_LOCAL = re.compile(r"[*#]?\d{3,15}#?", re.ASCII)
_SEPARATORS = re.compile(r"[\s().\-/]")
_ROOM = re.compile(r"/[A-Za-z0-9_-]{1,100}(?:/[A-Za-z0-9_-]{1,100})?", re.ASCII)
_MEET = re.compile(r"[a-z]{3}-[a-z]{4}-[a-z]{3}", re.ASCII)
_TEAMS_HOSTS = {"teams.microsoft.com", "teams.live.com"}
_TEAMS_PATH = re.compile(r"/(?:l/meetup-join|meet)/[A-Za-z0-9%@._~:-]{1,400}(?:/\d{1,20})?", re.ASCII)
_TEAMS_QUERY = re.compile(r"(?:(?:context|p)=[A-Za-z0-9%._~-]{1,600})?", re.ASCII)


def call_link(facts: ChannelFacts, language: str) -> CallLink | None:
    kind = str(facts.settings.get("link", ""))
    try:
        href = address(kind, facts.address)
    except ValueError:
        return None
    label = Translated(facts.settings.get("labels") or {}).in_language(language) or str(WORDS[kind])
    return CallLink(href=href, label=label, icon="phone" if kind in ("tel", "sip") else "video")


def address(kind: str, text: str) -> str:
    """The href for what somebody typed. Raises ValueError for what is not wholly of that kind."""
    text = text.strip()
    makers = {"tel": _tel, "sip": _sip, "jitsi": _jitsi, "meet": _meet, "teams": _teams}
    if kind not in makers or not text or not text.isprintable():
        raise ValueError(text)
    return makers[kind](text)


def _tel(text: str) -> str:
    text = text.removeprefix("tel:")
    extension = _EXTENSION.search(text)
    number = _SEPARATORS.sub("", text[: extension.start()] if extension else text)
    if number.startswith("+"):
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException as error:
            raise ValueError(text) from error
        if not re.fullmatch(r"\+\d+", number, re.ASCII) or not phonenumbers.is_possible_number(parsed):
            raise ValueError(text)
    elif not _LOCAL.fullmatch(number):
        raise ValueError(text)
    return f"tel:{number.replace('#', '%23')}" + (f";ext={extension[1]}" if extension else "")


def _sip(text: str) -> str:
    found = _SIP.fullmatch(text)
    if found is None or (found[4] and not 0 < int(found[4]) < 65536):
        raise ValueError(text)
    scheme, user, host, port = found.groups()
    return f"{scheme or 'sip'}:{user}@{host.lower()}" + (f":{port}" if port else "")


def _jitsi(text: str) -> str:
    host, path, query = _https(text)
    if query or not _ROOM.fullmatch(path):
        raise ValueError(text)
    return f"https://{host}{path}"


def _meet(text: str) -> str:
    room = text
    if "/" in text:
        host, path, query = _https(text)
        if host != "meet.google.com" or query:
            raise ValueError(text)
        room = path.removeprefix("/")
    if not _MEET.fullmatch(room):
        raise ValueError(text)
    return f"https://meet.google.com/{room}"


def _teams(text: str) -> str:
    if _ACCOUNT.fullmatch(text):
        return f"https://teams.microsoft.com/l/call/0/0?users={quote(text, safe='@')}"
    host, path, query = _https(text)
    if host not in _TEAMS_HOSTS or not _TEAMS_PATH.fullmatch(path) or not _TEAMS_QUERY.fullmatch(query):
        raise ValueError(text)
    return f"https://{host}{path}" + (f"?{query}" if query else "")


def _https(text: str) -> tuple[str, str, str]:
    """Host (with its port), path and query. Raises ValueError for user names, fragments and other schemes."""
    parts = urlsplit(text)
    port = parts.port  # raises ValueError when it is no number
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or "@" in parts.netloc or parts.fragment or text.endswith("#"):
        raise ValueError(text)
    if "." not in host or not re.fullmatch(_HOST, host, re.ASCII):
        raise ValueError(text)
    return (host if port in (None, 443) else f"{host}:{port}"), parts.path, parts.query
