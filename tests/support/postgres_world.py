"""A PostgreSQL of its own for tests of the whole: started in a folder, reached over a socket there, ended with the block."""
import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from failure import expect

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


@contextlib.contextmanager
def postgres_database():
    """The URL of an empty database."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vonggac-pg-", dir="/tmp"))
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None  # root cannot run PostgreSQL
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    folder.chmod(0o755)  # the web process has given up root's right to enter any folder
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(*arguments):
        done = subprocess.run([BIN / arguments[0], *arguments[1:]], capture_output=True, text=True, cwd=folder, **identity)
        expect(done.returncode == 0, f"{arguments[0]}: {done.stderr or done.stdout}")

    try:
        run("initdb", "-D", folder / "data", "-A", "trust", "-U", "vonggac", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            "--no-instructions")
        run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o",
            f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=32MB", "start")
        try:
            run("createdb", "-h", folder, "-U", "vonggac", "register")
            yield f"postgresql://vonggac@/register?host={folder}"
        finally:
            run("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
