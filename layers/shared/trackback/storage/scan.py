"""Reads the table piece by piece, in its own order, for what is in no index."""

from typing import Any, NamedTuple

from trackback.storage.dynamodb import Item, expressions, raising_table_busy, to_item, to_plain
from trackback.storage.table import Table


class Scanned(NamedTuple):
    """One piece of the table.

    `last` is the id of the last record read, empty at the table's end; `read` counts the records read, and
    `units` the read units that they took.
    """

    items: list[Item]
    last: str
    read: int
    units: float


@raising_table_busy()
def scan_page(table: Table, condition: str, *, after: str, limit: int, only: str, **values: Any) -> Scanned:
    """Read at most `limit` records, and 1 MB, after the one with the id `after`, which need not exist.

    It returns those for which the condition holds, with the attributes that `only` names. A write of the last
    second may be missing.

    Raises:
        TableBusy: the table's read ceiling is reached.
    """
    request = expressions(values, FilterExpression=condition, ProjectionExpression=only)
    if after:
        request["ExclusiveStartKey"] = to_item({"id": after})
    answer = table.client.scan(
        TableName=table.name,
        Limit=limit,
        Select="SPECIFIC_ATTRIBUTES",  # what verify's policy asks for
        ReturnConsumedCapacity="TOTAL",
        **request,
    )
    return Scanned(
        items=list(map(to_plain, answer["Items"])),
        last=to_plain(answer.get("LastEvaluatedKey", {})).get("id", ""),
        read=answer["ScannedCount"],
        units=answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0),
    )
