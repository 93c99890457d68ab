import socket

import pytest

from config.settings.names import LOOPBACK, names_of_this_machine


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_s_38_who_listens_at_home_only_answers_to_no_other_name(host):
    assert names_of_this_machine(host) == LOOPBACK


def test_who_listens_to_the_network_answers_to_the_machines_own_names(monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "Desk")
    monkeypatch.setattr(socket, "getfqdn", lambda: "desk.olmo.example")
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda name: (name, [], ["192.0.2.7"]))
    assert names_of_this_machine("0.0.0.0") == (*LOOPBACK, "desk", "desk.olmo.example", "192.0.2.7")
    assert names_of_this_machine("2001:db8::7")[-1] == "[2001:db8::7]"
    assert "*" not in "".join(names_of_this_machine("0.0.0.0"))
