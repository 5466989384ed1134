from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "backcast.planning"
    label = "planning"
