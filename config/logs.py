"""Structured logs on standard error. No bodies, no tokens; a line break from outside cannot start a line (S-62)."""

import logging.config
import re
import sys
from typing import Any

# structlog takes along whatever draws tracebacks prettily where that is installed; we draw none, and it is 10 MB.
_without = {name: sys.modules.setdefault(name, None) for name in ("rich", "better_exceptions")}  # type: ignore[arg-type]
import structlog  # noqa: E402

for _name, _was in _without.items():
    if _was is None:
        del sys.modules[_name]

# A magic link or a hook's address is a key: whoever reads the log must not get in with it.
_KEYS_IN_PATHS = re.compile(r"(/(?:m|hooks|reset)/)[^\s?]+")
_BREAKS = str.maketrans({"\n": "\\n", "\r": "\\r", "\x1b": "\\x1b", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def configure(level: str, as_json: bool) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        escape_breaks,
        hide_keys_in_paths,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    endings: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "acudo": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *endings],
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "acudo"}},
            "root": {"handlers": ["console"], "level": level},
            "loggers": {
                "daphne": {"level": "WARNING"},
                "asyncio": {"level": "WARNING"},
                "celery": {"level": "WARNING"},
                "django.request": {"level": "ERROR"},
                "kombu": {"level": "WARNING"},
                "mail.log": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
            },
        }
    )


def escape_breaks(_logger: object, _method: str, fields: dict[str, Any]) -> dict[str, Any]:
    for name, value in fields.items():
        if isinstance(value, str):
            fields[name] = value.translate(_BREAKS)
    return fields


def hide_keys_in_paths(_logger: object, _method: str, fields: dict[str, Any]) -> dict[str, Any]:
    if isinstance(fields.get("event"), str):
        fields["event"] = _KEYS_IN_PATHS.sub(r"\1…", fields["event"])
    return fields
