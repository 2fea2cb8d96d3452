"""What the owner answers, and what a stack has by then."""

from tests.deploy.owner import Owner

SETTINGS = {"Region": "us-east-1", "Sites": "blog.example", "AuthorEmail": "author@blog.example"}
HOST, ADDRESS, REGION, DOMAIN = (
    "Your blog's host",
    "Your email address",
    "AWS region",
    "Domain for the service",
)
ANSWERS = [(HOST, "blog.example"), (ADDRESS, "author@blog.example"), (REGION, ""), (DOMAIN, "")]


def live_settings(owner: Owner, function: str) -> dict[str, str]:
    """Return the environment of the version of a function that answers."""
    found = owner.client("cloudformation").describe_stack_resource(
        StackName="trackback", LogicalResourceId=f"{function}Function"
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    live = owner.client("lambda").get_function_configuration(FunctionName=name, Qualifier="live")
    variables: dict[str, str] = live["Environment"]["Variables"]
    return variables


def given(owner: Owner) -> dict[str, str]:
    """Return the parameters that the stack was given."""
    return {each["ParameterKey"]: each["ParameterValue"] for each in owner.stack()["Parameters"]}
