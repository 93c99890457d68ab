"""The page about the sockets says what the sockets say."""

import json
import re
from pathlib import Path

import pytest

from apps.omnichannel.webchat.consumers import VisitorConsumer
from apps.omnichannel.webchat.guarded import UNREADABLE

PAGE = Path("docs/websocket.md").read_text()
SCHEMAS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
SAYS, HEARS = ({part["title"]: part for part in schema["oneOf"]} for schema in SCHEMAS[:2])


def check(message):
    """As much of JSON Schema as the page uses for objects: required names, known names."""
    schema = HEARS[message["t"]]
    schema = SCHEMAS[1]["$defs"]["desk"] if "$ref" in schema else schema
    assert set(schema["required"]) <= set(message), message
    assert set(message) <= set(schema["properties"]), message
    for said in message.get("messages", ()):
        shape = SCHEMAS[1]["$defs"]["message"]
        assert set(said) == set(shape["required"])


def test_the_page_names_what_a_visitor_may_say():
    socket = VisitorConsumer()
    socket.visitor_key = "known"

    assert all(socket.verb_for(kind) for kind in SAYS)
    assert socket.verb_for("disconnect") is None


@pytest.mark.django_db(transaction=True)
async def test_what_the_server_says_has_the_shape_of_the_page(window):
    visitor = await window()
    check(await visitor.arrive())
    await visitor.say("Hello")
    check(await visitor.hear("accepted"))
    await visitor.say("  ", name="message-0002")
    check(await visitor.hear("refused"))
    check(await visitor.hello())
    check(json.loads(UNREADABLE))
