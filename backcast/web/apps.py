from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "backcast.web"
    label = "web"


class ComponentsConfig(AppConfig):
    """The design system's components, without their own start-up step.

    That step reaches for ``markdown`` and ``pattern_library``, which only their authors' catalogue
    needs, and complains on every start where they are missing.
    """

    name = "django_cotton_uswds"
    default = False
