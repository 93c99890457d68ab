from django.apps import AppConfig


class OmnichannelConfig(AppConfig):
    name = "apps.omnichannel"
    label = "omnichannel"
