"""Every route, every method, every role: what is expected stands in routes.py, what happens is seen here (S-27)."""

import asyncio
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from inspect import iscoroutinefunction
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from apps.inbox.consumers import DeskConsumer
from apps.omnichannel.webchat.consumers import VisitorConsumer
from apps.tickets.models import Ticket
from apps.tickets.querysets import TicketQuerySet
from tests.architecture import world as house
from tests.architecture.routes import API, DJANGO_ADMIN, OUTSIDE, PAGES, PORTAL, ROLES, ROWS, SOCKETS, Row
from tests.architecture.world import World

SAFE = ("GET", "HEAD", "OPTIONS")
EVIL = {"HTTP_ORIGIN": "https://evil.example", "HTTP_SEC_FETCH_SITE": "cross-site"}


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route as Django spells it, in Spanish where the language stands in front."""
    with translation.override("es"):
        yield from _below(get_resolver(), "")


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from _below(pattern, route)


def test_s_27_every_route_stands_in_the_table():
    known = {row.route for row in ROWS}
    missing = [route for route, _p in routes() if route not in known and not route.startswith(DJANGO_ADMIN)]
    assert missing == [], "add a row for each to tests/architecture/routes.py"


def test_s_27_every_operation_of_the_api_stands_in_the_table():
    known = {(row.method, row.route) for row in API}
    for route, pattern in routes():
        for method in set(getattr(pattern.callback, "actions", None) or ()) - {"head"}:
            assert (method.upper(), route) in known, f"{method} {route}"


def test_s_27_the_table_names_no_route_that_is_gone_and_every_role():
    there = {route for route, _pattern in routes()}
    assert {row.route for row in ROWS} - there == set()
    assert all(set(row.who) == set(ROLES) for row in ROWS)


def test_s_27_every_socket_and_every_message_it_listens_to_stands_in_the_table():
    from apps.inbox.routing import websocket_urlpatterns as desk
    from apps.omnichannel.webchat.routing import websocket_urlpatterns as chat

    assert [str(pattern.pattern) for pattern in (*desk, *chat)] == [socket.route for socket in SOCKETS]
    assert set(SOCKETS[0].says) == set(DeskConsumer()._acts())
    visitor = VisitorConsumer()
    visitor.visitor_key = "known"
    assert all(visitor.verb_for(kind) for kind in SOCKETS[1].says)
    own = {name for name, part in vars(VisitorConsumer).items() if iscoroutinefunction(part) and name[0] != "_"}
    assert len(own - {"dispatch", "connect", "disconnect", "receive", "hear"}) == len(SOCKETS[1].says), own


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("rows", [PAGES, PORTAL, API], ids=["pages", "portal", "api"])
def test_s_27_each_role_gets_what_the_table_says(role, rows):
    world = house.build()
    client = world.client(role)
    before, wrong = house.fingerprint(), []
    for row in rows:
        with transaction.atomic():
            answer = ask(client, world, row, role)
            wrong += [f"{described(row)}: {fault}" for fault in faults(row, role, answer, before)]
            transaction.set_rollback(True)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
def test_s_27_the_table_notices_a_door_without_its_lock(monkeypatch):
    """The weak twin: the same walk over a house that shows every ticket to every colleague finds the hole."""
    monkeypatch.setattr(TicketQuerySet, "visible_to", lambda self, viewer: self)
    world = house.build()
    client = world.client("other_admin")
    row = next(row for row in PAGES if row.route == "desk/t/<str:public_id>/")
    assert list(faults(row, "other_admin", ask(client, world, row, "other_admin"), house.fingerprint()))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["other_office", "other_admin", "other_person"])
def test_s_28_hidden_and_missing_are_the_same_answer_on_every_route(role):
    world = house.build()
    client = world.client(role)
    wrong = []
    for row in ROWS:
        is_named = any(not word.startswith("=") for word in row.args.values())
        if row.method != "GET" or row.who[role] != "hidden" or not is_named:
            continue
        missing = replace(row, args={name: _never(row, name, word) for name, word in row.args.items()})
        first, second = (said(ask(client, world, each, role)) for each in (row, missing))
        if first != second:
            wrong.append(f"{described(row)}: {first[0]} and {second[0]}")
    assert not wrong, "\n" + "\n".join(wrong)


def _never(row: Row, name: str, word: str) -> str:
    if word.startswith("=") or word.endswith("_key"):
        return word
    if f"<int:{name}>" in row.route:
        return "=999999"
    return "=2030-05-02" if f"<day:{name}>" in row.route else f"={'x' * 22}"


def said(answer: HttpResponse) -> tuple:
    """Status, body and headers without what differs between any two answers."""
    body = re.sub(r"[0-9a-f]{16}|[A-Za-z0-9]{64}", "", answer.content.decode(errors="replace"))
    headers = {name: text for name, text in answer.items() if name not in ("X-Request-Id", "Content-Length")}
    return answer.status_code, re.sub(r"/(desk|es|api)/[^\"' <]*", "", body), headers


@pytest.mark.django_db
def test_s_46_no_unsafe_route_obeys_another_site(settings):
    world = house.build()
    before, wrong = house.fingerprint(), []
    client = world.client("admin", enforce_csrf_checks=True)
    client.cookies.update(world.client("person").cookies)
    for row in ROWS:
        if row.method in SAFE or row.foreign:
            continue
        with transaction.atomic():
            answer = ask(client, world, row, "anonymous", **EVIL)
            if answer.status_code < 400 or house.fingerprint() != before:
                wrong.append(f"{described(row)}: {answer.status_code}")
            transaction.set_rollback(True)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_s_46_methods_that_the_table_does_not_name_do_nothing(method):
    world = house.build()
    named = {(row.method, row.route) for row in ROWS}
    client = world.client("admin")
    before, wrong = house.fingerprint(), []
    for row in {row.route: row for row in ROWS}.values():
        if (method, row.route) in named:
            continue
        with transaction.atomic():
            answer = ask(client, world, Row(method, row.route, row.who, row.args), "admin")
            if answer.status_code >= 500 or house.fingerprint() != before:
                wrong.append(f"{method} {row.route}: {answer.status_code}")
            transaction.set_rollback(True)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["anonymous", "person", "admin"])
def test_the_operators_repair_pages_are_shut_for_everybody_the_command_line_did_not_let_in(role):
    world = house.build()
    client = world.client(role)
    for route, _pattern in routes():
        if not route.startswith(DJANGO_ADMIN) or route in ("admin/login/", "admin/jsi18n/", "admin/logout/"):
            continue
        path = "/" + re.sub(r"<[^>]+>", "1", route).replace("(?P1.*)$", "x").replace("^", "").replace("$", "")
        answer = client.get(path)
        assert answer.status_code in (302, 404), f"{route}: {answer.status_code}"
        assert "/login/" in answer.get("Location", "/login/"), route


@pytest.mark.django_db
def test_s_51_every_answer_has_its_policies_also_errors_and_odd_suffixes(settings):
    world = house.build()
    client = world.client("admin")
    wrong = []
    for row in [*ROWS, *(Row("GET", path, {}) for path in ("desk/nothing.css", "es/requests/x.js", "desk/t/x/.png"))]:
        with transaction.atomic():
            wrong += [f"{described(row)}: {fault}" for fault in policies(row, ask(client, world, row, "admin"))]
            transaction.set_rollback(True)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db(transaction=True)
async def test_s_48_the_desks_socket_opens_and_tells_only_whom_the_table_names():
    socket_row = SOCKETS[0]
    world = await sync_to_async(house.build)()
    sockets = {}
    for role in ROLES:
        sockets[role] = socket = WebsocketCommunicator(DeskConsumer.as_asgi(), "/ws/desk/")
        socket.scope["user"] = world.users.get(role, AnonymousUser())
        await socket.connect(timeout=20)
        first = await socket.receive_output(timeout=2)
        assert (first["type"] == "websocket.send") == (role in socket_row.opens), role
        if role in socket_row.opens:
            await socket.send_to(json.dumps({"t": "watch", "ticket": world.values["ticket"]}))
    await asyncio.sleep(0.2)
    await sync_to_async(_write_note)(world)
    heard = {role for role in socket_row.opens if await _frames(sockets[role])}
    assert heard == set(socket_row.hears)


def _write_note(world: World) -> None:
    from apps.tickets import services

    ticket = Ticket.objects.get(public_id=world.values["ticket"])
    services.add_note(ticket, author=world.users["admin"], text="among us")


async def _frames(socket: WebsocketCommunicator) -> list[Any]:
    frames = []
    try:
        while True:
            frames.append(await socket.receive_from(timeout=0.5))
    except TimeoutError:
        return frames


def ask(client: Client, world: World, row: Row, role: str, **extra: Any) -> HttpResponse:
    """One request; what its answer sets or drops among the cookies counts for it alone.

    Unsafe requests to the desk come as its scripts send them: refusals are then statuses and not redirects.
    """
    cookies = deepcopy(client.cookies)
    try:
        return _asked(client, world, row, role, extra)
    finally:
        client.cookies = cookies


def _asked(client: Client, world: World, row: Row, role: str, extra: dict[str, Any]) -> HttpResponse:
    path, data = address(world, row), sent(world, row)
    if row.route.startswith("api/"):
        if role in world.keys:
            extra["HTTP_AUTHORIZATION"] = f"Bearer {world.keys[role]}"
        body = {"data": data, "content_type": "application/json"} if data is not None else {}
        return getattr(client, row.method.lower())(path, **body, **extra)
    if row.route.startswith("desk/") and row.method not in SAFE:
        extra["HTTP_HX_REQUEST"] = "true"
    return getattr(client, row.method.lower())(path, data or {}, **extra)


def address(world: World, row: Row) -> str:
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda m: value(world, row.args[m[1] or m[2]]), row.route)
    return "/" + path.strip("^$")


def value(world: World, word: str) -> str:
    return word[1:] if word.startswith("=") else str(world.values[word])


def sent(world: World, row: Row) -> dict[str, Any] | None:
    if row.data is None:
        return None
    return {
        name: [_named(world, one) for one in word] if isinstance(word, list) else _named(world, word)
        for name, word in row.data.items()
    }


def _named(world: World, word: Any) -> Any:
    return world.values[word[1:]] if isinstance(word, str) and word.startswith("$") else word


def faults(row: Row, role: str, answer: HttpResponse, before: tuple) -> Iterator[str]:
    expected, status = row.who[role], answer.status_code
    if row.route == "health/deep" and status == 503:
        return  # no worker beats here: it may be read, and it says so
    if outcome(answer) != expected and not (expected == "unchanged" and status < 500):
        yield f"{expected} expected, {status} {answer.get('Location', '')} {answer.content[:90]!r}"
    if expected != "ok" and house.fingerprint() != before:
        yield f"{expected} expected, but something was written"


def outcome(answer: HttpResponse) -> str:
    asks_who = answer.status_code == 302 and re.search(r"/accounts/login/|/requests/access/$", answer["Location"])
    if answer.status_code == 401 or asks_who:
        return "login"
    words = {404: "hidden", 403: "refused"}
    return words.get(answer.status_code, "ok" if answer.status_code < 400 else f"{answer.status_code}")


def policies(row: Row, answer: HttpResponse) -> Iterator[str]:
    kind = answer.get("Content-Type", "")
    policy = answer.get("Content-Security-Policy", "")
    if answer.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    if answer.get("Referrer-Policy") != "same-origin":
        yield "no Referrer-Policy"
    if "html" in kind:
        if "object-src 'none'" not in policy and "default-src 'none'" not in policy:
            yield f"policy {policy!r}"
        if "base-uri 'none'" not in policy:
            yield "no base-uri in the policy"
        if "unsafe" in policy or " *" in policy:
            yield f"policy {policy!r}"
        if "frame-ancestors" not in policy:
            yield "framable"
    is_private = not row.who or any(row.who[role] != row.who["anonymous"] for role in ROLES if role not in OUTSIDE)
    is_private = is_private or row.route.startswith(("desk/", "api/", "es/requests", "es/m/", "accounts/"))
    if is_private and "no-store" not in answer.get("Cache-Control", ""):
        yield f"may be stored: {answer.get('Cache-Control')}"


def described(row: Row) -> str:
    return f"{row.method} {row.route} {row.data or ''}"
