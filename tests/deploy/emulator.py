"""An AWS emulator on loopback (ministack), and the built stack deployed to it by `sam deploy` itself."""

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml

from tests.support import sam, template
from tests.support.template import ROOT

TOOLS = ROOT / ".venv" / "tools" / "ministack" / "bin"
PATIENCE = 60
"""Seconds that it may take to start; 2 are usual."""


@dataclass(frozen=True)
class Response:
    """An HTTP response, its header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Stack:
    """The deployed service: its outputs, the environment that reaches it, and its API over HTTP."""

    outputs: Mapping[str, str]
    environment: Mapping[str, str]
    api: str
    port: int

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> Response:
        """Send a request to the API, which the emulator tells by its Host; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(
                method, path, body, {"Host": f"{self.api}.execute-api.localhost:{self.port}", **named}
            )
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Response(answer.status, fields, answer.read())
        finally:
            connection.close()


@contextmanager
def emulator(folder: Path) -> Iterator[dict[str, str]]:
    """Run the emulator, empty; the value is the environment that reaches it and nothing else of AWS."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    environment = sam.environment(
        AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"
    )
    # AUTH: each function acts with its own role, and what the role's policy does not allow is denied.
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": port, "TMPDIR": str(folder), "AUTH": "true"}
    log = folder / "ministack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [TOOLS / "ministack"], cwd=folder, env=environment | own, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, int(port), log)
        yield environment
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(PATIENCE * 10):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            pass
        else:
            return
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"the emulator did not start:\n{log.read_text()}")


def build(folder: Path) -> Path:
    """Build as `make build` does, but native code for the emulator's interpreter; return the template."""
    sam.run("build", "--build-dir", folder, PIP=f"{TOOLS / 'pip'}", NATIVE="")
    built = folder / "template.yaml"
    leave_out_what_it_lacks(built)
    return built


def leave_out_what_it_lacks(built: Path) -> None:
    """Take from a built template what the emulator refuses: saved queries, and the records of DKIM."""
    body = yaml.safe_load(built.read_text())
    body["Resources"] = {
        name: made for name, made in body["Resources"].items() if made["Type"] != "AWS::Logs::QueryDefinition"
    }
    body["Outputs"] = {name: it for name, it in body["Outputs"].items() if "MailDkim" not in name}
    built.write_text(yaml.safe_dump(body, sort_keys=False))


def deploy(template_file: Path, environment: Mapping[str, str], **parameters: str) -> Stack:
    """Deploy what was built, with the settings of samconfig.toml."""
    built = ("--template-file", template_file, "--config-file", ROOT / "samconfig.toml")
    chosen = [f"{name}={value}" for name, value in {"Secret": "s" * 43, **parameters}.items()]
    sam.run("deploy", *built, "--no-confirm-changeset", "--parameter-overrides", *chosen, **environment)
    _let_send_batches(environment)
    (stack,) = client("cloudformation", environment).describe_stacks(StackName="trackback")["Stacks"]
    return Stack(
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
        environment=environment,
        api=_add_routes(environment),
        port=int(environment["AWS_ENDPOINT_URL"].rpartition(":")[2]),
    )


def _names(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the stack's resources are called, by logical id."""
    stack = client("cloudformation", environment).describe_stack_resources(StackName="trackback")
    return {made["LogicalResourceId"]: made["PhysicalResourceId"] for made in stack["StackResources"]}


def _let_send_batches(environment: Mapping[str, str]) -> None:
    """Let triage send batches: AWS asks for `sqs:SendMessage`, the emulator for the name of the call."""
    iam, role = client("iam", environment), _names(environment)["TriageFunctionRole"]
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        found = json.dumps(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
        wider = found.replace('"sqs:SendMessage"', '["sqs:SendMessage", "sqs:SendMessageBatch"]')
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=wider)


def _add_routes(environment: Mapping[str, str]) -> str:
    """Give the API the template's routes, which the emulator does not read; return the API's id."""
    names = _names(environment)
    gateway = client("apigatewayv2", environment)
    api: str = names["Api"]
    for function in template.load().functions():
        found = client("lambda", environment).get_function(
            FunctionName=names[f"{function.name.capitalize()}Function"]
        )
        integration = gateway.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=found["Configuration"]["FunctionArn"],
            PayloadFormatVersion="2.0",
        )
        for route in function.routes:
            gateway.create_route(
                ApiId=api,
                RouteKey=f"{route.method} {route.path}",
                Target=f"integrations/{integration['IntegrationId']}",
            )
    return api


def client(service: Any, environment: Mapping[str, str]) -> Any:
    return boto3.client(
        service,
        environment["AWS_DEFAULT_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


if __name__ == "__main__":
    leave_out_what_it_lacks(Path(sys.argv[1]))
