from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "backcast.partners"
    label = "partners"
