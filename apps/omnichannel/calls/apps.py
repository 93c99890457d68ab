from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "apps.omnichannel.calls"
    label = "channel_calls"
    verbose_name = _("Calls")

    def ready(self) -> None:
        from apps.omnichannel.calls.adapter import CallsAdapter
        from apps.omnichannel.registry import register

        register(CallsAdapter, label=self.verbose_name, form="apps.omnichannel.calls.forms.CallsForm")
