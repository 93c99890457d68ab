import factory

from apps.sla.models import Metric, Policy, Target
from tests.factories.accounts import OfficeFactory
from tests.factories.hours import CalendarFactory

HOUR = 3600


class PolicyFactory(factory.django.DjangoModelFactory):
    """Answers in 4 and 8 hours, solved in 18 (two days), for every priority; `targets=` replaces them."""

    class Meta:
        model = Policy
        skip_postgeneration_save = True

    office = factory.SubFactory(OfficeFactory)
    calendar = factory.SubFactory(CalendarFactory, office=factory.SelfAttribute("..office"))
    name = factory.Sequence(lambda n: f"Policy {n}")

    @factory.post_generation
    def targets(self, create, targets, **kwargs):
        if not create:
            return
        if targets is None:
            targets = {Metric.FIRST_RESPONSE: 4 * HOUR, Metric.NEXT_RESPONSE: 8 * HOUR, Metric.RESOLUTION: 18 * HOUR}
        for key, seconds in targets.items():
            metric, priority = key if isinstance(key, tuple) else (key, None)
            Target.objects.create(policy=self, metric=metric, priority=priority, seconds=seconds)
