"""The floor: what every table shares, and signs of life."""

from datetime import datetime
from typing import Any

from django.db import models

from apps.core import clock


class TimeStamped(models.Model):
    """When a row came and when it last changed."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.updated_at = clock.now()
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "updated_at"}
        super().save(*args, **kwargs)


class Heartbeat(models.Model):
    """The last sign of life of a part that works in the background."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"at": clock.now()})

    @classmethod
    def last(cls, name: str) -> datetime | None:
        return cls.objects.filter(name=name).values_list("at", flat=True).first()


class LimitCount(models.Model):
    """How often something was done in one window; shared by all processes (SECURITY S-57)."""

    bucket = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "key", "window"], name="one_count_a_window")]
        indexes = [models.Index(fields=["window"], name="limit_window")]

    def __str__(self) -> str:
        return f"{self.bucket} {self.count}"
