"""A table that was kept or restored is adopted."""

from tests.deploy.answers import ANSWERS, SETTINGS, given, live_settings
from tests.deploy.owner import Owner


def test_a_kept_table_is_found_and_adopted_with_its_pings(owner: Owner) -> None:
    owner.write(**SETTINGS)
    assert owner.deploy().status == 0
    (table,) = owner.tables()
    ping = {"id": {"S": "abc"}, "post_key": {"S": "blog.example/hello"}, "url": {"S": "https://a.example/"}}
    owner.client("dynamodb").put_item(TableName=table, Item=ping)
    owner.client("cloudformation").delete_stack(StackName="trackback")
    owner.client("cloudformation").get_waiter("stack_delete_complete").wait(StackName="trackback")
    assert owner.tables() == [table]

    unattended = owner.deploy()
    assert unattended.status == 1
    assert f'ExistingTable = "{table}"' in unattended.output
    run = owner.answer((r"was kept .*\. Go on with its pings\? \[Y/n\]", ""))
    assert run.status == 0, run.output
    assert owner.outputs()["TableName"] == table
    assert owner.tables() == [table]
    assert live_settings(owner, "Receive")["TABLE"] == table
    assert owner.client("dynamodb").get_item(TableName=table, Key={"id": {"S": "abc"}})["Item"] == ping
    stream = owner.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    sources = owner.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert stream in {source["EventSourceArn"] for source in sources}

    owner.write(**SETTINGS)
    unnamed = owner.deploy()
    assert unnamed.status == 1
    assert f'Write ExistingTable = "{table}" into it' in unnamed.output
    (owner.folder / "trackback.toml").unlink()
    again = owner.answer(*ANSWERS)
    assert again.status == 0, again.output
    assert "Kept from it, in trackback.toml: ExistingTable." in again.output
    assert given(owner)["ExistingTable"] == table


def test_a_restored_table_gets_what_a_restore_leaves_out(owner: Owner) -> None:
    owner.write(**SETTINGS)
    assert owner.deploy().status == 0
    (made,) = owner.tables()
    dynamodb = owner.client("dynamodb")
    kept = dynamodb.describe_table(TableName=made)["Table"]
    dynamodb.create_table(  # with its indexes, and without stream, expiry, backups and ceilings
        TableName="restored",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=kept["AttributeDefinitions"],
        KeySchema=kept["KeySchema"],
        GlobalSecondaryIndexes=[
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in kept["GlobalSecondaryIndexes"]
        ],
    )
    owner.write(**SETTINGS, ExistingTable="restored", MaxWritesPerSecond="30")
    run = owner.deploy()
    assert run.status == 0, run.output
    assert owner.outputs()["TableName"] == "restored"
    table = dynamodb.describe_table(TableName="restored")["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["OnDemandThroughput"] == {"MaxWriteRequestUnits": 30, "MaxReadRequestUnits": 200}
    expiry = dynamodb.describe_time_to_live(TableName="restored")["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")
    assert made in owner.tables()
