"""What can go wrong in words: a code for machines, a sentence for people, fields for detail."""

from typing import Any


class DomainError(Exception):
    """A refusal by a rule of the desk. `message` is translatable and safe to show; `status` is the HTTP answer."""

    status = 422

    def __init__(self, code: str, message: Any, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """What was given cannot be used: empty text, unknown word, a thing of another office."""


class NotAllowed(DomainError):
    """The viewer may see the thing but not do this with it."""

    status = 403


class Conflict(DomainError):
    """Something changed meanwhile, or the move is not possible from here."""

    status = 409


class TooMany(DomainError):
    """A limit was reached; `retry_after` is in whole seconds."""

    status = 429

    def __init__(self, code: str, message: Any, *, retry_after: int, **detail: Any) -> None:
        super().__init__(code, message, **detail)
        self.retry_after = retry_after
