"""The order of a deployment: settings, checks, build, deploy, what comes next."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from trackback.cli.deploy import account, certificate, identities, kept_table, sam
from trackback.cli.deploy.outcome import next_steps, remedy
from trackback.cli.deploy.parameters import Parameter, read_keys, read_parameters
from trackback.cli.deploy.questions import ask_all, confirm, is_terminal, questions
from trackback.cli.deploy.settings_file import BadSettingsFile, Deployment, check, read_file, write_file
from trackback.cli.deploy.stack_state import (
    StackNotReady,
    StackState,
    cloudformation,
    delete_failed,
    first_failure,
    stack_state,
)
from trackback.cli.output import complain
from trackback.cli.stack import SETTINGS_FILE, Stack

FOLDER = Path()
TEMPLATE = FOLDER / "template.yaml"


def deploy(asked: Namespace) -> bool:
    """Deploy the service with the settings of a file; without one, ask for them and write it."""
    if not TEMPLATE.is_file():
        raise BadSettingsFile("There is no template.yaml here. Run this in the folder of the project.")
    known = read_parameters(TEMPLATE)
    file = Path(asked.settings or SETTINGS_FILE)
    deployment = _settings(file, known, is_named=bool(asked.settings))
    print(
        f"\nDeploying the stack {deployment.stack} to {deployment.region}.\nChecking the account ...",
        flush=True,
    )
    state = _check(deployment)
    deployment = _with_kept_table(deployment, state, file)
    print("Building ...", flush=True)
    sam.build(FOLDER)
    parameters = _parameters(deployment, state, known)
    print("Deploying; the first time takes some minutes ...", flush=True)
    if not sam.deploy(FOLDER, deployment, parameters):
        return _explain(deployment)
    outputs = Stack(deployment.stack, deployment.region).outputs
    print(next_steps(deployment, parameters, outputs, file, is_new=not state.status))
    return True


def _settings(file: Path, known: Mapping[str, Parameter], *, is_named: bool) -> Deployment:
    if file.is_file():
        return read_file(file, known)
    if is_named:
        raise BadSettingsFile(f"There is no file {file}.")
    if not is_terminal():
        raise BadSettingsFile(
            f"There is no settings file {file}, and no terminal to ask at. Write the file as "
            "docs/deploy.md shows, or name another: make deploy SETTINGS=FILE"
        )
    who = account.caller(account.configured_region() or "us-east-1")
    print(f"You are {who}.\nFour questions, then the service is deployed to this account.")
    deployment = check(_answers(known), known, "Your answers")
    write_file(file, deployment)
    print(f"\nYour answers are in {file}.")
    return deployment


def _answers(known: Mapping[str, Parameter]) -> dict[str, str]:
    def domain_problem(domain: str) -> str:
        if wrong := known["DomainName"].problem(domain):
            return wrong
        try:
            found["CertificateArn"] = certificate.find_certificate(domain)
        except certificate.NoCertificate as missing:
            return f"{missing} Or press Enter to deploy without a domain now."
        return ""

    found: dict[str, str] = {}
    region = account.configured_region()
    answers = ask_all(questions(known, region, account.region_problem, domain_problem))
    return answers | found if "DomainName" in answers else answers


def _check(deployment: Deployment) -> StackState:
    """Check all that can be known before anything is created; return how the stack stands."""
    if problem := account.region_problem(deployment.region):
        raise BadSettingsFile(problem)
    account.check_rights(account.caller(deployment.region), deployment.region)
    if deployment["CertificateArn"]:
        certificate.check_certificate(deployment["CertificateArn"], deployment["DomainName"])
    client = cloudformation(deployment.region)
    state = stack_state(client, deployment.stack)
    if not state.has_failed:
        return state
    words = f"The stack {state.name} is left of a deployment that failed ({state.status}), and holds nothing."
    if not is_terminal():
        raise StackNotReady(f"{words} Delete it and deploy again: {state.remedy}")
    if not confirm(f"{words} Delete it and go on?"):
        raise StackNotReady(f"Delete it first: {state.remedy}")
    delete_failed(client, state.name)
    return StackState(state.name)


def _with_kept_table(deployment: Deployment, state: StackState, file: Path) -> Deployment:
    """Offer the table of an earlier stack of this name, whose pings would not show otherwise."""
    if state.status or "ExistingTable" in deployment.parameters:
        return deployment
    kept = kept_table.find_kept(deployment.region, deployment.stack)
    if not kept:
        return deployment
    words = f"The table {kept[-1]} was kept when an earlier stack was deleted."
    if not is_terminal():
        choices = (
            f'ExistingTable = "{kept[-1]}" to go on with its pings, or ExistingTable = "" for a new table'
        )
        raise StackNotReady(f"{words} Write into {file}: {choices}.")
    chosen = kept[-1] if confirm(f"{words} Go on with its pings?") else ""
    deployment = replace(deployment, parameters={**deployment.parameters, "ExistingTable": chosen})
    write_file(file, deployment)
    return deployment


def _parameters(deployment: Deployment, state: StackState, known: Mapping[str, Parameter]) -> dict[str, str]:
    """Return a value for every parameter of the template."""
    defaults = {name: it.default for name, it in known.items() if it.default is not None}
    parameters = {**defaults, **deployment.parameters, **identities.identity_parameters(deployment, state)}
    if parameters["ExistingTable"]:
        parameters["ExistingStream"] = kept_table.adopt(deployment, parameters, read_keys(TEMPLATE))
    return parameters | {"Release": sam.name_release(FOLDER, parameters)}


def _explain(deployment: Deployment) -> bool:
    reason = first_failure(cloudformation(deployment.region), deployment.stack)
    words = reason or f"SAM says: {sam.last_words(FOLDER)}"
    complain(" ".join(filter(None, ["the deployment failed.", words, remedy(reason)])))
    return False
