import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)


class Breaker:
    """After a failure nobody tries again for a while, so a dead service costs one wait, not one per request."""

    def __init__(self, rest_seconds: float = 5) -> None:
        self.rest_seconds = rest_seconds
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._closed_again_at

    def trip(self) -> None:
        self._closed_again_at = time.monotonic() + self.rest_seconds


class ForgivingRedisCache(RedisCache):
    """A cache that is merely empty while Redis is away (R-21)."""

    breaker = Breaker()

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(super().add, True, *args, **kwargs)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try(super().get, default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        return self._try(super().set, None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(super().touch, False, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(super().delete, False, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict:
        return self._try(super().get_many, {}, *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> list:
        return self._try(super().set_many, [], *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        return self._try(super().delete_many, None, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(super().has_key, False, *args, **kwargs)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._try(super().incr, delta, key, delta, version)

    def clear(self) -> bool:
        return self._try(super().clear, False)

    def _try(self, act: Callable, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        if self.breaker.is_open:
            return otherwise
        try:
            return act(*args, **kwargs)
        except (RedisError, OSError) as error:
            self.breaker.trip()
            logger.warning("cache.away", reason=type(error).__name__)
            return otherwise
