from django.apps import AppConfig


class JoiningConfig(AppConfig):
    """The commands that join processes (`up`, `serve`, `messages`) live here; there are no models."""

    name = "config"
    label = "config"
    verbose_name = "Acudo"
