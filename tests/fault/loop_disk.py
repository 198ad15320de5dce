"""A small file system of its own on a loop device, for faults that must not touch the machine's disk."""
import pathlib
import subprocess
import time


class LoopDisk:
    def __init__(self, folder, kind, size_mib):
        self.folder = pathlib.Path(folder)
        self.kind = kind
        self.image = self.folder / "disk.img"
        self.mount = self.folder / "mnt"
        self.size_mib = max(size_mib, 300) if kind == "xfs" else size_mib  # mkfs.xfs makes nothing smaller
        self.mounted = False

    def __enter__(self):
        self.mount.mkdir(parents=True)
        with open(self.image, "wb") as image:
            image.truncate(self.size_mib << 20)
        options = ["-q", "-F"] if self.kind == "ext4" else ["-q", "-f"]
        subprocess.run([f"mkfs.{self.kind}", *options, str(self.image)], check=True)
        self.attach()
        return self

    def attach(self):
        options = "loop,errors=remount-ro" if self.kind == "ext4" else "loop"
        subprocess.run(["mount", "-o", options, "-t", self.kind, str(self.image), str(self.mount)], check=True)
        self.mounted = True

    def detach(self):
        for _ in range(50):
            if subprocess.run(["umount", str(self.mount)], stderr=subprocess.DEVNULL).returncode == 0:
                self.mounted = False
                self.wait_until_gone()
                return
            time.sleep(0.1)
        raise RuntimeError(f"cannot unmount {self.mount}")

    def wait_until_gone(self):
        """A process that was just starting may have a copy of the mount for a moment; until then a new mount would be
        the old one again, shut down as it is."""
        for _ in range(200):
            listed = subprocess.run(["losetup", "-j", str(self.image)], capture_output=True, text=True)
            if not listed.stdout.strip():
                return
            time.sleep(0.1)
        raise RuntimeError(f"{self.image} is still in use 20 s after the unmount")

    def power_cut(self):
        """The file system's goingdown call without flushing: what was not synced is gone, as after a power cut."""
        subprocess.run(["xfs_io", "-x", "-c", "shutdown", str(self.mount)], check=True, capture_output=True)

    def turn_read_only(self):
        """As ext4 does by itself when it finds an error: nothing is asked of the files that are open."""
        source = subprocess.run(["findmnt", "-no", "SOURCE", str(self.mount)], check=True, capture_output=True, text=True)
        device = pathlib.Path(source.stdout.strip()).name
        pathlib.Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("fault run\n")

    def freeze(self):
        subprocess.run(["fsfreeze", "-f", str(self.mount)], check=True)

    def thaw(self):
        subprocess.run(["fsfreeze", "-u", str(self.mount)], check=False, stderr=subprocess.DEVNULL)

    def __exit__(self, *_):
        if self.mounted:
            self.thaw()
            subprocess.run(["umount", "-l", str(self.mount)], check=False)
