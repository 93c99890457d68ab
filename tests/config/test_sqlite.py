"""SQLite keeps the promises of the large database: nobody fails because somebody else writes (R-32)."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, TIMES = 6, 50
SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ACUDO_ENV_FILE": "/dev/null", "PYTHONPATH": str(ROOT)}
READ_THEN_WRITE = f"""
import django
django.setup()
from django.db import connection, transaction
from apps.core.models import LimitCount

for _ in range({TIMES}):
    with transaction.atomic():
        row = LimitCount.objects.get(bucket="test")
        row.count += 1
        row.save()
"""
PREPARE = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from apps.core.models import LimitCount

call_command("migrate", "core", verbosity=0)
LimitCount.objects.create(bucket="test", key="test", window=0)
with connection.cursor() as cursor:
    for pragma in ("journal_mode", "synchronous", "busy_timeout"):
        print(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
"""
COUNT = """
import django
django.setup()
from apps.core.models import LimitCount

print(LimitCount.objects.get().count)
"""


def start(program: str, folder: Path) -> subprocess.Popen:
    environment = {"PATH": os.environ["PATH"], "ACUDO_VAR_DIR": str(folder), **SETTINGS}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_r_32_processes_that_read_and_then_write_wait_for_each_other(tmp_path):
    prepared, errors = start(PREPARE, tmp_path).communicate(timeout=120)
    assert prepared.split() == ["wal", "1", "20000"], errors
    writers = [start(READ_THEN_WRITE, tmp_path) for _ in range(PROCESSES)]
    assert [writer.communicate(timeout=120)[1] for writer in writers] == [""] * PROCESSES
    assert start(COUNT, tmp_path).communicate(timeout=60)[0].strip() == str(PROCESSES * TIMES)
