"""A small disk of its own: an ext4 image on a loop device, copied as it is at random moments."""

import os
import pathlib
import shutil
import subprocess
import time

import disk_judge as judge
from disk_session import Rows, Sender, Session

MEGABYTES = 16
# Recorded rows are synced every second; as long again is granted to a busy machine.
RECORDED_WITHIN = 2.5


def why_not():
    """Why no image can be mounted here; `None` if one can."""
    if os.environ.get("NETPEER_TORTURE_MOUNTS") != "1":
        return "mounting needs root"
    if not shutil.which("mkfs.ext4"):
        return "mkfs.ext4 is not installed (scripts/install e2fsprogs)"
    return None


class Image:
    """An ext4 file system in a file, mounted at a folder."""

    def __init__(self, work, name, content=None):
        self.file, self.at = os.path.join(work, name + ".img"), os.path.join(work, name)
        os.makedirs(self.at, exist_ok=True)
        if content is None:
            with open(self.file, "wb") as image:
                image.truncate(MEGABYTES << 20)
            subprocess.run(["mkfs.ext4", "-q", "-F", self.file], check=True, capture_output=True)
        else:
            pathlib.Path(self.file).write_bytes(content)

    def mount(self):
        """Mounts it; gives what the system says if it cannot."""
        done = subprocess.run(["mount", "-o", "loop", self.file, self.at], capture_output=True, text=True)
        return done.stderr.strip() if done.returncode else None

    def close(self):
        subprocess.run(["umount", "-l", self.at], capture_output=True)
        pathlib.Path(self.file).unlink(missing_ok=True)

    def copy(self):
        """Its bytes at one moment: read twice without a difference, so that no write came between."""
        for _ in range(40):
            moment = time.monotonic()
            one = pathlib.Path(self.file).read_bytes()
            if pathlib.Path(self.file).read_bytes() == one:
                return moment, one
        return None, None


def cuts(report, chosen, rng, work):
    """Records to an image, and reads the recording from copies of it."""
    what, reason = "loop image", why_not()
    if reason:
        return report.skip(what, reason)
    for ending in ("pcapng", "jsonl"):
        image = Image(work, f"disk-{ending}")
        reason = image.mount()
        if reason:
            image.close()
            return report.skip(what, reason)
        try:
            record_and_cut(report, chosen, ending, rng, work, image)
        finally:
            image.close()


def record_and_cut(report, chosen, ending, rng, work, image):
    """Copies the image while a session records to it; then mounts and reads each copy."""
    path = os.path.join(image.at, f"r.{ending}")
    session = Session(chosen.program, ["udp", "--bind", "127.0.0.1:0", "--record", path], work)
    port = session.port()
    if port is None:
        return report.skip("loop image", session.err()[-200:])
    sender, copies = Sender(port, rate=300), []
    for _ in range(12):
        time.sleep(rng.uniform(0.2, 1.2))
        moment, content = image.copy()
        if content is not None:
            copies.append((sender.before(moment - RECORDED_WITHIN), content))
    sent = sender.stop()
    session.end()
    moment, content = image.copy()
    copies += [(sent, content)] if content else []
    for least, content in copies:
        judge_copy(report, chosen, ending, work, content, least, sent)


def judge_copy(report, chosen, ending, work, content, least, sent):
    copy = Image(work, "copy", content)
    failed = copy.mount()
    path = os.path.join(copy.at, f"r.{ending}")
    report.tried("loop image", reached=not failed)
    try:
        if failed:
            return report.note(f"a copy could not be mounted: {failed}")
        if not os.path.exists(path):
            wrong = f"the recording is gone, with {least} synced rows" if least else None
        else:
            wrong = judge.rows(Rows(chosen.program, path), least, sent) if os.path.getsize(path) else (
                f"the recording is empty, after {least} rows" if least else None)
        if wrong:
            report.defect("loop image", wrong, "the rows synced before the cut, and a message if it is torn")
    finally:
        copy.close()
    return None
