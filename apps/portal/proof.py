"""Proof of work: a browser that runs our script spends a second before it sends. No puzzle, no third party, pure.

The work is bound to one draft, and a draft is sent once: nothing can be shown twice or prepared for another.
"""

import hashlib
import re

BITS = 16  # about 65,000 tries: a second on a cheap phone, hours for a flood
ANSWER = re.compile(r"[0-9]{1,12}", re.ASCII)


def is_done(draft_id: str, answer: str) -> bool:
    """Whether SHA-256 of "draft.answer" begins with BITS zeros."""
    if not ANSWER.fullmatch(answer):
        return False
    found = hashlib.sha256(f"{draft_id}.{answer}".encode()).digest()
    return int.from_bytes(found, "big") >> (256 - BITS) == 0
