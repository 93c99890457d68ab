from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacebookConfig(AppConfig):
    name = "apps.omnichannel.facebook"
    label = "channel_facebook"
    verbose_name = _("Facebook page")

    def ready(self) -> None:
        from apps.omnichannel.facebook.adapter import FacebookAdapter
        from apps.omnichannel.registry import register

        register(
            FacebookAdapter,
            label=self.verbose_name,
            form="apps.omnichannel.facebook.forms.FacebookForm",
            above="apps.omnichannel.facebook.panel.above",
            ways="apps.omnichannel.facebook.ways.ways",
            card="apps.omnichannel.facebook.panel.card",
            rehearsal="apps.omnichannel.facebook.rehearsal",
        )
