"""How much of what is personal is found, and how seldom it is held for nothing: on the labelled replies."""

import json
from collections import Counter

from django.core.management import call_command

from apps.guard.look import look
from tests.guard.replies import replies


def found():
    return [(reply, look(reply.text, allowed_names=[reply.citizen])) for reply in replies()]


def test_the_set_is_large_and_half_of_it_is_personal():
    kinds = Counter(bool(reply.kind) for reply in replies())
    assert sum(kinds.values()) >= 300
    assert 0.4 <= kinds[True] / sum(kinds.values()) <= 0.6
    assert Counter(reply.language for reply in replies()).keys() == {"es", "it", "pt", "en"}


def test_numbers_with_a_check_digit_are_found():
    rows = [(reply, hits) for reply, hits in found() if reply.is_checked]
    missed = [reply.text for reply, hits in rows if not any(hit.is_proven for hit in hits)]
    assert len(missed) <= len(rows) * 0.01, missed


def test_the_rest_is_found():
    rows = [(reply, hits) for reply, hits in found() if reply.kind and not reply.is_checked]
    missed = [(reply.kind, reply.text) for reply, hits in rows if not hits]
    assert len(missed) <= len(rows) * 0.05, missed


def test_little_is_held_for_nothing():
    rows = [(reply, hits) for reply, hits in found() if not reply.kind]
    held = [(reply.text, hits) for reply, hits in rows if hits]
    assert len(held) <= len(rows) * 0.05, held


def test_the_command_says_it_a_line_each(tmp_path, capsys):
    file = tmp_path / "replies.json"
    cases = [
        {"id": 1, "text": "Su cédula 1.234.567-2, Mia", "citizen": "Mia"},
        {"id": 2, "text": "Abrimos a las 8, Mia", "citizen": {"name": "Mia Stone"}},
    ]
    file.write_text(json.dumps(cases))
    call_command("guard", "--batch", str(file))
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["id"] == 1 and first["hold"] and first["hits"][0]["kind"] == "uy_ci" and first["hits"][0]["reason"]
    assert second == {"id": 2, "hold": False, "hits": []}
