from datetime import date

import factory

from apps.hours.models import Calendar, CalendarVersion, Interval
from tests.factories.accounts import OfficeFactory

OFFICE_DAY = ((9 * 60, 18 * 60),)


class CalendarFactory(factory.django.DjangoModelFactory):
    """Monday to Friday 9–18 in Madrid, unless `week=` gives seven lists of (opens, closes) in minutes."""

    class Meta:
        model = Calendar
        skip_postgeneration_save = True

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"Calendar {n}")
    slug = factory.Sequence(lambda n: f"calendar-{n}")
    time_zone = "Europe/Madrid"

    @factory.post_generation
    def week(self, create, week, **kwargs):
        if not create:
            return
        version = CalendarVersion.objects.create(calendar=self, valid_from=date(2020, 1, 1))
        days = (OFFICE_DAY,) * 5 + ((), ()) if week is None else week
        Interval.objects.bulk_create(
            Interval(version=version, weekday=weekday, opens_minute=opens, closes_minute=closes)
            for weekday, spans in enumerate(days)
            for opens, closes in spans
        )
