"""Facts: one narrow row a ticket, and sums of them. They hold nothing that cannot be counted again from the tickets.

Numbers that name rows elsewhere are plain: a fact outlives the team it counts. 0 stands for "none", so that a unique
key may hold it.
"""

from django.db import models

DIMENSIONS = ("office", "team", "via", "priority", "type", "service")
PROMISES = ("first_response", "next_response", "resolution")
PARTIES = ("desk", "second", "supplier", "citizen")
MEASURES = (
    "opened",
    "spam",
    *(f"{metric}_{end}" for metric in PROMISES for end in ("kept", "late")),
    "solved",
    "reopened",
    "reopenings",
    "first_contact",
    "late_tickets",
    *(f"{party}_minutes" for party in PARTIES),
)


class Measures(models.Model):
    """What is counted of tickets opened at a time. Spam counts as nothing but spam."""

    opened = models.IntegerField(default=0)
    spam = models.IntegerField(default=0)
    first_response_kept = models.IntegerField(default=0)
    first_response_late = models.IntegerField(default=0)
    next_response_kept = models.IntegerField(default=0)
    next_response_late = models.IntegerField(default=0)
    resolution_kept = models.IntegerField(default=0)
    resolution_late = models.IntegerField(default=0)
    solved = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    reopenings = models.IntegerField(default=0)
    first_contact = models.IntegerField(default=0)
    late_tickets = models.IntegerField(default=0)  # with a broken promise of any of these kinds
    # Open hours that each had a finished ticket, in whole minutes: see apps/sla/parties.py.
    desk_minutes = models.IntegerField(default=0)
    second_minutes = models.IntegerField(default=0)
    supplier_minutes = models.IntegerField(default=0)
    citizen_minutes = models.IntegerField(default=0)

    class Meta:
        abstract = True


class TicketFact(Measures):
    """One ticket: where it belongs, when it came and ended (days and hours of the installation's zone), what counts."""

    ticket_id = models.BigIntegerField(primary_key=True)
    opened_on = models.DateField(db_index=True)
    opened_hour = models.PositiveSmallIntegerField()
    ended_on = models.DateField(null=True, db_index=True)
    ended_hour = models.PositiveSmallIntegerField(null=True)
    office = models.BigIntegerField()
    team = models.BigIntegerField(default=0)
    via = models.CharField(max_length=20)
    priority = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=12)
    service = models.BigIntegerField(default=0)
    agent = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=12, blank=True, default="")  # why it was late, if somebody said so

    class Meta:
        indexes = [
            models.Index(fields=["agent", "opened_on"], name="fact_of_agent"),
            models.Index(fields=["opened_on"], name="fact_late", condition=models.Q(late_tickets__gt=0)),
            models.Index(fields=["reason", "opened_on"], name="fact_said", condition=models.Q(reason__gt="")),
        ]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id}"


class PromiseFact(models.Model):
    """One promise that is decided: late or not, and if it was done how long it took, in whole minutes of its own hours
    and of the clock on the wall."""

    clock_id = models.BigIntegerField(primary_key=True)
    ticket_id = models.BigIntegerField(db_index=True)
    opened_on = models.DateField()
    metric = models.CharField(max_length=16)
    policy = models.BigIntegerField(default=0)
    is_late = models.BooleanField(default=False)
    business_minutes = models.IntegerField(null=True)
    elapsed_minutes = models.IntegerField(null=True)
    office = models.BigIntegerField()
    team = models.BigIntegerField(default=0)
    via = models.CharField(max_length=20)
    priority = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=12)
    service = models.BigIntegerField(default=0)
    agent = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["opened_on", "metric"], name="length_by_opening"),
            models.Index(fields=["agent", "opened_on"], name="length_of_agent"),
        ]

    def __str__(self) -> str:
        return f"clock {self.clock_id}"


class MonthCell(Measures):
    """Sums of a month of opening, by everything but the agent."""

    month = models.DateField()
    office = models.BigIntegerField()
    team = models.BigIntegerField()
    via = models.CharField(max_length=20)
    priority = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=12)
    service = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", *DIMENSIONS], name="one_month_cell")]

    def __str__(self) -> str:
        return f"{self.month} {self.office}"


class AgentCell(Measures):
    """Sums of a month of opening, by who has the ticket."""

    month = models.DateField()
    office = models.BigIntegerField()
    team = models.BigIntegerField()
    via = models.CharField(max_length=20)
    agent = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "office", "team", "via", "agent"], name="one_agent_cell")
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.agent}"


class PolicyCell(models.Model):
    """Promises of a month of opening, by the policy that made them."""

    month = models.DateField()
    office = models.BigIntegerField()
    team = models.BigIntegerField()
    via = models.CharField(max_length=20)
    policy = models.BigIntegerField()
    metric = models.CharField(max_length=16)
    kept = models.IntegerField(default=0)
    late = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "office", "team", "via", "policy", "metric"], name="one_policy_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} policy {self.policy}"


class LengthCell(models.Model):
    """How often a promise of a month of opening took so many minutes: what a year's exact median is found from."""

    month = models.DateField()
    office = models.BigIntegerField()
    metric = models.CharField(max_length=16)
    is_wall_clock = models.BooleanField()
    minutes = models.IntegerField()
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "office", "metric", "is_wall_clock", "minutes"], name="one_length_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.metric} {self.minutes} min"


class HourCell(Measures):
    """Sums of an hour of opening; `ended` counts tickets that ended in it, whenever they were opened."""

    on = models.DateField()
    hour = models.PositiveSmallIntegerField()
    office = models.BigIntegerField()
    team = models.BigIntegerField()
    via = models.CharField(max_length=20)
    ended = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["on", "hour", "office", "team", "via"], name="one_hour_cell")]

    def __str__(self) -> str:
        return f"{self.on} {self.hour}"


class Touched(models.Model):
    """A ticket has changed and is to be counted again. Written with the change; nobody waits for anybody here."""

    ticket_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"ticket {self.ticket_id}"


class FactState(models.Model):
    """One row. Whoever holds it counts; `walked_to` is how far the round that checks every ticket has come."""

    counted_at = models.DateTimeField(null=True)
    walked_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"counted {self.counted_at}"
