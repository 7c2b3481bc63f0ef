"""A real mail server for tests: Debian's Exim, unpacked beside us and run by an ordinary user on a free port.

Nothing is installed into the system and no daemon of the system is touched: the packages are downloaded by apt and unpacked into
.blisko/mail-server; Exim asks for its own user by name, so libnss-wrapper answers with ours.

    python -m tools.mail_server install
    python -m tools.mail_server run FOLDER PORT
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from blisko.kit import runner

HOME = Path(__file__).resolve().parent.parent / ".blisko" / "mail-server"
PACKAGES = ("exim4-daemon-light", "libidn12", "libnss-wrapper")
NOBODY = 65534
CONFIG = """\
primary_hostname = mail.test
exim_path = {exim}
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
spool_directory = {home}/spool
log_file_path = {home}/log/%s.log
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_certificate = {home}/certificate.pem
tls_privatekey = {home}/key.pem
tls_advertise_hosts = *
host_lookup =
smtp_accept_max = 50
never_users =
acl_smtp_rcpt = recipient

begin acl
recipient:
  deny local_parts = unknown
       message = No such mailbox here
  defer local_parts = greylisted
       message = Come again later
  deny local_parts = encrypted
       !encrypted = *
       message = Only under TLS
  accept

begin routers
everybody:
  driver = accept
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = {home}/maildir
  maildir_format
  create_directory
  envelope_to_add
"""


@dataclass(frozen=True)
class MailServer:
    """A running server. `unknown@…` is refused, `greylisted@…` deferred, `encrypted@…` refused without TLS."""

    port: int
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def certificate(self) -> Path:
        return self.home / "certificate.pem"

    def letters(self, number: int = 0, seconds: float = 15.0) -> list[EmailMessage]:
        """Answer what has arrived, after at least `number` letters are there."""
        until = time.monotonic() + seconds
        while True:
            found = sorted((self.home / "maildir" / "new").glob("*")) if (self.home / "maildir" / "new").exists() else []
            if len(found) >= number or time.monotonic() > until:
                return [BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes()) for path in found]
            time.sleep(0.05)


def install() -> Path:
    """Answer Exim's path, fetching the packages with apt first where they are not here yet."""
    exim = HOME / "root" / "usr" / "sbin" / "exim4"
    if exim.exists():
        return exim
    if not shutil.which("apt-get"):
        raise SystemExit("The mail server for tests comes from Debian: apt-get is not here.")
    unpacked = HOME / f"root.{os.getpid()}"
    unpacked.mkdir(parents=True)
    done = _download(unpacked)
    if done.returncode and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], capture_output=True, check=False)
        done = _download(unpacked)
    if done.returncode:
        shutil.rmtree(unpacked)
        raise SystemExit(f"The mail server for tests could not be downloaded; try `apt-get update` as root first.\n{done.stderr}")
    for package in sorted(unpacked.glob("*.deb")):
        subprocess.run(["dpkg", "-x", str(package), str(unpacked)], check=True)
        package.unlink()
    # Were it to run as root's, the loader would not let libnss-wrapper answer for it.
    (unpacked / "usr" / "sbin" / "exim4").chmod(0o755)
    try:
        unpacked.rename(HOME / "root")
    except OSError:
        shutil.rmtree(unpacked)  # somebody was faster
    return exim


def _download(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, capture_output=True, text=True, check=False)


@contextmanager
def running() -> Iterator[MailServer]:
    """Run a mail server with its data in a folder of its own until the block ends."""
    # Not among pytest's folders: each run of it closes those to everybody else, the server's user included.
    with tempfile.TemporaryDirectory(prefix="blisko-mail-") as folder:
        home, port = Path(folder), runner.free_port()
        home.chmod(0o755)
        process = start(home, port)
        try:
            _wait_for(port, process, home)
            yield MailServer(port, home, process)
        finally:
            # Its children too: one that still writes its log would bring the folder back.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def start(home: Path, port: int) -> subprocess.Popen[bytes]:
    """Start Exim in the foreground of a process of its own, as nobody where we are root."""
    exim = install()
    uid, gid = (NOBODY, NOBODY) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    for folder in (home, home / "spool", home / "log"):
        folder.mkdir(parents=True, exist_ok=True)
    _write_certificate(home)
    (home / "exim.conf").write_text(CONFIG.format(exim=exim, home=home, port=port))
    (home / "passwd").write_text(f"root:x:0:0::/:\nDebian-exim:x:{uid}:{gid}::{home}:\nme:x:{uid}:{gid}::{home}:\n")
    (home / "group").write_text(f"root:x:0:\nDebian-exim:x:{gid}:\n")
    _give_to(home, uid, gid)
    libraries = next((HOME / "root" / "usr" / "lib").glob("*/libnss_wrapper.so")).parent
    answers = {"NSS_WRAPPER_PASSWD": str(home / "passwd"), "NSS_WRAPPER_GROUP": str(home / "group")}
    env = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": str(libraries), "LD_PRELOAD": str(libraries / "libnss_wrapper.so"), **answers}
    command = [str(exim), "-C", str(home / "exim.conf"), "-bdf", "-q1m"]
    who = {"user": uid, "group": gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with (home / "log" / "output.log").open("wb") as out:
        return subprocess.Popen(command, env=env, cwd=home, stdout=out, stderr=out, start_new_session=True, **who)  # type: ignore[call-overload,no-any-return]


def _write_certificate(home: Path) -> None:
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    files = ["-keyout", str(home / "key.pem"), "-out", str(home / "certificate.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names, *files]
    subprocess.run(command, check=True, capture_output=True)


def _give_to(home: Path, uid: int, gid: int) -> None:
    if os.geteuid() != 0:
        return
    for path in (home, *home.rglob("*")):
        os.chown(path, uid, gid)


def _wait_for(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    until = time.monotonic() + 15
    while process.poll() is None and time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                if line.recv(100).startswith(b"220"):
                    return
        except OSError:
            time.sleep(0.05)
    told = "\n".join(path.read_text()[-2000:] for path in (home / "log").glob("*.log"))
    raise RuntimeError(f"The mail server did not start:\n{told}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"] and len(sys.argv) == 4:
        raise SystemExit(start(Path(sys.argv[2]).resolve(), int(sys.argv[3])).wait())
    print(install())
