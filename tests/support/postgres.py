"""A PostgreSQL of a test's own: a cluster in a folder, reached over a socket there, stopped and started at will."""
import os
import pathlib
import pwd
import subprocess
import tempfile

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


class Postgres:
    def __init__(self):
        # The path of a socket is short, and the package's user must reach it where we run as root.
        self.folder = tempfile.mkdtemp(prefix="vonggac-pg-", dir="/tmp")
        self.user = []
        os.chmod(self.folder, 0o755)  # the web process has no rights beyond those of its user
        if os.geteuid() == 0:
            person = pwd.getpwnam("postgres")
            os.chown(self.folder, person.pw_uid, person.pw_gid)
            self.user = ["runuser", "-u", "postgres", "--"]
        self.run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "vonggac", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()
        self.run("createdb", "-h", self.folder, "-U", "vonggac", "register")

    @property
    def url(self):
        return f"postgresql://vonggac@/register?host={self.folder}"

    def run(self, program, *arguments):
        subprocess.run([*self.user, str(BIN / program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self):
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "-o",
                 f"-k {self.folder} -c listen_addresses= -c shared_buffers=32MB", "start")

    def stop(self, mode="immediate"):
        """immediate: as if it was killed; fast: connections are cut, what was under way is undone."""
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", mode, "-w", "stop")

    def remove(self):
        try:
            self.stop("fast")
        except subprocess.CalledProcessError:
            pass  # it was stopped
        subprocess.run(["rm", "-rf", self.folder], check=False)
