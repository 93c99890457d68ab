"""W2 to W6: a list, a ticket, an answer, a search, as a signed-in agent; memory after the start."""

import http.client
import itertools
import os
import re
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

from bench.machine import Steal, cpu_seconds, in_ms, memory_mib, start, wait_for
from bench.words import MID, RARE

WEB, FLOOR = (8701, 8702), 8710
WORKER = ("-m", "celery", "-A", "config", "worker", "--pool", "threads", "-c", "4", "-l", "ERROR")  # as in Procfile


class Product:
    """Two web processes and a worker, requests to the two in turn; or, without Redis, all in one process."""

    def __init__(self) -> None:
        is_embedded = not os.environ.get("REDIS_URL")
        web = WEB[:1] if is_embedded else WEB
        if is_embedded:
            words = ("manage.py", "up", "--no-demo", "--port", str(WEB[0]), "--demo-port", "0")
            self.processes = [start(*words, ACUDO_SMTP_PORT="8799")]
        else:
            self.processes = [start("manage.py", "serve", "--port", str(port)) for port in WEB]
            self.processes.append(start(*WORKER))
        self.floor = start("-m", "bench.floor", str(FLOOR))
        for port in (*web, FLOOR):
            wait_for(lambda port=port: _connects(port))
        time.sleep(3)
        self.web_pids = [process.pid for process in self.processes[: len(web)]]
        self.pids = [process.pid for process in self.processes]
        self.memory = {"rss": memory_mib(self.pids), "pss": memory_mib(self.pids, shared=True)}
        self.turn = itertools.cycle(http.client.HTTPConnection("127.0.0.1", port, timeout=30) for port in web)
        self.cookies = session_of("ana@olmo.example")

    def ask(self, method: str, path: str, body: dict[str, str] | None = None) -> tuple[int, str]:
        connection = next(self.turn)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Host": "127.0.0.1"}
        data = None
        if body is not None:
            data = urllib.parse.urlencode(body)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{connection.port}",
                "Host": f"127.0.0.1:{connection.port}",
                "Sec-Fetch-Site": "same-origin",
            }
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, answer.read().decode()

    def stop(self) -> None:
        for process in [*self.processes, self.floor]:
            process.terminate()
        for process in [*self.processes, self.floor]:
            process.wait(30)


def session_of(email: str) -> dict[str, str]:
    """The cookie of somebody who has just signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from apps.accounts.models import User

    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {settings.SESSION_COOKIE_NAME: session.session_key}


def run(count: int, *, rounds: int = 200) -> Iterator[dict[str, Any]]:
    from apps.tickets.models import Ticket

    product = Product()
    try:
        newest = list(Ticket.objects.order_by("-pk").values_list("public_id", flat=True)[:400])
        long_one, very_long = newest[0], newest[1]
        still_open = Ticket.objects.open().order_by("-pk").values_list("public_id", flat=True)  # type: ignore[attr-defined]
        some = itertools.cycle(list(still_open[10:400]))
        numbers = itertools.count(7, 53)
        yield {"what": "W6 memory after the start, MiB", **product.memory}
        floor_ping, floor_list = _floor("/ping", rounds), _floor("/list", rounds)
        yield {"what": "floor: empty answer", **floor_ping}
        yield {"what": "floor: bare list of 25", **floor_list}
        measured = {
            "W2 list, oldest first, 25 rows": lambda: product.ask("GET", "/desk/inbox/all/?sort=oldest&rows=25"),
            "W2 list, oldest first, 50 rows": lambda: product.ask("GET", "/desk/inbox/all/?sort=oldest"),
            "W2 list, most urgent, 50 rows": lambda: product.ask("GET", "/desk/inbox/all/?sort=urgent"),
            "W3 open, 20 messages": lambda: product.ask("GET", f"/desk/t/{long_one}/"),
            "W3 open, 200 messages": lambda: product.ask("GET", f"/desk/t/{very_long}/"),
            "W5 search, rare": lambda: product.ask("GET", f"/desk/search/?q={RARE.format(next(numbers) % count)}"),
            "W5 search, one in a hundred": lambda: product.ask("GET", f"/desk/search/?q={MID}"),
        }
        for what, act in measured.items():
            result = _time(act, product, rounds)
            yield {"what": what, **result, "of_floor_list": round(result["p50"] / floor_list["p50"], 2)}
        result = _answers(product, some, rounds)
        yield {"what": "W4 answer", **result, "of_floor_ping": round(result["p50"] / floor_ping["p50"], 2)}
    finally:
        product.stop()


def _time(act: Any, product: Product, rounds: int) -> dict[str, Any]:
    for _ in range(12):
        status, text = act()
        assert status == 200, (status, text[:300])
    steal, cpu, times = Steal(), cpu_seconds(product.web_pids), []
    for _ in range(rounds):
        began = time.perf_counter()
        status, _text = act()
        times.append(time.perf_counter() - began)
        assert status == 200
    used = (cpu_seconds(product.web_pids) - cpu) / rounds * 1000
    return {**in_ms(times), "cpu_ms": round(used, 1), "steal": steal.share()}


def _answers(product: Product, some: Any, rounds: int) -> dict[str, Any]:
    """Only the posting is timed; the page before it gives the token."""
    times, steal = [], Steal()
    for number in range(rounds // 2 + 10):
        ticket = next(some)
        _status, page = product.ask("GET", f"/desk/t/{ticket}/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "kind": "reply", "text": f"Respuesta {number}"}
        began = time.perf_counter()
        status, text = product.ask("POST", f"/desk/t/{ticket}/answers/", form)
        if number >= 10:
            times.append(time.perf_counter() - began)
        assert status in (200, 302, 303), (status, text[:500])
    return {**in_ms(times), "steal": steal.share()}


def _floor(path: str, rounds: int) -> dict[str, Any]:
    connection, times = http.client.HTTPConnection("127.0.0.1", FLOOR, timeout=10), []
    for number in range(rounds + 20):
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if number >= 20:
            times.append(time.perf_counter() - began)
        assert answer.status == 200
    return in_ms(times)


def _connects(port: int) -> bool:
    import socket

    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
