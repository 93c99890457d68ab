from django.db import models


class CalendarQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Calendars of the offices in which the viewer may at least see tickets."""
        return self.filter(office_id__in=viewer.offices_with("ticket.view"))

    def manageable_by(self, viewer):
        return self.filter(office_id__in=viewer.offices_with("hours.manage"))

    def with_hours(self):
        """Everything `services.working_hours` reads, in a fixed number of queries."""
        return self.prefetch_related("versions__intervals", "special_days__intervals")


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(office_id__in=viewer.offices_with("ticket.view"))

    def manageable_by(self, viewer):
        return self.filter(office_id__in=viewer.offices_with("shift.manage"))

    def of_offices(self, office_ids):
        return self.filter(office_id__in=office_ids)


class PresenceQuerySet(models.QuerySet):
    def there(self):
        """Not away."""
        # Spelled as the partial index spells it.
        return self.exclude(state="away")

    def silent_since(self, moment):
        return self.there().filter(seen_at__lt=moment)
