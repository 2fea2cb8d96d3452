"""The kinds of records: no two begin alike, none can be a ping, and policies name no others."""

import re
from itertools import combinations

from tests.support import template
from trackback.model import delivery, send_job, sent_ping
from trackback.storage import keys

RECORDS = {
    name: value for name, value in vars(keys).items() if isinstance(value, str) and value.endswith("#")
}
FUNCTIONS = template.load().resources("AWS::Serverless::Function")


def named_in_policies() -> set[str]:
    """Return every leading key that the template's policies name, without the star at its end."""
    lists = re.findall(r"dynamodb:LeadingKeys:\s*(\[[^]]*\])", template.load().text)
    return {key.removesuffix("*") for found in lists for key in re.findall(r'"([^"]+)"', found)}


def test_no_kind_of_record_begins_like_another() -> None:
    assert len(RECORDS) == 18
    assert not [pair for pair in combinations(sorted(RECORDS.values()), 2) if pair[1].startswith(pair[0])]


def test_the_models_ids_begin_as_their_records_do() -> None:
    assert (sent_ping.RECORD, send_job.RECORD, delivery.RECORD) == (keys.SENT, keys.JOB, keys.DELIVERY)


def test_no_pings_id_can_begin_like_a_record() -> None:
    assert [name for name, record in RECORDS.items() if not re.fullmatch("[a-z]+#", record)] == []


def test_every_record_that_a_policy_names_is_a_kind_of_record() -> None:
    pings = {"*#", "?" * 26}  # no ping, and a ping
    assert named_in_policies() - pings <= set(RECORDS.values())
    assert "*#" in named_in_policies()  # receive: no record but a ping's
