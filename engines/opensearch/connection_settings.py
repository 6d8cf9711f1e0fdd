"""Connection settings, read from environment variables and never written anywhere."""

import logging
import os
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from ...messages import gettext as _
from ..errors import EngineUnavailable

URL = "SOUWEN_OPENSEARCH_URL"
USER = "SOUWEN_OPENSEARCH_USER"
PASSWORD = "SOUWEN_OPENSEARCH_PASSWORD"  # noqa: S105 - the name of a variable
CERTIFICATES = "SOUWEN_OPENSEARCH_CA"
SHARDS = "SOUWEN_OPENSEARCH_SHARDS"
REPLICAS = "SOUWEN_OPENSEARCH_REPLICAS"
ENGINE = "opensearch"
MAX_SHARDS, MAX_REPLICAS = 1024, 100
_EXAMPLE = "https://user:password@host:9200,https://host2:9200"
_DEFAULT_PORTS = {"http": 80, "https": 443}

_logger = logging.getLogger("souwen")


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The hosts of the servers. What is shown of an address never contains credentials."""

    hosts: list[dict[str, object]] = field(repr=False)  # as the client takes them, with credentials
    display: str
    certificates: str  # a file of certificates to trust, "" for those of the system


def server_address() -> ServerAddress:
    """Return the address that the environment gives.

    Raises:
        EngineUnavailable: The environment gives no address, or an invalid one.
    """
    urls = [url.strip() for url in os.environ.get(URL, "").split(",") if url.strip()]
    if not urls:
        raise EngineUnavailable(
            ENGINE, _("has no server"), _("set {variable}={example}").format(variable=URL, example=_EXAMPLE)
        )
    hosts, display = [], []
    for url in urls:
        parts, port = _split(url)
        user = os.environ.get(USER) or unquote(parts.username or "")
        password = os.environ.get(PASSWORD) or unquote(parts.password or "")
        host: dict[str, object] = {"host": parts.hostname, "port": port, "use_ssl": parts.scheme == "https"}
        if parts.path.strip("/"):
            host["url_prefix"] = parts.path.strip("/")
        if user:
            host["http_auth"] = (user, password)
        hosts.append(host)
        display.append(f"{parts.scheme}://{_bracketed(parts.hostname or '')}:{port}")
        if password and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            _warn_of_plain_password(display[-1])
    return ServerAddress(hosts, ", ".join(display), os.environ.get(CERTIFICATES, ""))


@lru_cache(maxsize=100)  # once for each server
def _warn_of_plain_password(server: str) -> None:
    message = _("the password for {server} is sent unencrypted: use https:// in {variable}")
    _logger.warning("%s", message.format(server=server, variable=URL))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _split(url: str) -> tuple[SplitResult, int]:
    """Return the parts of a URL and its port. The error does not quote the URL, which may hold a password."""
    try:
        parts = urlsplit(url)
        if parts.scheme in _DEFAULT_PORTS and parts.hostname:
            return parts, parts.port or _DEFAULT_PORTS[parts.scheme]
    except ValueError:
        pass
    raise EngineUnavailable(
        ENGINE,
        _("finds no valid address in {variable}").format(variable=URL),
        _("write it as {example}").format(example=_EXAMPLE),
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def shard_settings() -> tuple[int, int]:
    """Return the numbers of shards and of replicas of a new index.

    Raises:
        EngineUnavailable: The environment gives an invalid number.
    """
    return _number(SHARDS, default=1, min_value=1, max_value=MAX_SHARDS), _number(
        REPLICAS, default=1, min_value=0, max_value=MAX_REPLICAS
    )


def _number(variable: str, *, default: int, min_value: int, max_value: int) -> int:
    text = os.environ.get(variable, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and min_value <= int(text[:9]) <= max_value):
        raise EngineUnavailable(
            ENGINE,
            _("cannot read {variable}").format(variable=variable),
            _("set it to a number from {min} to {max}").format(min=min_value, max=max_value),
        )
    return int(text)
