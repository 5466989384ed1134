from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "backcast.demonstration"
    label = "demonstration"
