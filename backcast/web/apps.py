from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "backcast.web"
    label = "web"
    default = True


class ComponentsConfig(AppConfig):
    """The U.S. Web Design System components, without their maker's pattern library.

    The package's own configuration complains at every start that the library is not installed.
    """

    name = "django_cotton_uswds"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Components"
