from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "backcast.delivery"
    label = "delivery"
