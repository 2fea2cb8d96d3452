"""What runs SAM: without it, and when what reads its output has gone."""

from io import StringIO
from pathlib import Path

import pytest

from trackback.cli.deploy import sam


def test_without_sam_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAM", "/nowhere/sam")
    with pytest.raises(sam.SamFailed, match=r"/nowhere/sam: No such file.*Use `make deploy`"):
        sam.build(tmp_path)


def test_a_deployment_goes_on_when_its_output_is_not_read_to_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Closed(StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    log = StringIO()
    monkeypatch.setattr("sys.stdout", Closed())
    sam.follow(["one\n", "two\n"], log)
    assert log.getvalue() == "one\ntwo\n"


def test_of_a_build_that_failed_its_error_is_shown() -> None:
    steps = "".join(f"SharedLayer: Running step {n}\n" for n in range(100))
    assert sam.error_in(f"{steps}Error: Make Failed: no space\n") == "Error: Make Failed: no space"
    assert sam.error_in("No such option") == "No such option"
    long = sam.error_in(f"{steps}Error: {'x' * 9000} the end")
    assert long.startswith("Error: x")
    assert long.endswith("the end")
    assert len(long) < 1100
