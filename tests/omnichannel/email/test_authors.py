"""Who wrote? Only a plain, single, well-formed author is somebody."""

import pytest

from apps.omnichannel.email import authors

NOBODY = True

TABLE = [
    # the From lines, the address that is read, whether it is nobody's
    (["Ana <ana@example.org>"], "ana@example.org", False),
    (['"Prueba, Ana" <ana@example.org>'], "ana@example.org", False),
    (["ana@example.org"], "ana@example.org", False),
    (["ana@example.org (Ana)"], "ana@example.org", False),
    (["=?utf-8?q?Ana_P=C3=A9rez?= <ANA@example.org>"], "ana@example.org", False),
    (["=?utf-8?q?P=C3=A9rez,_Ana?= <ana@example.org>"], "ana@example.org", False),
    (["<ana@example.org>"], "ana@example.org", False),
    (["staff@desk.olmo.example <x@evil.example>"], "x@evil.example", NOBODY),
    (['"staff@desk.olmo.example" <x@evil.example>'], "x@evil.example", NOBODY),
    (["=?utf-8?b?c3RhZmZAZGVzay5vbG1vLmV4YW1wbGU=?= <x@evil.example>"], "x@evil.example", NOBODY),
    (["staff@desk.olmo.example, x@evil.example"], "staff@desk.olmo.example", NOBODY),
    (["Ana <staff@desk.olmo.example>, Eva <x@evil.example>"], "staff@desk.olmo.example", NOBODY),
    (["Ana <staff@desk.olmo.example>", "Eva <x@evil.example>"], "staff@desk.olmo.example", NOBODY),
    (["Ana <staff@desk.olmo.example><x@evil.example>"], "staff@desk.olmo.example", NOBODY),
    (["Ana <x@evil.example> staff@desk.olmo.example"], "x@evil.example", NOBODY),
    (["Team: staff@desk.olmo.example, x@evil.example;"], "staff@desk.olmo.example", NOBODY),
    (["Team: staff@desk.olmo.example;"], "staff@desk.olmo.example", NOBODY),
    (["Ana <@evil.example:staff@desk.olmo.example>"], "staff@desk.olmo.example", NOBODY),
    (["Ana <staff@desk.olmo.example"], "staff@desk.olmo.example", NOBODY),
    (["Ana staff@desk.olmo.example"], "staff@desk.olmo.example", NOBODY),
    (['"staff@desk.olmo.example'], "staff@desk.olmo.example", NOBODY),
    (['"staff "@desk.olmo.example'], '"staff"@desk.olmo.example', NOBODY),
    (["Ana <staff\x00@desk.olmo.example>"], "staff@desk.olmo.example", NOBODY),
    (["Ana <stаff@desk.olmo.example>"], "stаff@desk.olmo.example", NOBODY),  # a Cyrillic а
    (["Ana\u202e <staff@desk.olmo.example>"], "staff@desk.olmo.example", NOBODY),
    (["Ana <sta ff@desk.olmo.example>"], "staff@desk.olmo.example", NOBODY),
    (["staff@desk.olmo.example (x@evil.example)"], "staff@desk.olmo.example", NOBODY),
    (["(staff@desk.olmo.example) x@evil.example"], "x@evil.example", NOBODY),
    (["Ana"], "", NOBODY),
    ([""], "", NOBODY),
    ([], "", NOBODY),
    (["(" * 3000 + "staff@desk.olmo.example"], "", NOBODY),
]


@pytest.mark.parametrize(("lines", "address", "is_ambiguous"), TABLE)
def test_s_03_an_ambiguous_author_is_nobody(lines, address, is_ambiguous):
    author = authors.judge(lines)
    assert (author.address, author.is_ambiguous) == (address, is_ambiguous)


def test_the_name_is_read_whatever_its_form():
    assert authors.judge(["=?iso-8859-1?q?Ana_P=E9rez?= <ana@example.org>"]).name == "Ana Pérez"
    assert authors.judge(["MAILER-DAEMON@example.org (Mail Delivery System)"]).name == "Mail Delivery System"
    assert authors.judge(['"Pérez, Ana" <ana@example.org>']).name == "Pérez, Ana"
