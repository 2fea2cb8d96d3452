"""The blogs' hosts: normalised from the author's input to the service's format."""

from urllib.parse import urlsplit

from trackback.cli.deploy.parameters import Parameter
from trackback.errors import PingRefused
from trackback.model.posts import host_key
from trackback.urls import ascii_host

_MAX_PORT = 65_535


def tidy_hosts(text: str) -> str:
    """Return hosts in lower case and ASCII, without blanks: SAM and CloudFormation change other letters.

    An invalid host is returned unchanged.
    """
    return ",".join(_tidy(entry.strip()) for entry in text.split(","))


def host_problem(text: str, parameter: Parameter) -> str:
    """Return what is wrong with the hosts, and the right host if the answer contains one."""
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
    """Check whether the service can read an entry. Every function would fail on an unreadable one."""
    host = entry.rpartition("://")[2]
    name, _, port = host.partition(":")
    return bool(host_key(host)) and ("." in name or name == "localhost") and int(port or 0) <= _MAX_PORT


def _host_in(text: str) -> str:
    """Return the host in a text, such as a URL; empty if there is none."""
    text = text.strip("\"'")
    try:
        return _tidy(urlsplit(text if "://" in text else f"//{text}").hostname or "")
    except ValueError:  # brackets without an IPv6 address
        return ""
