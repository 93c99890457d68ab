import io
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from apps.hours.cases import moment

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "sla" / "cases.json"


def ask(document, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(document if isinstance(document, str) else json.dumps(document)))
    out = io.StringIO()
    call_command("working_time", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_it_answers_due_times_and_spans_a_line_each(monkeypatch):
    group = {
        "tz": "Europe/Madrid",
        "weekly_hours": {"mon": [["09:00", "24:00"]]},
        "cases": [
            {"id": "a", "start": "2026-03-02T08:30:00Z", "business_minutes": 30},
            {"id": "b", "start": "2026-03-02T09:00:00", "end": "2026-03-03T09:00:00"},
        ],
    }
    never = {
        "tz": "Europe/Madrid",
        "weekly_hours": {},
        "cases": [{"id": "c", "start": "2026-03-02T08:30:00Z", "business_minutes": 1}],
    }
    assert ask({"groups": [group, never]}, monkeypatch) == [
        {"id": "a", "due": "2026-03-02T10:00:00+01:00"},
        {"id": "b", "business_minutes": 900.0},
        {"id": "c", "due": None},
    ]


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"groups": [{"tz": "Olmo/Nowhere", "cases": [{"id": 1}]}]}'])
def test_it_says_what_it_cannot_read(broken, monkeypatch):
    with pytest.raises(CommandError):
        ask(broken, monkeypatch)


def test_a_case_that_cannot_be_read_costs_no_other(monkeypatch):
    week = {"weekly_hours": {"mon": [["09:00", "19:00"]]}}
    good = {"id": "g", "start": "2026-03-02T08:30:00Z", "business_minutes": 30}
    groups = [{"tz": "Olmo/Nowhere", **week, "cases": [good]}, {"tz": "UTC", **week}]
    groups[1]["cases"] = [good | {"id": "a", "start": "bad"}, {"id": "b"}, None, good]
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"groups": groups})))
    with pytest.raises(CommandError, match="4 cases"):
        call_command("working_time", stdout=out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["id"], "error" in line) for line in told] == [
        ("g", True), ("a", True), ("b", True), (None, True), ("g", False)
    ]  # fmt: skip


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of working-time cases is not beside this checkout")
def test_every_case_of_the_corpus_agrees(monkeypatch):
    document = json.loads(CORPUS.read_text())
    given = {answer["id"]: answer for answer in ask(document, monkeypatch)}
    wrong = [
        case["id"]
        for group in document["groups"]
        for case in group["cases"]
        if not _agrees(case, given[case["id"]], ZoneInfo(group["tz"]))
    ]
    assert wrong == []
    assert len(given) == sum(len(group["cases"]) for group in document["groups"])


def _agrees(case, answer, tz):
    if "expected_due" not in case:
        return abs(answer["business_minutes"] - case["expected_business_minutes"]) < 1e-6
    if case["expected_due"] is None or answer["due"] is None:
        return case["expected_due"] is answer["due"]
    return datetime.fromisoformat(answer["due"]) == moment(case["expected_due"], tz)


def test_a_reader_who_leaves_early_is_no_error(monkeypatch):
    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    case = {"id": "a", "start": "2026-03-02T08:30:00Z", "business_minutes": 30}
    weekly = {"mon": [["09:00", "24:00"]]}
    document = {"groups": [{"tz": "Europe/Madrid", "weekly_hours": weekly, "cases": [case]}]}
    with open(os.devnull, "w") as nowhere:
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(document)))
        monkeypatch.setattr(sys, "stdout", nowhere)
        call_command("working_time", stdout=Gone())
