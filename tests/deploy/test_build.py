"""What `sam build` makes: the same files each time, and no more than is needed."""

import re

import pytest
from rjsmin import jsmin

from tests.deploy.builds import FUNCTIONS, LAYERS, RUNTIME, TAG, Build
from tests.support import template
from tests.support.template import ROOT

BUDGETS = {"shared": 10_000_000, "html": 15_000_000, "pages": 5_000_000}
ARM64 = b"\xb7\0"  # ELF's e_machine


def test_two_builds_give_the_same_files(first: Build, second: Build) -> None:
    assert first.hashes() == second.hashes()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_holds_its_own_files_only(first: Build, name: str) -> None:
    source = {file.name for file in (ROOT / "functions" / name).iterdir() if file.is_file()}
    built = {file.relative_to(first.function(name)) for file in first.function(name).rglob("*.*")}
    assert {str(file) for file in built if file.suffix != ".pyc"} == source
    assert {file.name.partition(".")[0] for file in built if file.suffix == ".pyc"} <= {"app"}


def test_what_readers_load_is_made_small(first: Build) -> None:
    source, built = ROOT / "functions" / "serve", first.function("serve")
    scripts = {file.name: jsmin(file.read_text("utf-8")) for file in source.glob("*.js")}
    assert scripts
    assert {file.name: file.read_text("utf-8") for file in built.glob("*.js")} == scripts


def test_the_shared_layer_holds_our_package_as_it_is_in_the_repository(first: Build) -> None:
    source, built = ROOT / "layers" / "shared" / "trackback", first.layer("shared") / "trackback"
    assert {file.name for file in built.glob("*.*")} == {file.name for file in source.glob("*.*")}
    assert all(file.read_bytes() == (source / file.name).read_bytes() for file in built.glob("*.*"))


def test_the_command_line_is_in_no_layer(first: Build) -> None:
    assert not [found for name in LAYERS for found in first.layer(name).glob("trackback/cli*")]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_what_its_requirements_pin_and_nothing_else(first: Build, name: str) -> None:
    lines = (ROOT / "layers" / name / "requirements.txt").read_text().lower().splitlines()
    pinned = {tuple(line.replace("-", "_").split("==")) for line in lines if line and line[0] != "#"}
    built = {tuple(folder.stem.lower().split("-")) for folder in first.layer(name).glob("*.dist-info")}
    assert built == pinned


def test_no_package_is_in_two_layers(first: Build) -> None:
    shared, html, pages = ({folder.name for folder in first.layer(name).iterdir()} for name in LAYERS)
    assert {"lxml", "urllib3"} <= html
    assert {"jinja2", "markupsafe", "itsdangerous"} <= pages
    assert html & shared == pages & shared == pages & html == set()


def test_native_code_is_the_runtimes_and_of_the_templates_architecture(first: Build) -> None:
    native = list(first.layer("html").rglob("*.so"))
    assert template.load().body["Globals"]["Function"]["Architectures"] == ["arm64"]
    assert "etree" in {file.name.partition(".")[0] for file in native}
    assert {file.name.partition(".")[2] for file in native} == {f"{TAG}-aarch64-linux-gnu.so"}
    assert {file.read_bytes()[18:20] for file in native} == {ARM64}


@pytest.mark.parametrize(
    "unwanted",
    [
        r"(?!HtmlLayer/).*\.(so|pyd|dylib)",
        r".*\.(pyx|pxi|pxd|c|h)",
        r"(.*/)?(boto3|botocore|s3transfer|bin|tests?)/.*",
        r".*\.(egg-info|dist-info)/(RECORD|INSTALLER|REQUESTED|direct_url\.json)",
        r".*\.egg-info.*",
        rf".*__pycache__/(?!.*\.{TAG}\.pyc$).*",
    ],
    ids=[
        "native code",
        "what native code is made from",
        "what the runtime has, scripts, tests",
        "pip's notes",
        "setuptools' notes",
        "foreign",
    ],
)
def test_nothing_is_in_an_artifact_that_does_not_belong_there(first: Build, unwanted: str) -> None:
    assert [file for file in first.hashes() if re.fullmatch(unwanted, file)] == []


@pytest.mark.parametrize("name", BUDGETS)
def test_a_layer_keeps_within_its_budget(first: Build, name: str) -> None:
    sizes = {file: file.stat().st_size for file in first.layer(name).rglob("*") if file.is_file()}
    source = sum(size for file, size in sizes.items() if file.suffix != ".pyc")
    print(f"{name} layer: {sum(sizes.values()):,} bytes, {source:,} without bytecode")
    assert sum(sizes.values()) <= BUDGETS[name]


def test_the_makefiles_compile_for_the_runtime_of_the_template() -> None:
    for makefile in (ROOT / "functions" / "Makefile", ROOT / "layers" / "Makefile"):
        assert f"\nRUNTIME := {RUNTIME}\n" in makefile.read_text()
