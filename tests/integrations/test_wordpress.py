"""The WordPress plugin, run by PHP against stubs of the functions it calls."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from apps.omnichannel.webchat import proofs

PLUGIN = Path("integrations/wordpress/acudo-chat")
KEY = "a key of forty characters, never in a browser"
OPTION = {"desk": "https://desk.example", "key": "c_0123456789abcdef01234567", "side": "left", "identity_key": KEY}
USER = {"ID": 7, "display_name": "Mia <b>", "user_email": "mia@people.example"}

pytestmark = pytest.mark.skipif(
    shutil.which("php") is None, reason="php-cli is not installed here (.ci/run installs it)"
)


def wordpress(*calls, **world):
    world = {"option": OPTION, "calls": calls, **world}
    done = subprocess.run(
        ["php", "-d", "error_reporting=-1", "-d", "display_errors=stderr", "tests/integrations/stubs.php", str(PLUGIN)],
        input=json.dumps(world), capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize("file", sorted(path.name for path in PLUGIN.glob("*.php")))
def test_each_file_is_php_and_shut_to_direct_requests(file):
    subprocess.run(["php", "-l", str(PLUGIN / file)], check=True, capture_output=True)
    direct = subprocess.run(["php", str(PLUGIN / file)], check=True, capture_output=True, text=True)

    assert direct.stdout == ""


def test_000_10_the_script_stands_on_every_page_once_it_is_set_up():
    heard = wordpress(["acudo_chat_enqueue", []])
    address, how = heard["scripts"]["acudo-chat"]

    assert address == "https://desk.example/widget/c_0123456789abcdef01234567.js"
    assert how == {"strategy": "async", "in_footer": True}
    assert list(heard["scripts"]) == ["acudo-chat"], "nobody is signed in"
    assert wordpress(["acudo_chat_enqueue", []], option={})["scripts"] == []


def test_the_tag_carries_language_and_side():
    tag = "<script id='x' src='https://desk.example/widget/x.js' async></script>"  # as WordPress draws it
    own, other = wordpress(["acudo_chat_tag", [tag, "acudo-chat"]], ["acudo_chat_tag", [tag, "jquery"]])["results"]

    assert ' data-lang="es" data-side="left" src=' in own
    assert other == tag


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"desk": "https://desk.example/", "key": OPTION["key"]}, []),
        ({"desk": "http://127.0.0.1:8000", "key": OPTION["key"]}, []),
        ({"desk": "javascript:alert(1)", "key": OPTION["key"]}, ["desk"]),
        ({"desk": "http://desk.example", "key": OPTION["key"]}, ["desk"]),
        ({"desk": "https://desk.example\n.evil.example", "key": OPTION["key"]}, ["desk"]),
        ({"desk": 'https://desk.example"><script>', "key": OPTION["key"]}, ["desk"]),
        ({"desk": "https://desk.example", "key": "../x"}, ["key"]),
        ({"desk": "https://desk.example", "key": OPTION["key"], "identity_key": "short"}, ["identity_key"]),
        ("nonsense", ["desk", "key"]),
    ],
)
def test_only_what_can_be_right_is_kept_and_a_secret_is_not_lost(given, errors):
    heard = wordpress(["acudo_chat_clean", [given]])
    kept = heard["results"][0]

    assert heard["errors"] == errors
    assert kept["desk"].startswith("http") and not kept["desk"].endswith("/")
    assert kept["key"] == OPTION["key"]
    assert kept["identity_key"] == KEY


def test_who_is_signed_in_is_proven_to_the_chat_and_the_proof_never_stands_in_the_page():
    heard = wordpress(["acudo_chat_enqueue", []], ["acudo_chat_send_proof", []], user=USER)
    claims = proofs.read(heard["json"]["data"]["proof"], key=KEY, audience=OPTION["key"])

    assert heard["uncached"] is True
    assert (claims.sub, claims.name, claims.email) == ("wp-7", "Mia <b>", "mia@people.example")
    assert "acudo-chat-identify" in heard["scripts"]
    assert KEY not in json.dumps(heard["scripts"])
    assert wordpress(["acudo_chat_send_proof", []])["json"]["success"] is False


@pytest.mark.parametrize(
    ("world", "says"),
    [
        ({"answer": [200, "window.Acudo = 1"]}, "The chat answers"),
        ({"answer": [404, ""]}, "no chat with this key"),
        ({"answer": [200, "a shop"]}, "no chat with this key"),
        ({}, "does not answer: no route"),
        ({"option": {}}, "Save the address"),
        ({"is_admin": False}, "may not"),
    ],
)
def test_the_test_button_says_in_words_what_it_found(world, says):
    heard = wordpress(["acudo_chat_test", []], **{"is_admin": True, **world})

    assert says in heard["json"]["data"]["text"]
    assert heard["checked"] == "acudo_chat_test"


def test_the_settings_page_is_for_administrators_and_never_shows_the_secret():
    page = wordpress(["acudo_chat_page", []], is_admin=True, option=OPTION | {"desk": 'https://x"><script>'})["printed"]

    assert "<script" not in page and KEY not in page
    assert re.search(r'<button[^>]+id="acudo-test"', page)
    assert set(re.findall(r'<label for="([^"]+)"', page)) == set(re.findall(r'<input[^>]+\bid="([^"]+)"', page))
    assert wordpress(["acudo_chat_page", []])["printed"] == ""


def test_what_was_kept_goes_with_the_plugin():
    assert wordpress(uninstall=True)["gone"] == ["acudo_chat"]
