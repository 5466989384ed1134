from django.apps import AppConfig


class DemandConfig(AppConfig):
    name = "backcast.demand"
    label = "demand"
