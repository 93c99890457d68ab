"""When an office is open: calendars, their weeks by validity date, and days that are different."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import public_id
from apps.core.models import TimeStamped
from apps.hours.querysets import CalendarQuerySet, PresenceQuerySet, ShiftQuerySet

MINUTES_A_DAY = 24 * 60


def working_days() -> list[int]:
    return [0, 1, 2, 3, 4]


class Calendar(models.Model):
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="calendars")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=60)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Madrid")
    is_always_open = models.BooleanField(_("open day and night, all year"), default=False)
    holiday_country = models.CharField(_("public holidays of"), max_length=2, blank=True, default="")
    holiday_region = models.CharField(_("region"), max_length=16, blank=True, default="")
    edition = models.CharField(max_length=22, default=public_id, editable=False)  # a new one with every change

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["office", "slug"], name="hours_calendar_once_per_office")]

    def __str__(self) -> str:
        return self.name


class KeptEdition(models.Model):
    """The hours as they were before a change, in whole: what was promised under them can be explained for ever.

    `hours` is `reading.frozen`: plain data, with the public holidays as they were known then.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="editions")
    edition = models.CharField(max_length=22)
    kept_at = models.DateTimeField()
    hours = models.JSONField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["calendar", "edition"], name="hours_edition_kept_once")]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.edition}"


class CalendarVersion(models.Model):
    """One week of opening times, in force from a date until the next version begins."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="versions")
    valid_from = models.DateField(_("valid from"))

    class Meta:
        ordering = ["valid_from"]
        constraints = [models.UniqueConstraint(fields=["calendar", "valid_from"], name="hours_version_once_per_date")]

    def __str__(self) -> str:
        return f"{self.calendar} ≥ {self.valid_from}"


class OpenStretch(models.Model):
    """From one minute of the day to another. An end that is not after the start runs past midnight."""

    opens_minute = models.PositiveSmallIntegerField(_("opens at minute"))
    closes_minute = models.PositiveSmallIntegerField(_("closes at minute"))

    class Meta:
        abstract = True

    @property
    def runs_past_midnight(self) -> bool:
        return self.closes_minute <= self.opens_minute


def _within_a_day(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(opens_minute__lt=MINUTES_A_DAY) & Q(closes_minute__lte=MINUTES_A_DAY),
        name=name,
    )


class Interval(OpenStretch):
    version = models.ForeignKey(CalendarVersion, on_delete=models.CASCADE, related_name="intervals")
    weekday = models.PositiveSmallIntegerField(_("weekday"))  # 0 is Monday
    label = models.CharField(_("label"), max_length=60, blank=True, default="")

    class Meta:
        ordering = ["weekday", "opens_minute"]
        constraints = [
            _within_a_day("hours_interval_within_a_day"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_interval_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens_minute}–{self.closes_minute}"


class SpecialDay(models.Model):
    """A closure, or a day with its own hours instead of the week's."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="special_days")
    on = models.DateField(_("date"))
    label = models.CharField(_("label"), max_length=120, blank=True, default="")
    is_closed = models.BooleanField(_("closed"), default=True)
    every_year = models.BooleanField(_("every year"), default=False)

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="hours_special_day_once_per_date")]

    def __str__(self) -> str:
        return f"{self.on} {self.label}".strip()


class SpecialInterval(OpenStretch):
    day = models.ForeignKey(SpecialDay, on_delete=models.CASCADE, related_name="intervals")

    class Meta:
        ordering = ["opens_minute"]
        constraints = [_within_a_day("hours_special_interval_within_a_day")]

    def __str__(self) -> str:
        return f"{self.opens_minute}–{self.closes_minute}"


class Shift(TimeStamped, OpenStretch):
    """Part of a day in which named people are on: with a place, a team, a head. Runs past midnight like any stretch."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="shifts")
    name = models.CharField(_("name"), max_length=80)
    place = models.CharField(_("place"), max_length=120, blank=True, default="")
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="shifts")
    weekdays = models.JSONField(default=working_days)  # 0 is Monday
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="headed_shifts"
    )
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["opens_minute", "name"]
        constraints = [_within_a_day("hours_shift_within_a_day")]

    def __str__(self) -> str:
        return self.name


class Rostered(models.Model):
    """Somebody is on in a shift: every week on a weekday, or on one date. Dates replace the weekday's people."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="rostered")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rostered")
    weekday = models.PositiveSmallIntegerField(_("weekday"), null=True)
    on = models.DateField(_("date"), null=True)
    is_head = models.BooleanField(_("head of the shift"), default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=True, on__isnull=False)
                | Q(weekday__isnull=False, weekday__lte=6, on__isnull=True),
                name="hours_rostered_weekly_or_once",
            ),
            models.UniqueConstraint(
                fields=["shift", "user", "weekday"], condition=Q(on=None), name="hours_rostered_once_a_weekday"
            ),
            models.UniqueConstraint(
                fields=["shift", "user", "on"], condition=Q(weekday=None), name="hours_rostered_once_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.shift_id}"


class Absence(models.Model):
    """Somebody is not there from one date to another, both included; who stands in for them, if anybody."""

    class Reason(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        ILL = "ill", _("Ill")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="absences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, default=Reason.HOLIDAY)
    replacement = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=models.F("first_on")), name="hours_absence_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first_on}–{self.last_on}"


class Presence(models.Model):
    """Is somebody there for new work right now, and for how much of each channel."""

    class State(models.TextChoices):
        AVAILABLE = "available", _("Available")
        BUSY = "busy", _("Busy")
        AWAY = "away", _("Away")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="presence"
    )
    state = models.CharField(max_length=9, choices=State, default=State.AWAY)
    is_automatic = models.BooleanField(default=False)  # away by itself: the next sign of life brings them back
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    capacity = models.JSONField(default=dict, blank=True)  # channel -> how many at once; 0 is none, absent the usual

    objects = PresenceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seen_at"], condition=~Q(state="away"), name="hours_presence_there")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"
