"""P-9: one event to 100 and 1,000 open desks; how long until the last one has heard. One web process."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

from asgiref.sync import sync_to_async
from websockets.asyncio.client import connect

from bench.machine import Steal, in_ms, memory_mib, start, wait_for
from bench.pages import _connects, session_of

WEB = 8704
AT_ONCE = 25


def run(*, rounds: int = 12) -> Iterator[dict[str, Any]]:
    product = start("manage.py", "serve", "--port", str(WEB), ACUDO_BASE_URL=f"http://127.0.0.1:{WEB}")
    try:
        wait_for(lambda: _connects(WEB))
        time.sleep(2)
        cookies = session_of("ana@olmo.example")
        for watchers in (100, 1_000):
            result = asyncio.run(_ring(watchers, cookies, rounds))
            yield {"what": f"P-9 one event to {watchers} desks", **result, "memory_mib": memory_mib([product.pid])}
    finally:
        product.terminate()
        product.wait(30)


async def _ring(watchers: int, cookies: dict[str, str], rounds: int) -> dict[str, Any]:
    heard_at: list[float] = []
    sockets: list[Any] = []
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    url, origin = f"ws://127.0.0.1:{WEB}/ws/desk/", f"http://127.0.0.1:{WEB}"

    async def watch() -> None:
        socket = await connect(url, origin=origin, additional_headers=headers, open_timeout=60)
        assert json.loads(await socket.recv())["t"] == "ready"
        sockets.append(socket)

    async def listen(socket: Any) -> None:
        async for frame in socket:
            if json.loads(frame).get("t") == "list.changed":
                heard_at.append(time.perf_counter())

    for first in range(0, watchers, AT_ONCE):
        await asyncio.gather(*(watch() for _ in range(first, min(first + AT_ONCE, watchers))))
    listeners = [asyncio.create_task(listen(socket)) for socket in sockets]
    steal, times, missed = Steal(), [], 0
    for _ in range(rounds):
        heard_at.clear()
        began = time.perf_counter()
        await sync_to_async(_happen)()
        until = began + 10
        while len(heard_at) < watchers and time.perf_counter() < until:
            await asyncio.sleep(0.002)
        missed += watchers - len(heard_at)
        times.append(max(heard_at, default=until) - began)
        await asyncio.sleep(0.3)
    for task in listeners:
        task.cancel()
    await asyncio.gather(*(socket.close() for socket in sockets), return_exceptions=True)
    return {**in_ms(times[2:]), "missed": missed, "steal": steal.share()}


def _happen() -> None:
    """A private note on the newest ticket: the whole way through the verb, its commit and the bell."""
    from apps.accounts.models import User
    from apps.tickets import services
    from apps.tickets.models import Ticket

    ticket = Ticket.objects.order_by("-pk").first()
    assert ticket is not None
    services.add_note(ticket, author=User.objects.get(email="eva@olmo.example"), text="x")
