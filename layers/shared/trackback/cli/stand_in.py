"""A stand-in for AWS on this machine, as `make run` has one: told by `AWS_ENDPOINT_URL` alone."""

import os


def is_on_this_machine() -> bool:
    """Tell whether AWS is a stand-in on this machine."""
    return os.environ.get("AWS_ENDPOINT_URL", "").startswith(("http://localhost:", "http://127.0.0.1:"))


def use_stand_in() -> None:
    """Let `AWS_ENDPOINT_URL` alone reach a stand-in on this machine, which takes any credentials."""
    if is_on_this_machine():
        os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
        os.environ.setdefault("AWS_ACCESS_KEY_ID", "local")
        os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "local")
