"""W8: a message of 128 bytes from one socket, committed, to the other side's socket; beside the floor of the same run.

Each pair is one visitor with two windows open: what one writes, the other shows. One web process.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import connect

from bench.machine import Steal, cpu_seconds, in_ms, start, wait_for
from bench.pages import _connects

WEB, FLOOR = 8703, 8711
Say = Callable[[str], Awaitable[None]]
Hear = Callable[[str], None]


@dataclass
class Pair:
    say: Say
    reader: "asyncio.Task[None]"


def run(*, rate: int = 100, seconds: int = 8) -> Iterator[dict[str, Any]]:
    base = f"http://127.0.0.1:{WEB}"
    many = {"ACUDO_CHATS_AN_HOUR": "100000", "ACUDO_CHAT_SOCKETS_PER_ADDRESS": "100000", "ACUDO_BASE_URL": base}
    product = start("manage.py", "serve", "--port", str(WEB), **many)
    floor = start("-m", "bench.chat_floor", str(FLOOR))
    try:
        for port in (WEB, FLOOR):
            wait_for(lambda port=port: _connects(port))
        time.sleep(2)
        for name, open_pair, pid in (("floor", _floor_pair, floor.pid), ("product", _product_pair, product.pid)):
            for at in sorted({20, rate}):
                yield {"what": f"W8 {name}, {at}/s over 10 pairs", **asyncio.run(_open(open_pair, pid, at, seconds))}
            yield {"what": f"W8 {name}, 16 writers", **asyncio.run(_closed(open_pair, pid, seconds))}
    finally:
        for process in (product, floor):
            process.terminate()
            process.wait(30)


async def _open(open_pair: Any, pid: int, rate: int, seconds: int) -> dict[str, Any]:
    """At a fixed rate, whether the answers come or not."""
    sent: dict[str, float] = {}
    times: list[float] = []

    def hear(text: str) -> None:
        if text in sent:
            times.append(time.perf_counter() - sent.pop(text))

    async with AsyncExitStack() as stack:
        pairs = [await stack.enter_async_context(open_pair(n, hear)) for n in range(10)]
        steal, cpu, began, count = Steal(), cpu_seconds([pid]), time.perf_counter(), 0
        while (passed := time.perf_counter() - began) < seconds:
            while count < passed * rate:
                text = f"{began:.3f}-{count}-".ljust(128, "x")
                sent[text] = time.perf_counter()
                await pairs[count % 10].say(text)
                count += 1
            await asyncio.sleep(0.002)
        until = time.perf_counter() + 15
        while sent and time.perf_counter() < until:
            await asyncio.sleep(0.05)
    used = (cpu_seconds([pid]) - cpu) / count * 1000
    return {
        **in_ms(times or [0.0]),
        "sent": count,
        "not_heard": len(sent),
        "cpu_ms": round(used, 2),
        "steal": steal.share(),
    }


async def _closed(open_pair: Any, pid: int, seconds: int) -> dict[str, Any]:
    """Sixteen writers; each sends its next when the last has been heard."""
    heard: dict[str, asyncio.Event] = {}

    def hear(text: str) -> None:
        if text in heard:
            heard[text].set()

    async def write(pair: Pair, number: int, until: float) -> int:
        count = 0
        while time.perf_counter() < until:
            text = f"{until:.3f}-{number}-{count}-".ljust(128, "x")
            heard[text] = asyncio.Event()
            await pair.say(text)
            await asyncio.wait_for(heard[text].wait(), 15)
            count += 1
        return count

    async with AsyncExitStack() as stack:
        pairs = [await stack.enter_async_context(open_pair(20 + n, hear)) for n in range(16)]
        steal, until = Steal(), time.perf_counter() + seconds
        counts = await asyncio.gather(*(write(pair, n, until) for n, pair in enumerate(pairs)))
    return {"a_second": round(sum(counts) / seconds, 1), "steal": steal.share()}


@asynccontextmanager
async def _floor_pair(number: int, hear: Hear) -> AsyncIterator[Pair]:
    url = f"ws://127.0.0.1:{FLOOR}"
    async with connect(f"{url}/a{number}") as writer, connect(f"{url}/b{number}") as reader:

        async def listen() -> None:
            async for text in reader:
                hear(str(text))

        task = asyncio.create_task(listen())
        yield Pair(writer.send, task)
        task.cancel()


@asynccontextmanager
async def _product_pair(number: int, hear: Hear) -> AsyncIterator[Pair]:
    from apps.omnichannel.models import Channel

    channel = await Channel.objects.aget(slug="biblioteca-chat")
    url, origin = f"ws://127.0.0.1:{WEB}/ws/widget/{channel.key}/", f"http://127.0.0.1:{WEB}"
    async with connect(url, origin=origin) as writer, connect(url, origin=origin) as reader:
        await writer.send(json.dumps({"t": "hello", "after": 0}))
        token = json.loads(await writer.recv())["token"]
        await reader.send(json.dumps({"t": "hello", "after": 0, "token": token}))
        await reader.recv()
        counter = iter(range(10**9))

        async def say(text: str) -> None:
            name = f"{number:04d}-{next(counter):08d}-{time.monotonic_ns()}"
            await writer.send(json.dumps({"t": "say", "id": name[:64], "text": text}))

        async def listen() -> None:
            async for frame in reader:
                for message in json.loads(frame).get("messages", []):
                    hear(message.get("text", ""))

        async def drain() -> None:
            async for _frame in writer:
                pass

        tasks = [asyncio.create_task(listen()), asyncio.create_task(drain())]
        await say("first words")
        await asyncio.sleep(0.5)
        yield Pair(say, tasks[0])
        for task in tasks:
            task.cancel()
