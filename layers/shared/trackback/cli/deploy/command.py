"""The steps of a deployment: settings, checks, build, deploy, next steps."""

import secrets
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from trackback.cli.deploy import account, certificate, identities, kept_table, sam
from trackback.cli.deploy.outcome import next_steps, remedy
from trackback.cli.deploy.parameters import Parameter, read_keys, read_parameters
from trackback.cli.deploy.questions import ask_all, confirm, is_terminal, questions
from trackback.cli.deploy.settings_file import (
    BadSettingsFile,
    Deployment,
    add_setting,
    check,
    read_file,
    write_file,
)
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


def deploy(args: Namespace) -> bool:
    """Deploy the service with the settings of a file. If it is missing, ask for them and write it."""
    if not TEMPLATE.is_file():
        raise BadSettingsFile("There is no template.yaml here. Run this in the folder of the project.")
    known = read_parameters(TEMPLATE)
    file = Path(args.settings or SETTINGS_FILE)
    is_written = file.is_file()
    deployment = _settings(file, known, is_named=bool(args.settings))
    print(
        f"\nDeploying the stack {deployment.stack} to {deployment.region}.\nChecking the account ...",
        flush=True,
    )
    state = _check(deployment)
    if not is_written:
        deployment = _with_old_settings(deployment, state, known, file)
    deployment = _with_kept_table(deployment, state, file)
    print("Building ...", flush=True)
    sam.build(FOLDER)
    parameters = _parameters(deployment, state, known)
    print("Deploying; the first time takes some minutes ...", flush=True)
    if not _hand_over(deployment, parameters):
        return _explain(deployment)
    outputs = Stack(deployment.stack, deployment.region).outputs
    print(next_steps(deployment, parameters, outputs, file, is_new=not state.status))
    return True


def _hand_over(deployment: Deployment, parameters: Mapping[str, str]) -> bool:
    try:
        return sam.deploy(FOLDER, deployment, parameters)
    except KeyboardInterrupt:
        print(flush=True)
        complain("CloudFormation goes on with what it has begun. Deploy again when that is over.")
        raise


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
    """Run all checks before anything is created, and return the stack's state."""
    if problem := account.region_problem(deployment.region):
        raise BadSettingsFile(problem)
    account.check_rights(account.caller(deployment.region), deployment.region, deployment.stack)
    if deployment["CertificateArn"]:
        certificate.check_certificate(deployment["CertificateArn"], deployment["DomainName"])
    client = cloudformation(deployment.region)
    state = stack_state(client, deployment.stack)
    if not state.has_failed:
        return state
    command = f"{state.remedy} --region {deployment.region}"
    if not is_terminal():
        raise StackNotReady(f"{state.history} Delete it and deploy again: {command}")
    if not confirm(f"{state.history} Delete it and go on?"):
        raise StackNotReady(f"Delete it first: {command}")
    delete_failed(client, state.name)
    return StackState(state.name)


def _with_old_settings(
    deployment: Deployment, state: StackState, known: Mapping[str, Parameter], file: Path
) -> Deployment:
    """Keep the old stack's parameters that no question covers; a new settings file would reset them."""
    kept = {
        name: value
        for name, value in state.parameters.items()
        if name in known.keys() - {*deployment.parameters, *identities.FOUND_OUT}
        and value != known[name].default
    }
    for name, value in kept.items():
        add_setting(file, name, value)
    if kept:
        print(f"The stack is there already. Kept from it, in {file}: {', '.join(kept)}.", flush=True)
    return replace(deployment, parameters={**deployment.parameters, **kept})


def _with_kept_table(deployment: Deployment, state: StackState, file: Path) -> Deployment:
    """Offer the table of a deleted stack of this name. Its pings would otherwise not show."""
    if "ExistingTable" in deployment.parameters:
        return deployment
    if used := state.parameters.get("ExistingTable"):
        raise StackNotReady(
            f"The service's pings are in the table {used}, which {file} does not name any more. Write "
            f'ExistingTable = "{used}" into it, or ExistingTable = "" for a new, empty table.'
        )
    if state.status:
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
    add_setting(file, "ExistingTable", chosen)
    return replace(deployment, parameters={**deployment.parameters, "ExistingTable": chosen})


def _parameters(deployment: Deployment, state: StackState, known: Mapping[str, Parameter]) -> dict[str, str]:
    """Return the values of the template's parameters. A secret that the stack has is not sent again."""
    defaults = {name: it.default for name, it in known.items() if it.default is not None}
    parameters = {**defaults, **deployment.parameters, **identities.identity_parameters(deployment, state)}
    if parameters["ExistingTable"]:
        parameters["ExistingStream"] = kept_table.adopt(deployment, parameters, read_keys(TEMPLATE))
    return parameters | {"Release": sam.name_release(FOLDER, parameters), **_new_secret(state)}


def _new_secret(state: StackState) -> dict[str, str]:
    """Return a secret for a stack that has none; CloudFormation keeps the one that it has."""
    return {} if "Secret" in state.parameters else {"Secret": secrets.token_urlsafe(32)}


def _explain(deployment: Deployment) -> bool:
    reason = first_failure(cloudformation(deployment.region), deployment.stack)
    words = reason or f"SAM says: {sam.last_words(FOLDER)}"
    complain(" ".join(filter(None, ["the deployment failed.", words, remedy(reason)])))
    return False
