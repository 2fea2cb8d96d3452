"""One emulator and one deployed stack for all the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.deploy.emulator import Stack, build, deploy, emulator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The built stack, deployed as an author deploys it."""
    built = build(tmp_path_factory.mktemp("build"))
    with emulator(tmp_path_factory.mktemp("emulator")) as environment:
        yield deploy(built, environment, Sites="blog.example", AuthorEmail="author@blog.example")
