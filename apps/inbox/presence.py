"""Who is on which ticket, right now: heartbeats passed on to those who look, forgotten by themselves."""

from typing import Any

from channels.layers import get_channel_layer

MODES = ("view", "write")


def signal(*, ticket_id: int, public_id: str, office_id: int, user_id: int, name: str, mode: str) -> dict[str, Any]:
    """What the others hear. Browsers believe it for ten seconds."""
    return {
        "type": "ticket.here",
        "t": "here",
        "id": ticket_id,
        "ticket": public_id,
        "office": office_id,
        "who": user_id,
        "name": name,
        "mode": mode,
    }


async def tell_person(thread_ids: list[int], name: str) -> None:
    """Whoever has a chat window open on one of these threads sees that an answer is being written. Never for a note:
    of notes the person learns nothing (S-29)."""
    for thread_id in thread_ids:
        topic = f"visitor.{thread_id}"
        await get_channel_layer().group_send(topic, {"type": "agent.typing", "topic": topic, "name": name})


async def announce(heartbeat: dict[str, Any]) -> None:
    """To those who look at the ticket; that somebody writes also to the lists of the office."""
    topics = [f"ticket.{heartbeat['id']}"]
    if heartbeat["mode"] == "write":
        topics.append(f"office.{heartbeat['office']}")
    for topic in topics:
        await get_channel_layer().group_send(topic, {**heartbeat, "topic": topic})
