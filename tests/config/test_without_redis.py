"""Redis may go: refused, or accepting and never answering. Nobody's request fails or waits twice (R-21)."""

import asyncio
import os
import socket
import time

import pytest
from celery import Celery
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from apps.core import live
from apps.core.cache import Breaker, ForgivingRedisCache
from config.celery import Nudge


@pytest.fixture(params=["refused", "hanging"])
def absent_redis(request):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "hanging":
            listener.listen(50)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.fixture
def absent_cache(absent_redis, monkeypatch):
    monkeypatch.setattr(ForgivingRedisCache, "breaker", Breaker())
    return ForgivingRedisCache(absent_redis, {"OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}})


def test_r_21_a_cache_without_redis_is_empty_and_waits_once(absent_cache):
    started = time.monotonic()
    assert absent_cache.get("key", "nothing") == "nothing"
    assert time.monotonic() - started < 5
    started = time.monotonic()
    absent_cache.set("key", 1)
    assert absent_cache.get_many(["key"]) == {}
    assert absent_cache.add("key", 1) is True
    assert absent_cache.incr("key") == 1
    assert absent_cache.delete("key") is False
    assert time.monotonic() - started < 0.4


def test_r_21_the_cache_comes_back_after_a_rest(absent_cache, monkeypatch):
    absent_cache.get("key")
    assert absent_cache.breaker.is_open
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 6)
    assert not absent_cache.breaker.is_open


def test_r_21_a_nudge_without_a_broker_waits_once_and_raises_nothing(absent_redis):
    options = {"socket_connect_timeout": 1, "socket_timeout": 1.5, "max_retries": 0}
    app = Celery("absent", broker=absent_redis, task_cls=Nudge, set_as_current=False)
    app.conf.update(broker_transport_options=options, task_publish_retry=False, task_ignore_result=True)

    @app.task
    def task() -> None: ...

    started = time.monotonic()
    assert task.delay() is None
    assert time.monotonic() - started < 8
    started = time.monotonic()
    assert task.delay() is None
    assert time.monotonic() - started < 0.4


@pytest.mark.django_db
def test_r_21_a_notice_without_redis_waits_once_and_raises_nothing(absent_redis, commits, monkeypatch):
    layer = RedisPubSubChannelLayer(hosts=[{"address": absent_redis, "socket_timeout": None}])
    monkeypatch.setattr(live, "get_channel_layer", lambda: layer)
    started = time.monotonic()
    with commits():
        live.tell("ticket.1", {"type": "ticket.changed"})
        live.tell("ticket.2", {"type": "ticket.changed"})
    assert time.monotonic() - started < 5


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs REDIS_URL")
async def test_an_idle_subscription_still_hears_after_twelve_seconds():
    layer = RedisPubSubChannelLayer(**settings.CHANNEL_LAYERS["default"]["CONFIG"])
    channel = await layer.new_channel()
    await layer.group_add("ticket.1", channel)
    waiting = asyncio.ensure_future(layer.receive(channel))
    await asyncio.sleep(12)
    await layer.group_send("ticket.1", {"type": "ticket.changed"})
    assert await asyncio.wait_for(waiting, 2) == {"type": "ticket.changed"}
