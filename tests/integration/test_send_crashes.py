"""Runs of the sender that are killed, or overlap: no ping is sent twice, and none is forgotten."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from tests.support.concurrency import side_by_side
from tests.support.receivers import ACCEPTED, Web, post
from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import Ledger, SentPing, Stage
from trackback.sending.sender import Report, Sender
from trackback.storage.sent_pings import SentPings
from trackback.storage.sent_pings_file import SentPingsFile
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

WRITES = ["note", "claim a", "end a", "claim b", "end b", "forget note"]
NO_PAUSE = SendingLimits(pause=timedelta())

IN_A_TERMINAL = """
import signal, sys
from trackback.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background is spared Ctrl-C
sys.exit(main())
"""


def run(path: Path, url: str, write: int = 0, moment: str = "") -> subprocess.Popen[bytes]:
    """Start a run in a process of its own."""
    command = [sys.executable, "-m", "tests.support.crashing_sender", str(path), url, str(write), moment]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})


def sender(ledger: Ledger, minutes: int = 0) -> Sender:
    """Return a run that begins some minutes from now."""
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    return Sender(Fetcher(loopback=True), ledger, limits=NO_PAUSE, clock=lambda: now)


def stages(ledger: Ledger, site: Web) -> dict[str, Stage]:
    """Return what has become of each target of a site."""
    return {
        record.target.rpartition("/")[2]: record.stage
        for record in ledger.every()
        if record.target.startswith(site.url)
    }


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("write", range(1, len(WRITES) + 1), ids=WRITES)
def test_a_run_killed_at_any_write_sends_nothing_twice_and_forgets_nothing(
    blog: Web, other: Web, tmp_path: Path, write: int, moment: str
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    path = tmp_path / "sent.json"
    assert run(path, f"{blog.url}/post", write, moment).wait(60) == -signal.SIGKILL
    ledger = SentPingsFile(path)
    if (write, moment) == (1, "before"):  # it had not begun, and whoever began it begins again
        sender(ledger).send(f"{blog.url}/post")
    for minutes in (0, 16, 32, 3_000):
        sender(ledger, minutes).send_due()
    claimed = {("claim a", "after"), ("end a", "before"), ("claim b", "after"), ("end b", "before")}
    unclear = {WRITES[write - 1][-1]} if (WRITES[write - 1], moment) in claimed else set()
    assert stages(ledger, other) == {
        name: Stage.UNCLEAR if name in unclear else Stage.ACCEPTED for name in "ab"
    }
    expected = Counter("ab")
    if moment == "after":
        expected.subtract(unclear)  # it died before the ping had left
    assert Counter(other.pinged()) == +expected


@pytest.mark.parametrize("moment", ["page", "ping"])
def test_a_run_killed_while_it_waits_for_another_server_sends_nothing_twice(
    blog: Web, other: Web, tmp_path: Path, moment: str
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    path = tmp_path / "sent.json"
    process = run(path, f"{blog.url}/post")

    def kill(_: Request) -> Response:
        process.kill()
        process.wait()
        return Response(ACCEPTED)

    at = "/p/b" if moment == "page" else "/tb/b"
    other.pages[at] = kill
    assert process.wait(60) == -signal.SIGKILL
    del other.pages[at]
    ledger = SentPingsFile(path)
    for minutes in (0, 16, 3_000):
        sender(ledger, minutes).send_due()
    b = Stage.ACCEPTED if moment == "page" else Stage.UNCLEAR
    assert stages(ledger, other) == {"a": Stage.ACCEPTED, "b": b}
    assert Counter(other.pinged()) == Counter("ab")


def test_ctrl_c_ends_a_run_in_one_line(blog: Web, tmp_path: Path) -> None:
    command = [sys.executable, "-c", IN_A_TERMINAL, "send", "--ledger", str(tmp_path / "sent.json")]
    process = subprocess.Popen([*command, f"{blog.url}/post"], stderr=subprocess.PIPE, text=True)

    def interrupt(_: Request) -> Response:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        return Response()

    blog.pages["/post"] = interrupt
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "trackback: stopped\n")


@pytest.mark.parametrize("kind", ["table", "file"])
def test_runs_that_overlap_send_each_ping_once(
    blog: Web, other: Web, tmp_path: Path, table: Table, kind: str
) -> None:
    names = "abcdefgh"
    blog.pages["/post"] = post(*(f"{other.url}/p/{name}" for name in names))

    def ledger() -> Ledger:
        return SentPings(table) if kind == "table" else SentPingsFile(tmp_path / "sent.json")

    def send() -> Report:
        return sender(ledger()).send(f"{blog.url}/post")

    side_by_side(*[send] * 4)
    assert Counter(other.pinged()) == Counter(names)
    assert stages(ledger(), other) == dict.fromkeys(names, Stage.ACCEPTED)
    assert [record for record in ledger().every() if record.is_post_record] == []


def test_a_run_leaves_the_note_of_another_that_has_begun_at_the_same_moment(
    blog: Web, other: Web, tmp_path: Path
) -> None:
    class Late(SentPingsFile):
        """A ledger in which another run has always noted the post just before."""

        def put(self, sending: SentPing) -> bool:
            return super().put(sending) and not sending.is_post_record

    blog.pages["/post"] = post(f"{other.url}/p/a")
    ledger = Late(tmp_path / "sent.json")
    sender(ledger).send(f"{blog.url}/post")
    assert stages(ledger, other) == {"a": Stage.ACCEPTED}
    assert [record for record in ledger.every() if record.is_post_record] != []


def test_of_two_links_to_one_ping_url_runs_that_overlap_use_one(
    blog: Web, other: Web, tmp_path: Path
) -> None:
    blog.pages["/post"] = post(*(f"{other.url}/short/{n}" for n in range(6)))
    other.pages |= {f"/short/{n}": Response("", 302, {"Location": "/p/a"}) for n in range(6)}
    ledger = SentPingsFile(tmp_path / "sent.json")
    side_by_side(*[lambda: sender(SentPingsFile(tmp_path / "sent.json")).send(f"{blog.url}/post")] * 4)
    assert other.pinged() == ["a"]
    assert Counter(stages(ledger, other).values()) == {Stage.ACCEPTED: 1, Stage.DUPLICATE: 5}
