import pytest

from apps.omnichannel.calls.forms import CallsForm
from apps.omnichannel.calls.links import SCHEMES, address, call_link
from apps.omnichannel.ports import ChannelFacts

GOOD = [
    ("tel", "+598 2400 0000", "tel:+59824000000"),
    ("tel", "+598 (2) 400-0000 int. 12", "tel:+59824000000;ext=12"),
    ("tel", "0800 1234", "tel:08001234"),
    ("tel", "*147#", "tel:*147%23"),
    ("sip", "mesa@pbx.olmo.example", "sip:mesa@pbx.olmo.example"),
    ("sip", "sips:4711@PBX.olmo.example:5061", "sips:4711@pbx.olmo.example:5061"),
    ("jitsi", "https://meet.olmo.example/AtencionOlmo", "https://meet.olmo.example/AtencionOlmo"),
    ("meet", "abc-mnop-xyz", "https://meet.google.com/abc-mnop-xyz"),
    ("meet", "https://meet.google.com/abc-mnop-xyz", "https://meet.google.com/abc-mnop-xyz"),
    (
        "teams",
        "atencion@olmo.example",
        "https://teams.microsoft.com/l/call/0/0?users=atencion@olmo.example",
    ),
    (
        "teams",
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_abc%40thread.v2/0?context=%7b%22Tid%22%3a1%7d",
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_abc%40thread.v2/0?context=%7b%22Tid%22%3a1%7d",
    ),
]
BAD = [
    ("tel", "javascript:alert(1)"),
    ("tel", "+1"),
    ("tel", "12;phone-context=evil"),
    ("tel", "+598 2400 0000\r\nX: 1"),
    ("tel", "+٥٩٨٢٤٠٠٠٠٠٠"),
    ("sip", "sip:mesa@pbx.olmo.example?Subject=x"),
    ("sip", "mesa@pbx.olmo.example:99999"),
    ("sip", "mesa@"),
    ("jitsi", "http://meet.olmo.example/Sala"),
    ("jitsi", "https://meet.olmo.example/Sala#config.x=1"),
    ("jitsi", "https://meet.olmo.example/Sala?jwt=abc"),
    ("jitsi", "https://olmo.example@evil.example/Sala"),
    ("jitsi", "https://localhost/Sala"),
    ("jitsi", "https://meet.olmo.example/"),
    ("jitsi", "javascript://meet.olmo.example/%0aalert(1)"),
    ("meet", "https://meet.google.com.evil.example/abc-mnop-xyz"),
    ("meet", "https://meet.google.com/abc-mnop-xyz?authuser=1"),
    ("meet", "ABC-MNOP-XYZ"),
    ("teams", "https://teams.microsoft.com.evil.example/l/meetup-join/a/0"),
    ("teams", "https://teams.microsoft.com/l/meetup-join/../../evil"),
    ("teams", "msteams:/l/call/0/0?users=a@b.example"),
    ("skype", "ana"),
    ("tel", ""),
]


@pytest.mark.parametrize(("kind", "text", "href"), GOOD)
def test_a_good_address_becomes_the_link_that_starts_the_call(kind, text, href):
    assert address(kind, text) == href


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_an_address_that_is_not_wholly_of_its_kind_is_refused(kind, text):
    with pytest.raises(ValueError):
        address(kind, text)


@pytest.mark.parametrize(("kind", "text", "href"), GOOD)
def test_no_link_has_another_scheme_than_the_allowed(kind, text, href):
    assert address(kind, text).split(":")[0] in SCHEMES


def facts(**settings):
    address = settings.pop("address", "+598 2400 0000")
    return ChannelFacts(1, "calls", "c_1", "tel", "Tel", address, "es", "Olmo", {"link": "tel", **settings})


def test_the_words_on_the_button_are_in_the_language_of_the_reader():
    labels = {"es": "Llámenos", "en": "Call us now"}
    assert call_link(facts(labels=labels), "en").label == "Call us now"
    assert call_link(facts(labels=labels), "es").label == "Llámenos"
    assert call_link(facts(labels={"es": "Llámenos"}), "pt").label == "Llámenos"


def test_settings_that_make_no_address_make_no_link():
    assert call_link(facts(address="javascript:alert(1)"), "es") is None
    assert call_link(facts(link="skype"), "es") is None


def test_the_form_keeps_a_label_for_each_language_and_says_what_is_wrong_beside_the_field():
    form = CallsForm({"link": "tel", "address": "+598 2400 0000", "label_es": "Llámenos"})
    assert form.is_valid()
    assert form.cleaned_data == {"link": "tel", "address": "+598 2400 0000", "labels": {"es": "Llámenos"}}
    wrong = CallsForm({"link": "meet", "address": "https://evil.example/"})
    assert not wrong.is_valid()
    assert list(wrong.errors) == ["address"]
