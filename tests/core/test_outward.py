"""S-52: a host that somebody typed is reached only when it stands on the open internet, or the operator listed it."""

import ipaddress
import socket
import threading

import pytest

from apps.core import outward

FORBIDDEN = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST.",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "[::1]",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:7f00:1::",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
]


@pytest.fixture
def nothing_listed(settings):
    settings.ACUDO_PRIVATE_HOSTS = []


@pytest.fixture
def listening():
    """A server on this machine that remembers who knocked."""
    knocks: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(5)

    def take() -> None:
        try:
            knocks.append(server.accept())
        except OSError:
            return

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield server.getsockname()[1], knocks
    server.close()


@pytest.mark.parametrize("host", FORBIDDEN)
def test_s_52_no_spelling_of_a_private_address_is_reached(nothing_listed, host):
    with pytest.raises(outward.NotReached) as refusal:
        outward.connect(host, 587, timeout=2)
    assert refusal.value.kind in {"private", "name"}


def test_s_52_without_the_defence_the_same_call_gets_through(listening, settings):
    """The weak twin: everything listed. A zero above means something."""
    port, knocks = listening
    settings.ACUDO_PRIVATE_HOSTS = ["0.0.0.0/0"]
    outward.connect("127.1", port, timeout=2).close()
    for _try in range(100):
        if knocks:
            break
        threading.Event().wait(0.02)
    assert len(knocks) == 1


def test_s_52_one_forbidden_address_makes_the_name_forbidden(nothing_listed, monkeypatch):
    """A name with a good address in front and a bad one behind it."""
    rows = [(2, 1, 6, "", ("93.184.216.34", 587)), (2, 1, 6, "", ("10.0.0.1", 587))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)
    with pytest.raises(outward.NotReached) as refusal:
        outward.resolve("mail.example.org", 587)
    assert refusal.value.kind == "private"


def test_s_52_the_address_that_was_judged_is_the_one_connected_to(nothing_listed, monkeypatch):
    """Asked again, the name would lead elsewhere: it is not asked again."""
    answers = iter([[(2, 1, 6, "", ("93.184.216.34", 587))], [(2, 1, 6, "", ("127.0.0.1", 587))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: next(answers))
    called: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda target, *args: called.append(target))
    outward.connect("rebinding.example.org", 587, timeout=1)
    assert called == [("93.184.216.34", 587)]


@pytest.mark.parametrize("port", [22, 80, 443, 3306, 5432, 6379, 9200, 11211])
def test_s_52_only_ports_of_mail(nothing_listed, monkeypatch, port):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.216.34", port))])
    with pytest.raises(outward.NotReached) as refusal:
        outward.connect("mail.example.org", port, timeout=1)
    assert refusal.value.kind == "port"


@pytest.mark.parametrize("entry", ["127.0.0.0/8", "127.0.0.1", "localhost"])
def test_the_operator_may_list_a_name_or_a_network(listening, settings, entry):
    port, _knocks = listening
    settings.ACUDO_PRIVATE_HOSTS = [entry]
    outward.connect("localhost" if entry == "localhost" else "127.0.0.1", port, timeout=2).close()


def test_a_listed_name_opens_no_other(settings):
    settings.ACUDO_PRIVATE_HOSTS = ["mail.olmo.example"]
    with pytest.raises(outward.NotReached):
        outward.connect("127.0.0.1", 587, timeout=1)


def test_an_unknown_name_and_a_closed_port_have_words_of_their_own(settings):
    settings.ACUDO_PRIVATE_HOSTS = ["127.0.0.1"]
    with pytest.raises(outward.NotReached) as refusal:
        outward.connect("no-such-host.invalid", 587, timeout=1)
    assert refusal.value.kind == "name"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(outward.NotReached) as refusal:
            outward.connect("127.0.0.1", taken.getsockname()[1], timeout=1)
    assert refusal.value.kind == "closed"


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_the_open_internet_is_public(address):
    assert outward.is_public(ipaddress.ip_address(address))
