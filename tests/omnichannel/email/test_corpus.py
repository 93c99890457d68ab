"""The level that the reading of real mail has reached; it may only rise."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "mail"
FLOOR = {  # per cent
    "parsed": 100,
    "subject": 100,
    "from_address": 100,
    "from_name": 100,
    "to": 100,
    "original_sender": 100,
    "message_id": 100,
    "in_reply_to": 100,
    "references": 100,
    "text": 100,
    "attachment_count": 100,
    "attachment_names": 100,
    "attachment_size": 100,
    "auto_submitted": 100,
    "is_bounce": 100,
    "reply_contains": 100,
    "reply_excludes": 92,
    "reply_exact": 94,
}


@pytest.mark.corpus
@pytest.mark.skipif(not (CORPUS / "score.py").exists(), reason="no corpus of mails beside the checkout")
def test_a_corpus_of_real_mail_is_read_as_well_as_ever(tmp_path):
    out = StringIO()
    call_command("read_mail", batch=str(CORPUS), stdout=out)
    results = tmp_path / "results.jsonl"
    results.write_text(out.getvalue(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, CORPUS / "score.py", CORPUS, results, "--json"], capture_output=True, text=True, check=True
    )
    score = {name: 100 * row["ok"] / row["of"] for name, row in json.loads(done.stdout).items()}
    assert {name: score[name] for name, floor in FLOOR.items() if score[name] < floor} == {}
