from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "backcast.frameworks"
    label = "frameworks"
