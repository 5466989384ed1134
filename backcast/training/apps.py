from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "backcast.training"
    label = "training"
