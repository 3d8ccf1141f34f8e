"""Every setting, typed, from the environment. `docs/configuration.md` is generated from these descriptions."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import config_checks, local_credentials
from app.config_checks import DEVELOPMENT_KEY

MOST_BODY_BYTES = 1024 * 1024
"""What any form or document of ours fits into; `app.body_limits` lets uploads be larger."""


class Settings(BaseSettings):
    """Read once at start; a wrong value stops the process with the name of the setting in the message."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True, hide_input_in_errors=True)

    carillon_env: Literal["development", "test", "production"] = Field(
        "development",
        description="`production` refuses secrets that can be guessed, insecure cookies and what else is unsafe there.",
    )
    secret_key: str = Field(
        DEVELOPMENT_KEY,
        description="Signs sessions and links; a long random text, kept secret (`openssl rand -hex 32`).",
    )
    security_password_salt: str = Field(
        "carillon",
        description="Key of the HMAC that runs before argon2: another such text. Changing it voids every password.",
    )
    database_url: str = Field(
        "postgresql+psycopg://carillon@127.0.0.1:5432/carillon",
        description="PostgreSQL, as an ordinary role: row security does not bind a superuser.",
    )
    redis_verify_certificate: bool = Field(
        True,
        description="`false` for a `rediss://` server that has signed its certificate itself, such as Heroku's."
        " To check such a one, give its file instead: `rediss://...?ssl_ca_certs=/a/file.pem`.",
    )
    redis_url: str = Field(
        "redis://127.0.0.1:6379/0",
        description="Job queues, rate limits and locks. May be emptied at any time.",
    )
    storage_url: str = Field(
        "file://./var/files",
        description="Where uploaded files live: `s3://bucket/prefix` (any store that speaks S3, by `AWS_ENDPOINT_URL`),"
        " or `file:///a/path` where all processes run on one machine.",
    )
    public_base_url: str = Field(
        "http://127.0.0.1:5000",
        description="The address providers and people reach us at, without a final slash.",
    )
    sign_up: Literal["", "open", "closed"] = Field(
        "",
        description="`open` lets anybody make an account and a company; `closed` leaves companies to"
        " `flask create-company` and accounts to it, `flask add-person` and invitations."
        " Empty: closed in production, else open.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        description="How many proxies stand before the web process (Heroku: 1). They have to write `X-Forwarded-For`"
        " and `X-Forwarded-Proto`, and to leave `Host` as it came.",
    )
    frontend_assets: Literal["cdn", "local"] = Field(
        "cdn", description="`cdn` loads htmx with a pinned hash; `local` serves the npm package's file."
    )
    api_requests_per_second: int = Field(100, ge=1, description="Most API requests of one key in a second; 429 beyond.")
    metrics_token: str = Field("", description="Bearer token for `/metrics`; empty turns the page off.")
    log_level: str = Field("INFO", description="Level of the JSON logs.")

    simulator_port: int = Field(8100, description="Port of the local carrier, which stands in for providers.")
    twilio_api_base: str = Field("", description="Empty: Twilio when credentials are set, else the local carrier.")
    twilio_account_sid: str = Field("", description="Twilio account, `AC...`.")
    twilio_auth_token: str = Field("", description="Twilio's primary auth token; it also signs their callbacks.")
    sendgrid_api_base: str = Field("", description="Empty: SendGrid when a key is set, else the local carrier.")
    sendgrid_api_key: str = Field("", description="SendGrid key with the Mail Send permission.")
    sendgrid_event_public_key: str = Field("", description="Public key of SendGrid's signed event webhook.")
    meta_graph_base: str = Field("", description="Empty: Meta when a token is set, else the local carrier.")
    meta_page_token: str = Field("", description="Page access token for Messenger and Instagram.")
    meta_app_secret: str = Field("", description="Signs Meta's webhooks.")
    meta_verify_token: str = Field("", description="What Meta sends back when the webhook is set up.")

    max_upload_bytes: int = Field(256 * 1024 * 1024, description="Largest file that can be uploaded.")
    max_unpacked_bytes: int = Field(
        1024 * 1024 * 1024,
        description="Most bytes that a compressed file may unpack to: refused as soon as it is known.",
    )
    spreadsheet_memory_bytes: int = Field(
        1024 * 1024 * 1024,
        description="Most memory that reading one spreadsheet may take: 1 GB is enough for 600,000 rows of 12 columns.",
    )
    spreadsheet_cpu_seconds: int = Field(
        60,
        description="Most CPU time that reading one spreadsheet may take: 100,000 rows of 12 columns take about one.",
    )
    max_file_rows: int = Field(5_000_000, description="Most rows that a file may hold.")
    max_file_columns: int = Field(256, description="Most columns that a file may hold.")
    max_cell_chars: int = Field(32_768, description="Longest cell; a row with a longer one is rejected.")
    ingest_batch_rows: int = Field(10_000, description="Rows a loading transaction writes.")
    queue_batch_records: int = Field(2_000, description="Records a queueing transaction walks.")
    run_part_records: int = Field(50_000, description="Records in one part of a run, the unit two workers share.")
    send_block: int = Field(500, description="Messages a send job claims at a time.")
    send_concurrency: int = Field(64, description="Requests in flight in one send job.")
    send_timeout_seconds: float = Field(15.0, description="Longest wait for a provider's answer.")
    lease_seconds: int = Field(60, description="After this a claimed message is `unknown` and gets settled.")
    slice_seconds: float = Field(20.0, description="Longest time a job works before others get their turn.")
    sweep_seconds: int = Field(300, description="Time between two sweeps.")
    settle_events_seconds: int = Field(
        900, description="How long an unknown e-mail waits for its events before a person is asked."
    )

    receipts_wait_hours: int = Field(
        72, description="How long a sent message is waited for; after that its run ends although no receipt came."
    )

    @field_validator("database_url")
    @classmethod
    def _psycopg3(cls, url: str) -> str:
        # Heroku hands out postgres:// and SQLAlchemy would pick psycopg2 for postgresql://
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url[len(prefix) :]
        return url

    @field_validator("redis_url")
    @classmethod
    def _certificate_as_wanted(cls, url: str, info: ValidationInfo) -> str:
        # in the address, for every client that is made from it understands that: ours, RQ's and the rate limits'
        parts = urlsplit(url)
        if parts.scheme != "rediss" or info.data.get("redis_verify_certificate", True):
            return url
        return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, "ssl_cert_reqs=none")))))

    @field_validator("public_base_url")
    @classmethod
    def _no_final_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="before")
    @classmethod
    def _local_carrier(cls, values: dict[str, Any]) -> dict[str, Any]:
        values = {key.lower(): value for key, value in values.items()}
        _refuse(config_checks.half_set(values))
        carrier = f"http://127.0.0.1:{values.get('simulator_port', 8100)}"
        secret = values.get("secret_key", DEVELOPMENT_KEY)

        def fill(base: str, official: str, has_credentials: bool, **credentials: str) -> None:
            if not values.get(base):
                values[base] = official if has_credentials else carrier
            if not has_credentials:
                for name, value in credentials.items():
                    values[name] = values.get(name) or value

        fill(
            "twilio_api_base",
            "https://api.twilio.com",
            bool(values.get("twilio_account_sid")),
            twilio_account_sid="AC" + local_credentials.derive(secret, "twilio-sid")[:32],
            twilio_auth_token=local_credentials.derive(secret, "twilio-token")[:32],
        )
        fill(
            "sendgrid_api_base",
            "https://api.sendgrid.com",
            bool(values.get("sendgrid_api_key")),
            sendgrid_api_key="SG." + local_credentials.derive(secret, "sendgrid-key")[:40],
            sendgrid_event_public_key=local_credentials.sendgrid_public_key(secret),
        )
        fill(
            "meta_graph_base",
            "https://graph.facebook.com",
            bool(values.get("meta_page_token")),
            meta_page_token=local_credentials.derive(secret, "meta-token"),
            meta_app_secret=local_credentials.derive(secret, "meta-secret")[:32],
            meta_verify_token=local_credentials.derive(secret, "meta-verify")[:20],
        )
        return values

    @model_validator(mode="after")
    def _checked(self) -> "Settings":
        _refuse(config_checks.always(self))
        if self.carillon_env == "production":
            _refuse(config_checks.in_production(self))
        return self

    @property
    def takes_sign_ups(self) -> bool:
        """True when strangers may make accounts."""
        return (self.sign_up or ("closed" if self.carillon_env == "production" else "open")) == "open"

    @cached_property
    def local_carrier(self) -> str:
        """Where the local carrier is, should any provider be played by it."""
        return f"http://127.0.0.1:{self.simulator_port}"

    def flask(self) -> dict[str, Any]:
        """The mapping that Flask and its extensions read."""
        secure = self.carillon_env == "production"
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "TESTING": self.carillon_env == "test",
            "MAX_CONTENT_LENGTH": MOST_BODY_BYTES,
            "MAX_FORM_MEMORY_SIZE": MOST_BODY_BYTES,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {
                "hide_parameters": True,
                "pool_pre_ping": True,
                "pool_size": 5,
                "max_overflow": 10,
            },
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": secure,
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_SECURE": secure,
            "WTF_CSRF_TIME_LIMIT": None,
            "RATELIMIT_STORAGE_URI": self.redis_url,
            "RATELIMIT_HEADERS_ENABLED": True,
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # without Redis each process counts for itself
            "BOOTSTRAP_SERVE_LOCAL": True,
            "SECURITY_PASSWORD_SALT": self.security_password_salt,
            "SECURITY_PASSWORD_HASH": "argon2",
            "SECURITY_PASSWORD_LENGTH_MIN": 10,
            "SECURITY_PASSWORD_COMPLEXITY_CHECKER": None,
            "SECURITY_JOIN_USER_ROLES": False,  # roles belong to memberships, not to people
            "SECURITY_API_ENABLED_METHODS": ["session"],
            "SECURITY_RETURN_GENERIC_RESPONSES": True,  # who is known here is nobody's business
            "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("The e-mail address or the password is wrong.", "error"),
            "SECURITY_REGISTERABLE": True,  # app.portal.sign_up closes it where SIGN_UP says so
            "SECURITY_SEND_REGISTER_EMAIL": False,
            "SECURITY_CHANGEABLE": True,
            "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
            "SECURITY_TRACKABLE": True,
            "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
            "SECURITY_POST_LOGIN_VIEW": "/",
            "SECURITY_POST_LOGOUT_VIEW": "/login",
            "SECURITY_POST_REGISTER_VIEW": "/login",
            "SECURITY_UNAUTHORIZED_VIEW": None,
            "API_TITLE": "Carillon",
            "API_VERSION": "v1",
            "OPENAPI_VERSION": "3.1.0",
            "OPENAPI_URL_PREFIX": "/api/v1",
            "OPENAPI_JSON_PATH": "openapi.json",
        }


def _refuse(problems: Iterable[str]) -> None:
    if words := "\n  - ".join(problems):
        raise ValueError(f"\n  - {words}\n ")


def load_settings() -> Settings:
    """The settings of this process' environment."""
    return Settings()
