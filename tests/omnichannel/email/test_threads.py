"""A conversation is joined by a secret of ours, and by nothing else."""

import pytest

from apps.omnichannel.email import threads

KEY = "t4711.993"


def test_a_token_holds_128_bits_and_fits_an_address():
    token = threads.token(KEY)
    assert token.startswith("t4711.993.")
    assert len(token.rpartition(".")[2]) * 5 >= 128
    assert len(threads.reply_address(KEY, "help@desk.olmo.example").partition("@")[0]) <= 64


@pytest.mark.parametrize("style", ["plus", "dash", "domain"])
def test_the_address_that_replies_go_to_leads_back(style):
    address = threads.reply_address(KEY, "help@desk.olmo.example", style=style)
    assert threads.key_in([f"Library <{address}>, other@example.org"]) == KEY
    assert threads.without_token(address) == ("@" if style == "domain" else "help@") + "desk.olmo.example"


def test_our_message_id_leads_back_and_names_the_person():
    name = threads.message_id(KEY, "2B4D6F8H", "desk.olmo.example")
    assert threads.key_in(["<other@example.org>", name.strip("<>")]) == KEY
    assert threads.person_in(KEY) == 993


def spoilt():
    token = threads.token(KEY)
    head, _, signature = token.rpartition(".")
    yield "number alone", "help+4711@desk.olmo.example"
    yield "no signature", f"help+{head}@desk.olmo.example"
    yield "last sign changed", f"help+{token[:-1]}{'a' if token[-1] != 'a' else 'b'}@desk.olmo.example"
    yield "cut short", f"help+{token[:-1]}@desk.olmo.example"
    yield "too long", f"help+{token}a@desk.olmo.example"
    yield "upper case", f"help+{token.upper()}@desk.olmo.example"
    yield "signature in upper case", f"help+{head}.{signature.upper()}@desk.olmo.example"
    yield "another ticket's", f"help+t4712.993.{signature}@desk.olmo.example"
    yield "another person's", f"help+t4711.994.{signature}@desk.olmo.example"
    yield "leading zero", f"help+t04711.993.{signature}@desk.olmo.example"
    yield "empty", "help+@desk.olmo.example"
    yield "other key", f"help+{head}.{'a' * 26}@desk.olmo.example"


@pytest.mark.parametrize("which", range(12))
def test_s_01_a_spoilt_token_joins_nothing(which):
    label, address = list(spoilt())[which]
    assert threads.key_in([address]) == "", label


def test_the_first_genuine_token_counts_among_false_ones():
    good = threads.reply_address(KEY, "help@desk.olmo.example")
    assert threads.key_in(["help+t1.1." + "a" * 26 + "@desk.olmo.example, " + good]) == KEY


def test_an_id_that_a_program_folded_into_encoded_words_is_still_found():
    """Python's own mail policy does this to ids that do not fit into one line."""
    from email.header import Header

    from apps.omnichannel.email import parsing

    ours = threads.message_id("t123456.654321", "A" * 22, "a-rather-long-name.biblioteca.olmo.example")
    folded = Header(ours, "utf-8", maxlinelen=60, header_name="In-Reply-To").encode()
    assert "=?" in folded
    mail = parsing.parse(f"From: a@b.example\r\nIn-Reply-To: {folded}\r\n\r\nhi".encode())
    assert mail.in_reply_to == ours.strip("<>")
    assert threads.key_in([mail.in_reply_to]) == "t123456.654321"
