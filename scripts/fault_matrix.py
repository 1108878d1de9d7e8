"""Injects errors into system calls of the program (strace --inject), and judges the outcome."""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

DEADLINE = 12.0  # seconds for one run
THREADS = "clone3"

# The errors of each call that its man page names and a session can meet.
ERRORS = {
    "socket": ["EACCES", "EAFNOSUPPORT", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"],
    "bind": ["EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "ENOMEM"],
    "setsockopt": ["ENOPROTOOPT", "ENOMEM", "EPERM"],
    "getsockname": ["ENOBUFS"],
    "listen": ["EADDRINUSE"],
    "connect": ["ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "EADDRNOTAVAIL", "EACCES", "EAGAIN"],
    "accept4": ["EMFILE", "ENFILE", "ENOMEM", "ECONNABORTED", "EPERM", "EAGAIN", "EINTR"],
    "sendto": ["EAGAIN", "EINTR", "ENOBUFS", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EPERM",
               "ECONNREFUSED", "EMSGSIZE", "ENOMEM", "ECONNRESET", "EPIPE"],
    "sendmmsg": ["EAGAIN", "EINTR", "ENOBUFS", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EPERM",
                 "ECONNREFUSED", "ENOMEM", "ENOSYS"],
    "recvmmsg": ["EAGAIN", "EINTR", "ECONNREFUSED", "ENOMEM", "ENETDOWN", "ENOSYS"],
    "recvfrom": ["EAGAIN", "EINTR", "ECONNRESET", "ETIMEDOUT", "ENOMEM"],
    "shutdown": ["ENOTCONN", "ENOBUFS"],
    "epoll_create1": ["EMFILE", "ENFILE", "ENOMEM"],
    "epoll_ctl": ["ENOMEM", "ENOSPC"],
    "epoll_wait": ["EINTR"],
    "eventfd2": ["EMFILE", "ENFILE", "ENOMEM"],
    "timerfd_create": ["EMFILE", "ENFILE", "ENOMEM"],
    THREADS: ["EAGAIN", "ENOMEM"],
}
# Calls on the file that is recorded to.
FILE_ERRORS = {
    "openat": ["EACCES", "EMFILE", "ENFILE", "ENOSPC", "EROFS", "ENOENT"],
    "write": ["ENOSPC", "EIO", "EDQUOT", "EFBIG", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC"],
}
ANYWHERE = re.compile(r"panicked|RUST_BACKTRACE")
GOES_ON = re.compile(r"The session goes on")


class Peer:
    """The other side of a session, with what it sent and received."""

    def __init__(self, kind):
        self.kind, self.received, self.closed = kind, b"", False
        kinds = {"udp": socket.SOCK_DGRAM}
        self.socket = socket.socket(socket.AF_INET, kinds.get(kind, socket.SOCK_STREAM))
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.socket.settimeout(0.2)
        if kind == "tcp":
            self.socket.listen(8)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.closed:
            try:
                if self.kind == "udp":
                    data, address = self.socket.recvfrom(65535)
                    self.received += data
                    self.socket.sendto(b"answer", address)
                else:
                    connection, _ = self.socket.accept()
                    threading.Thread(target=self.serve, args=(connection,), daemon=True).start()
            except OSError:
                pass

    def serve(self, connection):
        with connection:
            connection.settimeout(5)
            try:
                while data := connection.recv(65536):
                    self.received += data
                    connection.sendall(b"answer")
            except OSError:
                pass

    def close(self):
        self.closed = True
        self.socket.close()


def scenarios(peer_udp, peer_tcp, folder):
    """Command lines that succeed where nothing fails, and what arrives at the peer then."""
    udp, tcp = f"127.0.0.1:{peer_udp.port}", f"127.0.0.1:{peer_tcp.port}"
    record = os.path.join(folder, "log.jsonl")
    return {
        "udp": (["udp", "--to", udp, "--message", "hello", "--count", "1", "--for", "4s"], None),
        "tcp-client": (["tcp-client", tcp, "--message", "hello", "--count", "1", "--for", "4s"], None),
        "tcp-server": (["tcp-server", "--bind", "127.0.0.1:0", "--count", "1", "--for", "4s"], "dial"),
        "send": (["send", "udp", udp, "hello"], None),
        "record": (["udp", "--to", udp, "--message", "hello", "--count", "1", "--for", "4s",
                    "--record", record], None),
    }


def run(program, arguments, inject, path, dial):
    """One run; gives (status, stdout, stderr, whether it hung)."""
    command = ["strace", "-f", "-qq", "-e", "signal=none", "-o", "/dev/null"]
    if inject:
        call = inject.split(":")[0]
        command += ["-e", f"trace={call}", "-e", f"inject={inject}"]
        command += ["-P", path] if path else []
    else:
        command += ["-e", "trace=none"]
    command += [program, "--lang", "en", *arguments]
    environment = {**os.environ, "RUST_BACKTRACE": "0"}
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, errors="replace",
                               env=environment, start_new_session=True)
    output = {"out": "", "err": ""}

    def read(name, pipe):
        for line in pipe:
            output[name] += line
            listening = re.search(r"127\.0\.0\.1:(\d+)", line)
            if dial and name == "out" and listening and "answered" not in output:
                output["answered"] = True
                threading.Thread(target=call_in, args=(int(listening[1]),), daemon=True).start()

    readers = [threading.Thread(target=read, args=pair, daemon=True)
               for pair in (("out", process.stdout), ("err", process.stderr))]
    for reader in readers:
        reader.start()
    try:
        status, hung = process.wait(DEADLINE), False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        status, hung = process.wait(), True
    for reader in readers:
        reader.join(1)
    return status, output["out"], output["err"], hung


def call_in(port):
    """Connects to the server and says something."""
    for _ in range(20):
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.sendall(b"hello")
                connection.settimeout(3)
                connection.recv(1)
                return
        except OSError:
            time.sleep(0.1)


def judge(name, outcome, arrived):
    """The class of an outcome; `None` is a good one."""
    status, out, err, hung = outcome
    if hung:
        return "hangs"
    if ANYWHERE.search(err):
        return "panics"
    if status < 0:
        return "dies of a signal"
    words = [line for line in err.splitlines() if line.strip() and not line.startswith("Received ")]
    if status != 0 and not words:
        return "fails without a word"
    if status == 2 and GOES_ON.search(err):
        return "says that the session goes on"
    # A server's message is the client's, and nobody waits for an answer to what is sent once.
    answered = "received" in out or "RECV" in out or name == "send"
    if status == 0 and not (arrived or name == "tcp-server"):
        return "succeeds, and nothing arrived"
    if status == 0 and not answered:
        return "succeeds without what was to come"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--debug", action="store_true", help="use the debug build")
    parser.add_argument("--only", help="only this call")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if not shutil.which("strace"):
        print("skipped: strace is not installed (scripts/install strace)")
        return 0
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    kind = "debug" if options.debug else "release"
    build = ["cargo", "build", "--locked"] + ([] if options.debug else ["--release"])
    subprocess.run(build, check=True)
    program = os.path.join(target, kind, "netpeer")
    tried, unhandled, not_reached, began = 0, [], 0, time.time()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("udp", "tcp-client", "tcp-server", "send", "record"):
            table = FILE_ERRORS if name == "record" else ERRORS
            for call, errors in table.items():
                if options.only and call != options.only:
                    continue
                # On a file some of its first calls, otherwise the first two of the session.
                for error in errors:
                    for when in (1, 2):
                        peers = Peer("udp"), Peer("tcp")
                        arguments, dial = scenarios(*peers, folder)[name]
                        record = os.path.join(folder, "log.jsonl")
                        path = record if name == "record" else None
                        if os.path.exists(record):
                            os.remove(record)
                        inject = f"{call}:error={error}:when={when}"
                        outcome = run(program, arguments, inject, path, dial)
                        for peer in peers:
                            peer.close()
                        tried += 1
                        arrived = any(b"hello" in peer.received for peer in peers)
                        verdict = judge(name, outcome, arrived)
                        if verdict:
                            unhandled.append((verdict, name, inject))
                        if options.verbose or verdict:
                            print(f"{verdict or 'good':<30} {name:<11} {inject:<40} status {outcome[0]}")
                            if verdict:
                                print("   ", "\n    ".join(outcome[2].splitlines()[-4:]))
    print(f"{tried} faults tried, {tried - len(unhandled)} handled, {len(unhandled)} not, "
          f"in {time.time() - began:.0f} s")
    for verdict in sorted({verdict for verdict, *_ in unhandled}):
        print(f"  {verdict}: {sum(known == verdict for known, *_ in unhandled)}")
    return 1 if unhandled else 0


if __name__ == "__main__":
    sys.exit(main())
