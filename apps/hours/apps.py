from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoursConfig(AppConfig):
    name = "apps.hours"
    label = "hours"
    verbose_name = _("Opening hours")
    default_auto_field = "django.db.models.BigAutoField"
