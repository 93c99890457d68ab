"""Amazon's notices: SES tells by SNS, which wants its subscription confirmed before it tells anything.

https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
"""

import http.client
import json
import re
import ssl
from typing import Any
from urllib.parse import urlsplit

from apps.core import outward

PROVIDER = "amazon_ses"
SECONDS = 5
HOST = re.compile(r"sns\.([a-z0-9-]{2,30})\.amazonaws\.com(\.cn)?")
TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]{2,30}):\d{1,20}:[\w.-]{1,256}")


def confirm(body: bytes) -> bool:
    """Whether the call is about the subscription itself; a new one is confirmed. The caller has checked the password.

    Raises ValueError for an address that is not Amazon's, OSError when Amazon cannot be reached or refuses.
    """
    told = _told(body)
    if told.get("Type") == "SubscriptionConfirmation":
        _knock(str(told.get("SubscribeURL") or ""))
    return told.get("Type") != "Notification"


def arguments(body: bytes, key: str) -> dict[str, Any]:
    """What anymail's view needs beside the call. `key`: "ACCESS_KEY_ID:SECRET" where mails are kept in S3, or ""."""
    found = TOPIC.fullmatch(str(_told(body).get("TopicArn") or ""))
    name, _, secret = key.partition(":")
    client: dict[str, Any] = {"region_name": found[1]} if found else {}
    if secret:
        client |= {"aws_access_key_id": name, "aws_secret_access_key": secret}
    return {"auto_confirm_sns_subscriptions": False, "client_params": client}


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _knock(url: str) -> None:
    """Only ever to Amazon's own host, over TLS, to the judged address of that host (S-52)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.port not in (None, 443) or not HOST.fullmatch(host):
        raise ValueError("the subscription names an address that is not Amazon's")
    connection = http.client.HTTPSConnection(host, timeout=SECONDS)
    connection.sock = ssl.create_default_context().wrap_socket(
        outward.connect(host, 443, timeout=SECONDS, ports={443}), server_hostname=host
    )
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        status = connection.getresponse().status
    finally:
        connection.close()
    if status != 200:
        raise OSError(f"the subscription was not confirmed: {status}")
