"""A local stand-in for AWS, as `make run` starts one. `AWS_ENDPOINT_URL` alone selects it."""

import os


def is_on_this_machine() -> bool:
    """Check whether `AWS_ENDPOINT_URL` names a stand-in on this machine."""
    return os.environ.get("AWS_ENDPOINT_URL", "").startswith(("http://localhost:", "http://127.0.0.1:"))


def use_stand_in() -> None:
    """Set a region and credentials for a stand-in on this machine. It accepts any."""
    if is_on_this_machine():
        os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
        os.environ.setdefault("AWS_ACCESS_KEY_ID", "local")
        os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "local")
