"""Settings of an installation. Everything an operator changes comes from the environment; see docs/how-to/run.md."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from blisko.kit import postgres
from blisko.kit.files import storage_at
from blisko.ui.rules import content_security_policy

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("BLISKO_HOME", ROOT / ".blisko"))


def yes(name: str, otherwise: bool = False) -> bool:
    return os.environ.get(name, "1" if otherwise else "0").lower() in ("1", "true", "yes", "on")


def secret_key() -> str:
    """Answer SECRET_KEY from the environment, else one made once and kept in the data folder, readable by us alone."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    HOME.mkdir(parents=True, exist_ok=True)
    file = HOME / "secret.key"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text()


def database(url: str) -> dict[str, object]:
    """Answer Django's settings for a `postgresql://user:password@host:port/name?host=/socket/folder` URL."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **query},
        "TEST": {"NAME": os.environ.get("BLISKO_TEST_DB", "test_blisko")},
    }


SECRET_KEY = secret_key()
DEBUG = yes("BLISKO_DEBUG")
DEMO = yes("BLISKO_DEMO")
ALLOWED_HOSTS = os.environ.get("BLISKO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
BLISKO_PUBLIC_URL = os.environ.get("BLISKO_PUBLIC_URL", f"http://localhost:{os.environ.get('BLISKO_WEB_PORT', '8000')}")
BLISKO_LIVE_URL = os.environ.get("BLISKO_LIVE_URL", f"http://localhost:{os.environ.get('BLISKO_LIVE_PORT', '8001')}")
# Networks whose X-Forwarded-For is believed: one's own proxies, like "10.0.0.0/8,127.0.0.1".
BLISKO_PROXIES = [each.strip() for each in os.environ.get("BLISKO_PROXIES", "").split(",") if each.strip()]
CSRF_TRUSTED_ORIGINS = [BLISKO_PUBLIC_URL]
BLISKO_HOME = HOME
BLISKO_BRAND = os.environ.get("BLISKO_BRAND", "Blisko")
BLISKO_HOTLINE = os.environ.get("BLISKO_HOTLINE", "+48 22 555 01 00")
BLISKO_CLOCK = os.environ.get("BLISKO_CLOCK", "")
BLISKO_API_RATE = int(os.environ.get("BLISKO_API_RATE", "3000"))  # requests a minute that one API token may make
BLISKO_EMBED_BY = os.environ.get("BLISKO_EMBED_BY", "").split()  # sites that may hold embeddable links in a frame
BLISKO_WEBHOOK_PRIVATE = yes("BLISKO_WEBHOOK_PRIVATE")  # webhooks may go to addresses in private networks, and without TLS
BLISKO_PUSH_PRIVATE = yes("BLISKO_PUSH_PRIVATE")  # push services may be in private networks, and without TLS
BLISKO_TRAVEL_ROWS = int(os.environ.get("BLISKO_TRAVEL_ROWS", "5000000"))  # ways kept of what the road engine answered
# Times what the roads say, by hours (night, morning, midday, afternoon, evening): {"morning": 1.2}; our own trips correct it.
BLISKO_ROAD_FACTORS = json.loads(os.environ.get("BLISKO_ROAD_FACTORS", "{}"))
BLISKO_MAP_FILE = os.environ.get("BLISKO_MAP_FILE", "")
BLISKO_MAP_URL = os.environ.get("BLISKO_MAP_URL", "")

APPS = [
    # floors: begin
    "blisko.simulator",
    "blisko.reports",
    "blisko.webhooks",
    "blisko.live",
    "blisko.planning",
    "blisko.field",
    "blisko.visits",
    "blisko.customers",
    "blisko.imports",
    "blisko.messaging",
    "blisko.accounts",
    "blisko.access",
    "blisko.ui",
    "blisko.kit",
    # floors: end
]
INSTALLED_APPS = [
    *APPS,
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "procrastinate.contrib.django",
    "phonenumber_field",
    "django_vite",
    "csp",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "blisko.kit.middleware.CompressedWords",
    "blisko.kit.middleware.PrivateByDefault",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "blisko.accounts.middleware.ActorMiddleware",
    "blisko.live.middleware.GuessLimit",
    "blisko.live.middleware.ShownPositions",
    "blisko.kit.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# Every app's jobs.py is found when the queue starts.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "blisko.ui.context.house",
                "config.menu.menu",
            ],
        },
    },
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL") or postgres.database_url(HOME / "postgres"))}
# Shared by all processes, so that tries at signing in are counted once.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "access_cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if os.environ.get("BLISKO_PROXIES") else 0
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "blisko.accounts.adapters.signup.ClosedSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "blisko.accounts.adapters.second_factor.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Whoever an admin has added comes in by single sign-on, too, when the provider vouches for the same e-mail address.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": os.environ.get("BLISKO_OIDC_NAME", "sso"),
                "name": os.environ.get("BLISKO_OIDC_TITLE", "Single sign-on"),
                "client_id": os.environ["BLISKO_OIDC_CLIENT"],
                "secret": os.environ.get("BLISKO_OIDC_SECRET", ""),
                "settings": {"server_url": os.environ["BLISKO_OIDC_URL"]},
            }
        ]
        if os.environ.get("BLISKO_OIDC_URL")
        else []
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pl", "Polski"), ("hu", "Magyar")]
TIME_ZONE = os.environ.get("BLISKO_TIME_ZONE", "Europe/Warsaw")
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = os.environ.get("BLISKO_REGION", "PL")
PHONENUMBER_DB_FORMAT = "E164"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
BUILT = ROOT / "build" / "static"
STATICFILES_DIRS = [BUILT] if BUILT.exists() else []
STORAGES = {
    "default": storage_at(os.environ.get("BLISKO_FILES", "")),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# `blisko run` collects them, compressed; before that (tests, one process alone) they come from where they lie.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
# Vite puts a mark of the content into these names: a telephone that has one never asks for it again.
WHITENOISE_IMMUTABLE_FILE_TEST = rf"^{STATIC_URL}assets/[^/]+-[\w-]{{8}}\.\w+$"
DJANGO_VITE = {"default": {"manifest_path": BUILT / "manifest.json"}}
MEDIA_ROOT = HOME / "media"
MEDIA_URL = "/media/"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": content_security_policy([BLISKO_LIVE_URL, BLISKO_MAP_URL], forms_to=[os.environ.get("BLISKO_OIDC_URL", "")])
}
# "no-referrer" would make browsers send `Origin: null` with every form, which Django refuses; the link's pages say it themselves.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if BLISKO_PUBLIC_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

EMAIL_HOST = os.environ.get("BLISKO_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("BLISKO_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("BLISKO_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("BLISKO_SMTP_PASSWORD", "")
EMAIL_USE_TLS = yes("BLISKO_SMTP_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("BLISKO_FROM", "Blisko <noreply@localhost>")

# One line per outside thing: which adapter stands there, and its options.
BLISKO_PLUGS = {
    "messaging.sms": os.environ.get(
        "BLISKO_SMS", "blisko.messaging.adapters.phones.PhonesSms" if DEMO else "blisko.messaging.adapters.console.ConsoleSms"
    ),
    "messaging.mail": os.environ.get(
        "BLISKO_MAIL", "blisko.messaging.adapters.phones.PhonesMail" if DEMO else "blisko.messaging.adapters.smtp.SmtpMail"
    ),
    "messaging.push": os.environ.get("BLISKO_PUSH", "blisko.messaging.adapters.webpush.WebPush"),
    "planning.roads": os.environ.get("BLISKO_ROADS", "blisko.planning.adapters.regions.RegionRoads"),
    "planning.travel_times": "blisko.planning.adapters.learned.LearnedTimes",
    "planning.solver": os.environ.get("BLISKO_SOLVER", "blisko.planning.adapters.engine.EngineSolver"),
    "live.fanout": os.environ.get("BLISKO_FANOUT", "blisko.live.adapters.fanout.LocalFanout"),
    "live.paper": "blisko.live.adapters.paper.WeasyPaper",
    "live.calls": os.environ.get("BLISKO_CALLS", "blisko.live.adapters.calls.PlainCalls"),
    "webhooks.receivers": "blisko.webhooks.adapters.http.HttpReceivers",
    "imports.customers": "blisko.customers.services.imports.CustomerImporter",
    "imports.technicians": "blisko.field.services.imports.TechnicianImporter",
    "imports.stock": "blisko.field.services.stock_sheets.StockImporter",
    "imports.visits": "blisko.visits.services.imports.VisitImporter",
}
BLISKO_PLUG_OPTIONS: dict[str, dict[str, object]] = {
    # The adapter's own options as JSON; for HttpSms see docs/how-to/sms-gateway.md.
    "messaging.sms": json.loads(os.environ.get("BLISKO_SMS_OPTIONS", "{}")),
    "live.calls": json.loads(os.environ.get("BLISKO_CALLS_OPTIONS", "{}")),
    "messaging.mail": json.loads(os.environ.get("BLISKO_MAIL_OPTIONS", "{}")),
    "messaging.push": json.loads(os.environ.get("BLISKO_PUSH_OPTIONS", "{}")),
    # Seconds an address may take, and whether one in a private network may be told (see docs/how-to/webhooks.md).
    "webhooks.receivers": {"timeout": float(os.environ.get("BLISKO_WEBHOOK_TIMEOUT", "10")), "private": BLISKO_WEBHOOK_PRIVATE},
    # For a road server: {"url": "http://…"}; see docs/how-to/roads.md.
    "planning.roads": json.loads(os.environ.get("BLISKO_ROADS_OPTIONS", "{}")),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "blisko.kit.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("BLISKO_LOG", "INFO")},
    "loggers": {"procrastinate": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},
}
