"""The verbs at the door: keep what arrived, understand it, owe an answer, deliver it."""

from apps.omnichannel.services.amending import amend, amendments_of, ask_amendment, due_amendments
from apps.omnichannel.services.channels import save_channel, switch_channel
from apps.omnichannel.services.delivering import deliver
from apps.omnichannel.services.doors import (
    Addressing,
    addressed,
    addresses_in,
    door_for,
    most_bytes,
    sending_channels,
    undo_seconds,
    ways_for,
)
from apps.omnichannel.services.guarding import HeldBack
from apps.omnichannel.services.intake import correct, discard, process, process_again, store
from apps.omnichannel.services.outbox import cancel, owe, owe_notices, retry
from apps.omnichannel.services.outcomes import hear, report
from apps.omnichannel.services.receive import Received, receive
from apps.omnichannel.services.undoing import NotUndoable, TakenBack, can_undo, undo_send
from apps.omnichannel.services.watch import begin_round, can_be_watched, keep_watch, send_round, switch_watch

__all__ = [
    "Addressing",
    "HeldBack",
    "NotUndoable",
    "Received",
    "TakenBack",
    "addressed",
    "addresses_in",
    "amend",
    "amendments_of",
    "ask_amendment",
    "begin_round",
    "can_be_watched",
    "can_undo",
    "cancel",
    "correct",
    "deliver",
    "discard",
    "door_for",
    "due_amendments",
    "hear",
    "keep_watch",
    "most_bytes",
    "owe",
    "owe_notices",
    "process",
    "process_again",
    "receive",
    "report",
    "retry",
    "save_channel",
    "send_round",
    "sending_channels",
    "store",
    "switch_channel",
    "switch_watch",
    "undo_seconds",
    "undo_send",
    "ways_for",
]
