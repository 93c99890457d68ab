"""A wrong value in the environment is said in one sentence."""

import os
import subprocess
import sys

from config.env import BASE_DIR


def test_a_wrong_port_is_one_sentence_and_no_traceback():
    said = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=BASE_DIR,
        env={**os.environ, "PORT": "abc"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr.strip() == "PORT must be a whole number, not 'abc'."
