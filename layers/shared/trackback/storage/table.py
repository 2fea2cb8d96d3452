"""The table: reads by id, queries of its indexes, and conditional writes, in plain Python values.

In an expression, `#name` is the attribute with that name, and `:name` the value that is given by that name.
A conditional write returns whether its condition held, so no caller needs to know DynamoDB's errors.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from trackback.errors import StatusChanged, TableBusy
from trackback.storage.dynamodb import (
    BUSY,
    TOO_LATE,
    Item,
    be_patient,
    connect,
    expressions,
    to_item,
    to_plain,
    tries,
)
from trackback.storage.keys import Index

BATCH = 100
"""How many keys one BatchGetItem accepts."""

IS_NEW = "attribute_not_exists(id)"
"""The condition that no record has this id."""

_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class Update(NamedTuple):
    """An update of one record."""

    id: str
    expression: str
    condition: str = ""
    values: Mapping[str, Any] = {}


class Table:
    """The table that `template.yaml` defines."""

    def __init__(self, name: str, *, is_patient: bool = False) -> None:
        """Region, credentials and a stand-in's endpoint come from the environment.

        `is_patient` is for the author: what the table's ceiling refuses is repeated for some seconds.
        """
        self.name = name
        self.client = connect()
        if is_patient:
            be_patient(self.client)

    def get(self, record: str) -> dict[str, Any]:
        """Return the current state of a record, empty if there is none."""
        answer = self.client.get_item(TableName=self.name, Key=_key(record), ConsistentRead=True)
        return to_plain(answer.get("Item", {}))

    def batch_get(
        self, ids: Iterable[str], *, consistent: bool = False, only: str = "", retry: bool = True
    ) -> Iterator[Item]:
        """Yield records in the order of their ids, without missing ones.

        `consistent` sees every write that has been answered, for twice the units; `only` names the attributes
        to read, and `id`. What DynamoDB leaves out for want of units is asked for again, if `retry` is set.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        options: dict[str, Any] = {"ConsistentRead": consistent, **expressions({}, ProjectionExpression=only)}
        rest = iter(ids)
        while batch := list(dict.fromkeys(islice(rest, BATCH))):
            keys = {"Keys": list(map(_key, batch)), **options}
            found = {item["id"]: item for item in map(to_plain, self._batch(keys, retry=retry))}
            yield from (found[each] for each in batch if each in found)

    def _batch(self, keys: dict[str, Any], *, retry: bool) -> Iterator[Item]:
        left: Any = {self.name: keys}
        for _ in tries() if retry else [True]:
            answer = self.client.batch_get_item(RequestItems=left)
            yield from answer["Responses"].get(self.name, [])
            left = answer["UnprocessedKeys"]
            if not left:
                return
        raise TableBusy(BUSY)

    def query(  # noqa: PLR0913 - an index, a range in it, a direction, and a page
        self,
        index: Index,
        value: str,
        *,
        until: str = "",
        newest_first: bool = False,
        after: tuple[str, str] | None = None,
        limit: int | None = None,
    ) -> Iterator[list[Item]]:
        """Yield an index's entries with a value of its key, a page of at most `limit` for each request.

        `until` is the last value of the index's sort attribute; `after` is the sort value and the id of the
        entry before the first.
        """
        query = _in_index(index, value, until) | {"ScanIndexForward": not newest_first}
        if limit:
            query["Limit"] = limit
        if after:
            query["ExclusiveStartKey"] = to_item({index.key: value, index.sort: after[0], "id": after[1]})
        while True:
            answer = self.client.query(TableName=self.name, **query)
            yield list(map(to_plain, answer["Items"]))
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def query_ids(
        self, index: Index, value: str, *, limit: int, until: str = "", newest_first: bool = False
    ) -> list[str]:
        """Return the ids of an index's first entries with a value of its key, by one request."""
        page = next(self.query(index, value, until=until, newest_first=newest_first, limit=limit))
        return [entry["id"] for entry in page]

    def count(self, index: Index, value: str, *, limit: int, until: str = "") -> int:
        """Count an index's entries with a value of its key, up to `limit`."""
        query = _in_index(index, value, until)
        return self.client.query(TableName=self.name, Select="COUNT", Limit=limit, **query)["Count"]

    def scan(self, condition: str) -> Iterator[Item]:
        """Yield every record for which a condition holds: this reads the whole table."""
        request = expressions({}, FilterExpression=condition)
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name, ConsistentRead=True, **request
        )
        return (to_plain(item) for page in pages for item in page["Items"])

    def put(self, item: Item) -> None:
        """Store a record, and replace any with its id."""
        self.client.put_item(TableName=self.name, Item=to_item(item))

    def put_if(self, item: Item, condition: str, **values: Any) -> bool:
        """Store a record if a condition holds for the one with its id; return whether it did."""
        request = expressions(values, ConditionExpression=condition)
        try:
            self.client.put_item(TableName=self.name, Item=to_item(item), **request)
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def put_new(self, item: Item) -> Item | None:
        """Store a record unless there is one with its id: then return that one, by the same request."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=to_item(item),
                ConditionExpression=IS_NEW,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            answer: Any = error.response
            return to_plain(answer["Item"])
        return None

    def update_if(self, record: str, expression: str, condition: str = "", **values: Any) -> bool:
        """Update a record if a condition holds; return whether it did."""
        return self._update(Update(record, expression, condition, values)) is not None

    def update_and_get(
        self, record: str, expression: str, condition: str = "", **values: Any
    ) -> dict[str, Any] | None:
        """Update a record and return its new state, or None if a condition does not hold."""
        return self._update(Update(record, expression, condition, values), "ALL_NEW")

    def _update(self, update: Update, returned: str = "NONE") -> dict[str, Any] | None:
        request = _update_request(update) | {"ReturnValues": returned}
        try:
            answer = self.client.update_item(TableName=self.name, **request)
        except self.client.exceptions.ConditionalCheckFailedException:
            return None
        return to_plain(answer.get("Attributes", {}))

    def update_all(self, updates: Sequence[Update]) -> None:
        """Apply all updates or none; retry on conflicts with other writers, but not on a failed condition.

        Raises:
            StatusChanged: a condition does not hold.
        """
        if len(updates) > 1:
            self._transact([{"Update": {"TableName": self.name, **_update_request(one)}} for one in updates])
        elif self._update(updates[0]) is None:
            raise StatusChanged(TOO_LATE)

    def _transact(self, writes: Any) -> None:
        for is_last in tries():
            try:
                self.client.transact_write_items(TransactItems=writes)
            except self.client.exceptions.TransactionCanceledException as error:
                reasons = {reason.get("Code") for reason in error.response["CancellationReasons"]}
                if "ConditionalCheckFailed" in reasons:
                    raise StatusChanged(TOO_LATE) from None
                if is_last or not reasons & _PASSING:
                    raise
            else:
                return

    def write(self, record: str, name: str, value: Any, *, was: Any = None) -> None:
        """Set one attribute of a record.

        Raises:
            StatusChanged: the stored value is no longer `was` (None skips the comparison).
        """
        condition = "" if was is None else f"attribute_not_exists(#{name}) OR #{name} = :was"
        if not self.update_if(record, f"SET #{name} = :value", condition, value=value, was=was):
            raise StatusChanged("somebody else has changed this meanwhile; try again")

    def delete_if(self, record: str, condition: str, **values: Any) -> Item | None:
        """Delete a record if a condition holds.

        Returns the record as it was, empty if there was none; None if the condition does not hold.
        """
        request = expressions(values, ConditionExpression=condition) | {"ReturnValues": "ALL_OLD"}
        try:
            answer = self.client.delete_item(TableName=self.name, Key=_key(record), **request)
        except self.client.exceptions.ConditionalCheckFailedException:
            return None
        return to_plain(answer.get("Attributes", {}))


def _key(record: str) -> dict[str, Any]:
    return {"id": {"S": record}}


def _in_index(index: Index, value: str, until: str) -> dict[str, Any]:
    condition = f"#{index.key} = :value" + (f" AND #{index.sort} <= :until" if until else "")
    return {"IndexName": index.name} | expressions(
        {"value": value, "until": until}, KeyConditionExpression=condition
    )


def _update_request(update: Update) -> dict[str, Any]:
    return {"Key": _key(update.id)} | expressions(
        update.values, UpdateExpression=update.expression, ConditionExpression=update.condition
    )
