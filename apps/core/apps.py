from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "apps.core"
    label = "core"
