"""What Meta's numbers mean, in the words of the port and in words for whoever wrote the answer."""

from typing import Any

from django.utils.translation import gettext_noop

from apps.omnichannel.ports import DeliveryFailed

WINDOW = gettext_noop("the 24-hour window has closed. Answer publicly, or offer e-mail or another channel")
TAKEN = gettext_noop("this comment has had its one private answer. Answer publicly and ask them to write to the page")
TOO_LATE = gettext_noop("this comment cannot be answered in private any more. Answer publicly")
GONE = gettext_noop("the comment is not there any more. Write to the person another way")
AWAY = gettext_noop("this person cannot be reached there: they have blocked the page or left. Offer another channel")
NEW_TOKEN = gettext_noop("the page must be connected again: its token does not work any more")
NO_PERMISSION = gettext_noop("the app lacks a permission for this. Whoever set up the page can see which one")
TOO_MANY = gettext_noop("too many calls at once; it goes out a little later")
PASSING = gettext_noop("Facebook does not answer just now")
ABUSIVE = gettext_noop("Facebook took this for abuse and did not publish it. Change the words, or wait")
REFUSED = gettext_noop("Facebook did not accept it")

AUTH = {3, 10, 102, 190, 200, 230}
RATE = {4, 17, 32, 613}
TEMPORARY = {1, 2, 1200}
BY_SUBCODE = {
    (10, 2018278): ("window_closed", WINDOW),
    (10, 2534022): ("window_closed", WINDOW),
    (100, 1893061): ("window_closed", WINDOW),
    (100, 2018001): ("recipient_unavailable", AWAY),
    (100, 2018292): ("invalid", GONE),
    (100, 33): ("invalid", GONE),
}
BY_CODE = {
    551: ("recipient_unavailable", AWAY),
    230: ("recipient_unavailable", AWAY),
    368: ("policy", ABUSIVE),
    10900: ("invalid", TAKEN),
    10902: ("invalid", TOO_LATE),
    10903: ("invalid", TOO_LATE),
}


def failure(status: int, said: Any, *, retry_after: float | None = None) -> DeliveryFailed:
    """`said` is the answer's JSON, whatever it is. A token that is dead is a trouble of the whole door."""
    error = said.get("error") if isinstance(said, dict) else None
    error = error if isinstance(error, dict) else {}
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    known = BY_SUBCODE.get((code, subcode)) or BY_CODE.get(code)
    if known:
        return DeliveryFailed(*known)
    if code in AUTH:
        is_token = code in (102, 190)
        return DeliveryFailed("auth", NEW_TOKEN if is_token else NO_PERMISSION, is_of_channel=is_token)
    if code in RATE or status == 429:
        return DeliveryFailed("rate_limited", TOO_MANY, retry_after=retry_after or 60)
    if code in TEMPORARY or status >= 500:
        return DeliveryFailed("temporary", PASSING)
    message = str(error.get("message", ""))[:300]
    kind = "invalid" if code == 100 or 400 <= status < 500 else "unknown"
    return DeliveryFailed(kind, f"{message} ({code}/{subcode})" if message else REFUSED)


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
