"""Whether a call is Meta's own: over raw bytes, fail closed."""

import json
from pathlib import Path

import pytest

from apps.omnichannel.meta import signatures
from apps.omnichannel.models import Envelope, Thread
from apps.omnichannel.ports import Forged, RawInput
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.facebook.conftest import PAGE, SECRET, message

VECTORS = Path(__file__).resolve().parents[4] / "shared/reference/channels/signature-vectors.json"
BODY = (
    rb'{"object":"page","entry":[{"id":"1001","time":1760000000000,"messaging":[{"sender":{"id":"7001"},'
    rb'"recipient":{"id":"1001"},"timestamp":1760000000000,"message":{"mid":"m_demo_1","text":"Gr\u00fc\u00dfe"}}]}]}'
)
RIGHT = "9e83907f8facee8923541a6fc80c1fc1fcedd9fb7bf22ffb2c7e1eacfe3675a2"
OF_ANOTHER_SPELLING = "5faaa954824326676714622288bafddadf0a668a219dde85f8313495562638b6"


def raw(signature, body=BODY):
    return RawInput(body, "webhook", headers={"x-hub-signature-256": signature} if signature else {})


def test_the_bytes_as_they_came_are_what_was_signed():
    assert len(BODY) == 207
    signatures.verify(raw(f"sha256={RIGHT}"), app_secret=SECRET)


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", f"sha256={OF_ANOTHER_SPELLING}", f"sha1={RIGHT}", RIGHT, "sha256=ñ", f"sha256={RIGHT}0"],
)
def test_s_53_what_is_signed_otherwise_or_not_at_all_is_forged(signature):
    with pytest.raises(Forged):
        signatures.verify(raw(signature), app_secret=SECRET)


def test_s_53_without_a_secret_nothing_is_genuine():
    empty = signatures.sign(BODY, app_secret="")
    with pytest.raises(Forged):
        signatures.verify(raw(f"sha256={empty}"), app_secret="")


def test_a_wish_to_be_forgotten_is_read_when_it_is_signed():
    said = (
        "0sSvvQsSMyNYOhcrnM-2UtseLT0LbKDbgsLmuo0DhJk."
        "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2MDAwMDAwMCwidXNlcl9pZCI6IjcwMDEifQ"
    )
    assert signatures.signed_request(said, app_secret=SECRET)["user_id"] == "7001"
    for broken in (said[1:], said.replace(".", ""), "", ".", "é.é"):
        with pytest.raises(Forged):
            signatures.signed_request(broken, app_secret=SECRET)


def test_a_token_goes_out_with_its_proof():
    proof = signatures.appsecret_proof("EAADemoPageToken", app_secret=SECRET)
    assert proof == "692fd2edd8d07150d9d47c2cb3d24bbbb2949d681ddc76c85201225b5cde2d30"


@pytest.mark.corpus
@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not here")
def test_the_worked_examples():
    vectors = json.loads(VECTORS.read_text())["vectors"]
    one = vectors["meta_sha256"]
    header = one["header"].partition(": ")[2]
    signatures.verify(raw(header, one["body"].encode()), app_secret=one["key"])
    with pytest.raises(Forged):
        signatures.verify(raw(vectors["meta_wrong_utf8"]["header"], one["body"].encode()), app_secret=one["key"])


# At the door


def post(client, olmo_page, body, *, secret=SECRET, **headers):
    signed = f"sha256={signatures.sign(body, app_secret=secret)}"
    return client.post(
        f"/hooks/{olmo_page.key}/",
        body,
        content_type="application/json",
        headers={"X-Hub-Signature-256": signed, **headers},
    )


def delivery(*events, olmo_page=PAGE):
    return json.dumps({"object": "page", "entry": [{"id": olmo_page, "time": 1, "messaging": list(events)}]}).encode()


def test_a_genuine_call_is_kept_and_the_same_again_is_the_same(client, olmo_page):
    body = delivery(message("m_1", "Hello"))
    assert [post(client, olmo_page, body).status_code for _ in range(3)] == [200, 200, 200]
    assert Envelope.objects.count() == 1


def test_s_53_a_forged_call_leaves_nothing(client, olmo_page):
    assert post(client, olmo_page, delivery(message("m_1", "Hello")), secret="another").status_code == 403
    assert client.post(f"/hooks/{olmo_page.key}/", b"{}", content_type="application/json").status_code == 403
    assert Envelope.objects.count() == 0


def test_what_is_too_large_is_refused_before_it_is_looked_at(client, olmo_page):
    assert post(client, olmo_page, b"{" + b" " * 1_000_001).status_code == 413
    assert Envelope.objects.count() == 0


def test_strange_but_genuine_is_kept(client, olmo_page):
    assert (
        post(client, olmo_page, b'{"object": "page", "entry": [{"id": "1001", "novelty": [1, 2]}]}').status_code == 200
    )
    assert Envelope.objects.get().state == "waiting"


def test_the_first_greeting(client, olmo_page):
    said = {"hub.mode": "subscribe", "hub.verify_token": "a-word-for-greeting", "hub.challenge": "115820"}
    answer = client.get(f"/hooks/{olmo_page.key}/", said)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"115820", "text/plain")
    for wrong in (
        {"hub.verify_token": "x"},
        {"hub.mode": "x"},
        {"hub.challenge": "<script>"},
        {"hub.verify_token": ""},
    ):
        assert client.get(f"/hooks/{olmo_page.key}/", said | wrong).status_code == 403


def test_one_address_serves_all_pages_of_the_body_and_none_of_others(client, olmo_page):
    """An app has one address for all its pages: each entry is read by its own page, if it finds it genuine."""
    sister = ChannelFactory(office=olmo_page.office, kind="facebook", address="1002", secrets={"app_secret": SECRET})
    other_app = ChannelFactory(
        office=olmo_page.office, kind="facebook", address="1003", secrets={"app_secret": "theirs"}
    )
    stranger = ChannelFactory(kind="facebook", address="1004", secrets={"app_secret": SECRET})
    entries = [
        {"id": number, "time": 1, "messaging": [message(f"m_{number}", "Hello", person=f"7{number}")]}
        for number in ("1002", "1003", "1004")
    ]
    post(client, olmo_page, json.dumps({"object": "page", "entry": entries}).encode())
    assert set(Envelope.objects.values_list("channel_id", flat=True)) == {olmo_page.pk, sister.pk}
    from apps.omnichannel.services import process

    for envelope in Envelope.objects.all():
        process(envelope.pk)
    assert list(Thread.objects.values_list("channel_id", "key")) == [(sister.pk, "m:71002")]
    assert other_app.pk and stranger.pk
