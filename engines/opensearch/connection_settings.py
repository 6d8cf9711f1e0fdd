"""Where the servers are, and who we are to them: read from the environment, written nowhere."""

import os
from dataclasses import dataclass, field
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
_EXAMPLE = "https://user:password@host:9200,https://host2:9200"
_PORTS = {"http": 80, "https": 443}
MOST_SHARDS, MOST_REPLICAS = 1024, 100


@dataclass(frozen=True, slots=True)
class Address:
    """Hosts as the client takes them, the credentials in them kept out of what is shown."""

    hosts: list[dict[str, object]] = field(repr=False)
    shown: str  # without credentials
    certificates: str  # a file of certificates to trust, "" for those of the system


def address() -> Address:
    """What the environment says. Raises EngineUnavailable where it says nothing or what can't be read."""
    listed = [url for url in os.environ.get(URL, "").split(",") if url.strip()]
    if not listed:
        raise EngineUnavailable(
            ENGINE, _("has no server"), _("set {variable}={example}").format(variable=URL, example=_EXAMPLE)
        )
    hosts, shown = [], []
    for url in listed:
        parts, port = _split(url.strip())
        user = os.environ.get(USER) or unquote(parts.username or "")
        password = os.environ.get(PASSWORD) or unquote(parts.password or "")
        host: dict[str, object] = {"host": parts.hostname, "port": port, "use_ssl": parts.scheme == "https"}
        if parts.path.strip("/"):
            host["url_prefix"] = parts.path.strip("/")
        if user:
            host["http_auth"] = (user, password)
        hosts.append(host)
        shown.append(f"{parts.scheme}://{_bracketed(parts.hostname or '')}:{port}")
    return Address(hosts, ", ".join(shown), os.environ.get(CERTIFICATES, ""))


def _split(url: str) -> tuple[SplitResult, int]:
    """Nothing of what can't be read is told: it may hold a password."""
    try:
        parts = urlsplit(url)
        if parts.scheme in _PORTS and parts.hostname:
            return parts, parts.port or _PORTS[parts.scheme]
    except ValueError:
        pass
    raise EngineUnavailable(
        ENGINE,
        _("finds no address in {variable}").format(variable=URL),
        _("write it as {example}").format(example=_EXAMPLE),
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def copies() -> tuple[int, int]:
    """Shards and replicas of a new index. Raises EngineUnavailable where they are no numbers."""
    return _number(SHARDS, 1, 1, MOST_SHARDS), _number(REPLICAS, 1, 0, MOST_REPLICAS)


def _number(name: str, default: int, least: int, most: int) -> int:
    written = os.environ.get(name, "")
    if not written:
        return default
    if not (written.isascii() and written.isdigit() and least <= int(written[:9]) <= most):
        raise EngineUnavailable(
            ENGINE,
            _("can't read {name}").format(name=name),
            _("set it to a number from {least} to {most}").format(least=least, most=most),
        )
    return int(written)
