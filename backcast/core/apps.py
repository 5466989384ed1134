from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "backcast.core"
    label = "core"
