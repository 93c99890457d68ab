import asyncio

import pytest
from channels.layers import channel_layers, get_channel_layer

from apps.core.fanout import Hub
from apps.core.layers import LocalChannelLayer


class Ear:
    def __init__(self):
        self.heard = []

    async def hear(self, bell):
        self.heard.append(bell)


@pytest.fixture(autouse=True)
def own_layer():
    old = channel_layers["default"]
    channel_layers.set("default", LocalChannelLayer())
    yield
    channel_layers.set("default", old)


async def ring(topic, **message):
    await get_channel_layer().group_send(topic, {"type": "x.rung", "topic": topic, **message})
    await asyncio.sleep(0.02)


async def test_a_topic_reaches_each_listener_of_the_process_through_one_subscription():
    hub, ears = Hub(), [Ear() for _ in range(50)]
    for ear in ears:
        await hub.join("ticket.1", ear)

    await ring("ticket.1", version=7)

    assert all(ear.heard[0].message["version"] == 7 for ear in ears)
    assert len({id(ear.heard[0]) for ear in ears}) == 1, "encoded once, the same for all"
    assert len(get_channel_layer().groups["ticket.1"]) == 1


async def test_who_has_left_hears_nothing_and_the_last_one_ends_the_subscription():
    hub, stays, goes = Hub(), Ear(), Ear()
    await hub.join("ticket.1", stays)
    await hub.join("ticket.1", goes)
    await hub.leave("ticket.1", goes)

    await ring("ticket.1")
    await hub.leave("ticket.1", stays)

    assert len(stays.heard) == 1
    assert goes.heard == []
    assert not get_channel_layer().groups.get("ticket.1")


async def test_topics_do_not_mix():
    hub, one, other = Hub(), Ear(), Ear()
    await hub.join("visitor.1", one)
    await hub.join("visitor.2", other)

    await ring("visitor.2")

    assert one.heard == []
    assert len(other.heard) == 1


async def test_a_listener_that_fails_does_not_deafen_the_next():
    class Broken(Ear):
        async def hear(self, bell):
            raise RuntimeError

    hub, ear = Hub(), Ear()
    await hub.join("ticket.1", Broken())
    await hub.join("ticket.1", ear)

    await ring("ticket.1")

    assert len(ear.heard) == 1


async def test_a_layer_that_is_down_when_joining_is_heard_once_it_is_back(monkeypatch):
    monkeypatch.setattr("apps.core.fanout.PAUSE_AFTER_FAILURE", 0.05)
    layer, hub, ear = get_channel_layer(), Hub(), Ear()
    working = layer.group_add

    async def down(group, channel):
        raise ConnectionError

    layer.group_add = down
    await hub.join("ticket.1", ear)
    layer.group_add = working
    await asyncio.sleep(0.15)

    await ring("ticket.1")

    assert len(ear.heard) == 1


async def test_it_starts_again_after_everybody_had_left():
    hub, ear = Hub(), Ear()
    await hub.join("ticket.1", ear)
    await hub.leave("ticket.1", ear)
    await hub.join("ticket.1", ear)

    await ring("ticket.1")

    assert len(ear.heard) == 1
