"""A real IMAP server (Debian's dovecot-imapd) for one test run: its own folder, its own ports, gone afterwards."""

import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
HAS_IMAP = PROGRAM is not None and Path("/usr/lib/dovecot/imap").exists()

PASSWORD = "only-for-tests"
CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{base}/mail/%n
mail_fsync = never
mailbox_idle_check_interval = 1 s
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
ssl_min_protocol = TLSv1.2
mail_max_userip_connections = 100
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home/%n
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service imap {{
  client_limit = 1
}}
"""
OAUTH = """
tokeninfo_url = {tokeninfo}
introspection_mode = get
username_attribute = email
"""


class Dovecot:
    """`deliver` puts mails into a folder; `user` names a mailbox that nobody else uses."""

    def __init__(self, base: Path, *, tokeninfo: str = "http://127.0.0.1:9/?access_token=") -> None:
        self.base = base
        self.port, self.tls_port = _free_port(), _free_port()
        self.cert = base / "cert.pem"
        self.tokeninfo = tokeninfo
        self.process: subprocess.Popen | None = None

    def start(self) -> "Dovecot":
        is_root = os.geteuid() == 0
        mail_user = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        for name in ("run", "state", "mail", "home"):
            (self.base / name).mkdir(parents=True)
        self._certificate()
        me = pwd.getpwuid(os.geteuid()).pw_name
        text = CONFIGURATION.format(
            base=self.base,
            internal="dovecot" if is_root else me,
            internal_group="dovecot" if is_root else me,
            login="dovenull" if is_root else me,
            password=PASSWORD,
            uid=mail_user.pw_uid,
            gid=mail_user.pw_gid,
            port=self.port,
            tls_port=self.tls_port,
        )
        (self.base / "dovecot.conf").write_text(text)
        (self.base / "oauth2.conf").write_text(OAUTH.format(tokeninfo=self.tokeninfo))
        if is_root:
            for folder in (self.base, *self.base.parents):
                if folder.owner() == "root" and folder != Path("/") and str(folder).startswith("/tmp/"):
                    folder.chmod(0o755)
            for name in ("mail", "home"):
                os.chown(self.base / name, mail_user.pw_uid, mail_user.pw_gid)
        self.process = subprocess.Popen(
            [str(PROGRAM), "-F", "-c", str(self.base / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=(self.base / "stderr").open("wb"),
        )
        self._wait()
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def client(self, user: str) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login(user, PASSWORD)
        return client

    def deliver(self, user: str, *raws: bytes, folder: str = "INBOX") -> None:
        client = self.client(user)
        client.create(folder)
        for raw in raws:
            answer, _data = client.append(folder, None, None, raw)
            assert answer == "OK", _data
        client.logout()

    def renumber(self, user: str, *raws: bytes, folder: str) -> None:
        """Delete the folder and make it again with these mails: another UIDVALIDITY, the same numbers."""
        client = self.client(user)
        client.delete(folder)
        client.create(folder)
        client.logout()
        self.deliver(user, *raws, folder=folder)

    def _certificate(self) -> None:
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
                *("-keyout", str(self.base / "key.pem"), "-out", str(self.cert)),
            ],
            check=True,
            capture_output=True,
        )

    def _wait(self) -> None:
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), 2) as probe:
                    if probe.recv(4) == b"* OK":
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.base / "dovecot.log").read_text() + (self.base / "stderr").read_text())


def running(base: Path, **more: str) -> Iterator[Dovecot]:
    server = Dovecot(base, **more)
    try:
        yield server.start()
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
