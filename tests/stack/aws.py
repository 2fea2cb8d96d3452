"""The stand-in for AWS: moto's server in this process, with the template's tables in it.

It is moto's server, one request at a time: moto's in-process mode loses updates, and its server loses those
of transactions. If AWS_ENDPOINT_URL_DYNAMODB names another DynamoDB (`make test-dynamodb`: Amazon's own
engine), the tables are created there.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_string, policy
from email.message import EmailMessage
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.backends import get_backend
from moto.core import responses
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tests.stack.servers import serving
from tests.support import template
from tests.support.template import Template
from trackback.storage.table import Table

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
}
ACCOUNT = "123456789012"
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "WriteItem", "WriteItems", "SendMessage", "MessageBatch")


class Changes:
    """Wakes threads that wait for a table's changes or for messages, as a long poll would."""

    def __init__(self) -> None:
        self._noted = 0
        self._condition = threading.Condition()

    def note(self) -> None:
        """Wake all waiting threads."""
        with self._condition:
            self._noted += 1
            self._condition.notify_all()

    def noted(self) -> int:
        """Return the number of changes."""
        with self._condition:
            return self._noted

    def wait(self, known: int, seconds: float | None = None) -> int:
        """Wait until there are more than `known` changes, or for `seconds`. Returns the number of changes."""
        with self._condition:
            self._condition.wait_for(lambda: self._noted > known, seconds)
            return self._noted


changes = Changes()


class _Moto(DomainDispatcherApplication):
    """Moto with a cache; without it, moto searches its folders on each request."""

    get_backend_for_host = cache(DomainDispatcherApplication.get_backend_for_host)


_PLAIN = {"dynamodb", "dynamodbstreams"}


class _AsItIs(XFormedAttributePicker):
    """Reads DynamoDB's answers by key; moto tries a dozen names for each of a value's ten types."""

    def __call__(self, context: AttributePickerContext) -> Any:
        service = context.service_model
        if type(context.obj) is dict and service and service.service_name in _PLAIN:
            return context.obj.get(context.key)
        return super().__call__(context)


vars(responses)["XFormedAttributePicker"] = _AsItIs  # moto looks it up by this name


class _OneAtATime:
    """Moto behind a lock."""

    def __init__(self) -> None:
        self._moto = _Moto(create_backend_app)
        self._lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        with self._lock:
            answer = self._moto(environ, start_response)
        if environ.get("HTTP_X_AMZ_TARGET", "").endswith(_WRITES):
            changes.note()
        return answer


moto = _OneAtATime()
"""The stand-in as a WSGI application, for who needs no server."""


@contextmanager
def stand_in(port: int = 0) -> Iterator[str]:
    """Run the stand-in on loopback, in this process, and configure this process for it. Yields its URL."""
    with serving(moto, port) as server:
        url = f"http://localhost:{server.port}"
        os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL=url)
        yield url


def make_tables(deployed: Template) -> None:
    """Create the template's tables."""
    dynamodb = boto3.client("dynamodb")
    for table in deployed.tables():
        dynamodb.create_table(**table)
        dynamodb.get_waiter("table_exists").wait(TableName=table["TableName"])


def make_queues(deployed: Template, hidden_for: str = "") -> None:
    """Create the template's queues, and replace existing ones by empty ones.

    The visibility timeout is the template's, or `hidden_for` seconds.
    """
    sqs = boto3.client("sqs")
    for queue in deployed.queues():
        if hidden_for:
            queue["Attributes"]["VisibilityTimeout"] = hidden_for
        with suppress(ClientError):  # there is none yet
            sqs.delete_queue(QueueUrl=queue["QueueName"])
        sqs.create_queue(**queue)


def make_anew(table: Table) -> None:
    """Replace the table by an empty one with an empty stream.

    Moto copies a table with its stream for each transaction, so a new table is faster.
    """
    (wanted,) = template.load().tables()
    with suppress(ClientError):  # there is none yet
        table.client.delete_table(TableName=table.name)
    table.client.create_table(**wanted)


def confirm(address: str) -> None:
    """Verify a sender address, as its owner does through AWS's link."""
    boto3.client("ses").verify_email_identity(EmailAddress=address)


def unconfirm(address: str) -> None:
    """Take a sender address out of SES, so that it refuses mails from it."""
    boto3.client("ses").delete_identity(Identity=address)


def sent_mails() -> list[EmailMessage]:
    """Return every mail sent through SES, oldest first."""
    backend = get_backend("ses")[ACCOUNT][ENVIRONMENT["AWS_DEFAULT_REGION"]]
    return [_mail(message) for message in backend.sent_messages]


def _mail(message: object) -> EmailMessage:
    raw = getattr(message, "raw_data", None)
    if raw is not None:
        return message_from_string(raw, policy=policy.default)
    mail = EmailMessage()
    mail["From"] = getattr(message, "source", "")
    mail["To"] = ", ".join(getattr(message, "destinations", {}).get("ToAddresses", []))
    mail["Subject"] = getattr(message, "subject", "")
    mail.set_content(getattr(message, "body", ""))
    return mail
