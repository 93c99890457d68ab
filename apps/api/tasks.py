from celery import shared_task

from apps.api.models import RememberedAnswer


@shared_task
def forget_old_answers() -> None:
    """Deletes by age, so a second run finds nothing."""
    RememberedAnswer.objects.old().delete()
