from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmailConfig(AppConfig):
    name = "apps.omnichannel.email"
    label = "channel_email"
    verbose_name = _("E-mail")

    def ready(self) -> None:
        from apps.omnichannel.email.adapter import EmailAdapter
        from apps.omnichannel.registry import register

        register(
            EmailAdapter,
            label=self.verbose_name,
            form="apps.omnichannel.email.forms.EmailForm",
            pulses="apps.omnichannel.email.pulse.pulses",
        )
