"""The hosts of the blogs, as an author types them and as the service reads them."""

from urllib.parse import urlsplit

from trackback.cli.deploy.parameters import Parameter
from trackback.errors import PingRefused
from trackback.model.posts import host_key
from trackback.urls import ascii_host

_MAX_PORT = 65_535


def tidy_hosts(text: str) -> str:
    """Return hosts in small letters and ASCII, without blanks: SAM and CloudFormation change other letters.

    What is no host stays as it is.
    """
    return ",".join(_tidy(entry.strip()) for entry in text.split(","))


def host_problem(text: str, parameter: Parameter) -> str:
    """Return what is wrong with the hosts, and the host itself where the answer holds it."""
    problem = parameter.problem(text)
    wrong = [] if problem else [entry for entry in text.split(",") if not _is_host(entry)]
    if not problem and not wrong:
        return ""
    host = "" if "," in text else _host_in(text)
    advice = f" Write {host} alone." if host != text and "." in host and _is_host(host) else ""
    return (problem or f"{wrong[0]!r} is no host. A host has a dot in it, like blog.example.") + advice


def _tidy(entry: str) -> str:
    scheme, mark, host = entry.rpartition("://")
    name, colon, port = host.partition(":")
    try:
        return f"{scheme.lower()}{mark}{ascii_host(name)}{colon}{port}"
    except PingRefused:
        return entry


def _is_host(entry: str) -> bool:
    """Tell whether the service can read an entry; every function of it would fail at one that it cannot."""
    host = entry.rpartition("://")[2]
    name, _, port = host.partition(":")
    return bool(host_key(host)) and ("." in name or name == "localhost") and int(port or 0) <= _MAX_PORT


def _host_in(text: str) -> str:
    """Return the host that a text holds, such as a URL; empty if there is none."""
    text = text.strip("\"'")
    try:
        return _tidy(urlsplit(text if "://" in text else f"//{text}").hostname or "")
    except ValueError:  # brackets that are not those of an address
        return ""
