import pytest

from config.asgi import application
from config.doorman import KnownOriginsOnly, TrustedProxy, WithinLimits, client_address

BASE = "https://desk.olmo.example"


class Inside:
    """Remembers the scope it was let in with."""

    scope: dict | None = None

    async def __call__(self, scope, receive, send):
        self.scope = scope


async def knock(layer, scope):
    sent = []

    async def send(message):
        sent.append(message)

    await layer(scope, None, send)
    return sent


def socket_scope(*origins: str) -> dict:
    return {"type": "websocket", "path": "/ws/desk/", "headers": [(b"origin", o.encode("latin1")) for o in origins]}


@pytest.mark.parametrize(
    "origins",
    [
        (),
        ("null",),
        ("",),
        ("https://evil.example",),
        ("http://desk.olmo.example",),
        ("https://desk.olmo.example:8443",),
        ("https://desk.olmo.example.evil.example",),
        ("https://evil.example/desk.olmo.example",),
        ("https://desk.olmo.example@evil.example",),
        ("https://sub.desk.olmo.example",),
        ("https://desk.olmo.example/path",),
        ("file://desk.olmo.example",),
        ("https://desk.olmo.example:notaport",),
        ("https://desk.olmo.example", "https://evil.example"),
    ],
)
async def test_s_47_a_foreign_missing_or_odd_origin_opens_no_socket(settings, origins):
    settings.ACUDO_BASE_URL = BASE
    inside = Inside()
    sent = await knock(KnownOriginsOnly(inside), socket_scope(*origins))
    assert inside.scope is None
    assert sent == [{"type": "websocket.close", "code": 4403}]


@pytest.mark.parametrize(
    "origin", [BASE, f"{BASE}:443", "HTTPS://DESK.olmo.example", "https://other.olmo.example:8443"]
)
async def test_s_47_our_own_origins_open_sockets(settings, origin):
    settings.ACUDO_BASE_URL = BASE
    settings.ACUDO_SOCKET_ORIGINS = ["https://other.olmo.example:8443"]
    inside = Inside()
    await knock(KnownOriginsOnly(inside), socket_scope(origin))
    assert inside.scope is not None


FORWARDED = [
    (b"x-forwarded-for", b"203.0.113.9"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"evil.example"),
]


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
async def test_s_43_a_configured_proxy_tells_address_and_scheme(settings, kind, scheme):
    settings.ACUDO_TRUSTED_PROXY = ["10.0.0.0/8", "unix"]
    for client in (["10.1.2.3", 1], None):
        inside = Inside()
        await knock(TrustedProxy(inside), {"type": kind, "client": client, "scheme": "http", "headers": FORWARDED})
        assert inside.scope["client"][0] == "203.0.113.9"
        assert inside.scope["scheme"] == scheme
        assert inside.scope["headers"] == []


async def test_s_43_anybody_else_is_not_believed(settings):
    settings.ACUDO_TRUSTED_PROXY = ["10.0.0.0/8"]
    for client in (["203.0.113.1", 1], None):
        inside = Inside()
        await knock(TrustedProxy(inside), {"type": "http", "client": client, "scheme": "http", "headers": FORWARDED})
        assert inside.scope["client"] == client
        assert inside.scope["scheme"] == "http"
        assert inside.scope["headers"] == []


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.5", "203.0.113.9"),
        ("203.0.113.9, not-an-address", None),
        ("'; drop table", None),
        ("", None),
        ("10.0.0.5", None),
    ],
)
def test_s_43_only_what_our_own_proxies_saw_counts(settings, said, address):
    settings.ACUDO_TRUSTED_PROXY = ["10.0.0.0/8"]
    assert client_address(said) == address


@pytest.mark.parametrize(
    ("path", "kind", "size", "is_let_in"),
    [
        ("/api/v1/tickets/", "application/json", 1024 * 1024, True),
        ("/api/v1/tickets/", "application/json", 1024 * 1024 + 1, False),
        ("/es/new/", "application/x-www-form-urlencoded", 2 * 1024 * 1024, False),
        ("/hooks/email/key/", "application/json", 20 * 1024 * 1024, True),
        ("/es/new/", "multipart/form-data; boundary=x", 30 * 1024 * 1024, True),
        ("/es/new/", "multipart/form-data; boundary=x", 30 * 1024 * 1024 + 1, False),
        ("/hooks/email/key/", "application/json", 60 * 1024 * 1024, False),
    ],
)
async def test_s_58_what_is_too_large_is_refused_unread(path, kind, size, is_let_in):
    inside = Inside()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(size).encode())]
    sent = await knock(WithinLimits(inside), {"type": "http", "path": path, "headers": headers})
    assert (inside.scope is not None) is is_let_in
    assert is_let_in or sent[0]["status"] == 413


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/ws/nothing/", "/ws/widget/\0/", "/ws/widget/a\nb/", "/"])
async def test_a_socket_to_nowhere_is_refused_without_a_fuss(path, settings):
    scope = socket_scope(settings.ACUDO_BASE_URL) | {"path": path, "query_string": b"", "client": ["192.0.2.1", 1]}

    assert await knock(application, scope) == [{"type": "websocket.close", "code": 4404}]
