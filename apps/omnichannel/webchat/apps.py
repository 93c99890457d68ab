from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebchatConfig(AppConfig):
    name = "apps.omnichannel.webchat"
    label = "channel_webchat"
    verbose_name = _("Web chat")

    def ready(self) -> None:
        from apps.omnichannel.registry import register
        from apps.omnichannel.webchat.adapter import WebchatAdapter

        register(
            WebchatAdapter,
            label=self.verbose_name,
            form="apps.omnichannel.webchat.forms.WebchatForm",
            beside="apps.omnichannel.webchat.panel.beside",
        )
