import json
import time

import pytest

from apps.omnichannel import services
from apps.omnichannel.models import Envelope
from apps.omnichannel.ports import RawInput
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory

PAGE, MIA, AL = "1001", "7001", "9001"
SECRET = "demo_app_secret_0001"


@pytest.fixture
def olmo_page(db):
    office = OfficeFactory(name="Olmo", default_language="en")
    return ChannelFactory(
        office=office,
        kind="facebook",
        name="Olmo page",
        address=PAGE,
        secrets={"app_secret": SECRET, "page_token": "EAADemo", "verify_token": "a-word-for-greeting"},
    )


@pytest.fixture
def ana(olmo_page):
    return user_in(olmo_page.office, full_name="Ana Ruiz")


@pytest.fixture
def arrives(olmo_page):
    """Process events as one delivery; each call is another delivery."""

    def arrive(*events, changes=(), again=0):
        body = json.dumps(
            {
                "object": "page",
                "n": again or time.monotonic_ns(),
                "entry": [entry(messaging=events), entry(changes=changes)],
            }
        ).encode()
        envelope = services.store(olmo_page, RawInput(body, "webhook"))
        services.process(envelope.pk)
        envelope.refresh_from_db()
        return envelope

    return arrive


@pytest.fixture
def looks_again():
    """What was parked is due, once."""

    def look():
        from apps.core import clock

        for envelope in Envelope.objects.filter(state="waiting"):
            Envelope.objects.filter(pk=envelope.pk).update(next_at=clock.now())
            services.process(envelope.pk)

    return look


def now_ms():
    return int(time.time() * 1000)


def entry(**parts):
    return {"id": PAGE, "time": int(time.time()), **{name: list(rows) for name, rows in parts.items() if rows}}


def event(*, person=MIA, at=None, **what):
    return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": at or now_ms(), **what}


def message(mid, text, **more):
    person = more.pop("person", MIA)
    at = more.pop("at", None)
    return event(person=person, at=at, message={"mid": mid, "text": text, **more})


def echo(mid, text, **more):
    return {
        "sender": {"id": PAGE},
        "recipient": {"id": MIA},
        "timestamp": now_ms(),
        "message": {"mid": mid, "text": text, "is_echo": True, **more},
    }


def comment(name, text="", *, verb="add", post="1001_333", parent="", person=AL, who="Al Rey", **more):
    value = {
        "from": {"id": person, "name": who},
        "item": "comment",
        "verb": verb,
        "post_id": post,
        "comment_id": name,
        "parent_id": parent or post,
        "message": text,
        "created_time": int(time.time()),
        **more,
    }
    return {"field": "feed", "value": value}
