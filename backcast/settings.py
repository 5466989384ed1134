"""Settings, read from the environment. ``docs/guide/running.md`` lists every variable.

Three modes: ``production`` (asked for, and checked before it starts), ``demonstration`` (the
default: embedded database, outbox instead of mail) and ``test``.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from backcast.core.embedded import APP, OWNER, WORKER
from backcast.core.home import ROOT, cluster, home
from backcast.web.signin.config import *  # noqa: F403

HOME = home()
MODE = os.environ.get("BACKCAST_MODE", "demonstration")
PRODUCTION = MODE == "production"
DEMONSTRATION = MODE == "demonstration"
TESTING = MODE == "test"


def _secret_key() -> str:
    """From the environment; outside production, made once and kept in the home folder."""
    given = os.environ.get("BACKCAST_SECRET_KEY", "")
    if given or PRODUCTION:
        return given
    path = HOME / "secret-key"
    try:
        return path.read_text().strip()
    except OSError:
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
        return path.read_text()


def _database(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    known = {"dbname", "user", "password", "host", "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 0 if TESTING else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {key: value for key, value in parts.items() if key not in known},
    }


#: True where no other server is named, so that Backcast runs its own.
EMBEDDED = not os.environ.get("DATABASE_URL")
CLUSTER = cluster()
_PROCESS_ROLE = os.environ.get("BACKCAST_PROCESS", "app")  # "app" or "worker"
if EMBEDDED:
    _app_url = CLUSTER.url(WORKER if _PROCESS_ROLE == "worker" else APP)
    _owner_url = CLUSTER.url(OWNER)
else:
    _app_url = os.environ["DATABASE_URL"]
    if _PROCESS_ROLE == "worker":
        _app_url = os.environ.get("DATABASE_WORKER_URL") or _app_url
    _owner_url = os.environ.get("DATABASE_OWNER_URL", "")

#: ``default`` is what pages (as ``app``) and jobs (as ``worker``) use; ``owner`` only migrates.
DATABASES: dict[str, dict[str, Any]] = {"default": _database(_app_url)}
if _owner_url:
    DATABASES["owner"] = _database(_owner_url) | {"CONN_MAX_AGE": 0, "TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["backcast.core.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [
    host
    for host in os.environ.get("BACKCAST_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost").split(
        ","
    )
    if host
]
if TESTING:
    ALLOWED_HOSTS.append("testserver")
#: The address people reach us at, used in messages.
BASE_URL = os.environ.get("BACKCAST_URL", "").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []

INSTALLED_APPS = [
    "backcast.core",
    "backcast.partners",
    "backcast.frameworks",
    "backcast.demand",
    "backcast.training",
    "backcast.delivery",
    "backcast.planning",
    "backcast.demonstration",
    "backcast.web",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "backcast.web.apps.ComponentsConfig",
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backcast.web.middleware.ActingMiddleware",
    "backcast.web.language.LanguageMiddleware",
]

ROOT_URLCONF = "backcast.web.urls"
WSGI_APPLICATION = "backcast.web.wsgi.application"
FORM_RENDERER = "backcast.web.forms.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "backcast.web.templatetags.backcast",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backcast.web.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "partners.Person"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "backcast.web.errors.csrf_failure"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
#: Pages are English but for those that are translated in full (``web/language.py``): the browser's wish
#: alone would mix two languages on all others.
LOCALE_PATHS = [ROOT / "backcast" / "locale"]
FORMAT_MODULE_PATH = ["backcast.web.formats"]
TIME_ZONE = os.environ.get("BACKCAST_TIME_ZONE", "America/New_York")
USE_TZ = True
USE_I18N = True

_NODE = ROOT / "node_modules"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [
    (prefix, folder)
    for prefix, folder in (
        *(
            (f"uswds/{name}", _NODE / "@uswds" / "uswds" / "dist" / name)
            for name in ("css", "fonts", "img", "js")
        ),
        ("htmx", _NODE / "htmx.org" / "dist"),
        ("echarts", _NODE / "echarts" / "dist"),
    )
    if folder.is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "backcast.web.storage.StaticStorage"
    },
}
MEDIA_ROOT = HOME / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
#: Larger files are refused before they are read.
UPLOAD_LIMIT_MB = 50

#: ``database`` keeps messages in the demonstration's outbox page; production needs a real service.
MAIL = os.environ.get("BACKCAST_MAIL", "" if PRODUCTION else "outbox")
EMAIL_BACKEND = {
    "outbox": "backcast.demonstration.outbox.Backend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "mailgun": "anymail.backends.mailgun.EmailBackend",
    "postmark": "anymail.backends.postmark.EmailBackend",
    "sendgrid": "anymail.backends.sendgrid.EmailBackend",
}.get("" if TESTING else MAIL, "django.core.mail.backends.locmem.EmailBackend")
_MAIL_KEY = os.environ.get("BACKCAST_MAIL_KEY", "")
ANYMAIL = {
    "MAILGUN_API_KEY": _MAIL_KEY,
    "POSTMARK_SERVER_TOKEN": _MAIL_KEY,
    "SENDGRID_API_KEY": _MAIL_KEY,
}
EMAIL_HOST = os.environ.get("BACKCAST_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("BACKCAST_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("BACKCAST_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("BACKCAST_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("BACKCAST_SMTP_TLS", "1" if PRODUCTION else "0") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("BACKCAST_FROM", "Backcast <backcast@localhost>")

#: How text messages leave; empty: they do not, and nobody is asked for a number.
TEXTS = os.environ.get("BACKCAST_TEXTS", "" if PRODUCTION else "outbox")
TEXT_GATEWAY = {
    "outbox": "backcast.demonstration.outbox.keep_text",
    "http": "backcast.partners.texts.by_http",
    "twilio": "backcast.partners.texts.by_twilio",
}.get(TEXTS, "")
TEXTS_URL = os.environ.get("BACKCAST_TEXTS_URL", "")
TEXTS_ACCOUNT = os.environ.get("BACKCAST_TEXTS_ACCOUNT", "")
TEXTS_KEY = os.environ.get("BACKCAST_TEXTS_KEY", "")
TEXTS_FROM = os.environ.get("BACKCAST_TEXTS_FROM", "")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}

LOGGING_CONFIG = "backcast.core.logs.configure"
# Not empty, or Django would never call the above; what it says is not read.
LOGGING: dict[str, Any] = {"version": 1}
#: An address is unique without case, by a constraint that the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"
