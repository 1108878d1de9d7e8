"""The window on a virtual display: a session is opened, a message sent, and the window closed.

Faults are those of the shim, in one thread: the first use of each call in the window's own
threads, and in the first thread of the calls that change files or start threads, with each error
in a run of its own. What the window shows is not read here; it has to stay until it is asked to
end, end by itself then, and leave settings that are complete.
"""

import concurrent.futures
import os
import queue
import re
import signal
import subprocess
import tempfile
import time

from display import Display

from . import errnos, injection, kinds, peers, sites, verdicts

# Threads of the graphics driver and of the toolkit, which are not the program's.
FOREIGN = re.compile(r"llvmpipe|disk\$|gdrv|:sh|:gl|swrast|:cs|zbus|async-io|dconf|gmain|pool|"
                     r"blocking|egui_system_fon")
# Calls that libc makes itself as a thread starts: the shim does not see them.
OF_LIBC = ("prctl", "sched_getaffinity")
CHANGES = ("rename", "fsync", "fdatasync", "unlink", "mkdir", "clone3", "flock")
WAIT = 15.0  # seconds for one step


def new_display():
    """A virtual display, for one window at a time."""
    # Threads of the graphics driver are not the program's: it has none.
    return Display(LP_NUM_THREADS="0", MESA_SHADER_CACHE_DISABLE="true")


def until(test, process):
    """Waits for something to be true; false at the deadline or the end of the process."""
    deadline = time.time() + WAIT
    while time.time() < deadline and process.poll() is None:
        found = test()
        if found:
            return found
        time.sleep(0.05)
    return None


def started(display, words, folder, variables):
    """The process of the window, with its standard error in a file."""
    environment = {**display.env, **variables, "HOME": folder, "RUST_BACKTRACE": "0"}
    with open(os.path.join(folder, "err"), "w", encoding="utf-8") as err:
        return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=err)


def program_of(process, traced):
    """The process to end: below strace it is its child."""
    if not traced:
        return process.pid
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="utf-8") as children:
        return int(children.read().split()[0])


def settings(display, program, folder):
    """The text of settings with a new session of UDP, as the program writes them."""
    process = started(display, words(program, folder), folder, {})
    until(lambda: display.do("search", "--onlyvisible", "--class", "netpeer"), process)
    process.terminate()
    process.wait(WAIT)
    return kinds.contents(os.path.join(folder, "settings.ron"))


def configured(folder, text, port):
    """A folder with settings whose session sends to this port and is bound to any."""
    config = os.path.join(folder, "config")
    os.mkdir(config)
    text = text.replace('local_port: "8080"', 'local_port: "0"')
    kinds.written(config, "settings.ron", re.sub('"(8080|8888)"', f'"{port}"', text))
    return config


def words(program, config):
    return [program, "--lang", "en", "--config", config]


def use(display, process, peer):
    """Opens the session and sends a message."""
    window = until(lambda: display.do("search", "--onlyvisible", "--class", "netpeer"), process)
    if not window:
        return
    display.do("windowfocus", "--sync", window.split()[0])
    time.sleep(0.4)  # the first frames
    for keys in (["key", "F5"], ["key", "ctrl+m"], ["type", "hello"], ["key", "ctrl+Return"]):
        display.do(*keys)
        time.sleep(0.15)
    deadline = time.time() + 1.5
    while peers.HELLO not in peer.received and time.time() < deadline:
        time.sleep(0.05)


def run(program, display, text, fault=None, shim=None):
    """One window; gives (outcome, trace)."""
    with tempfile.TemporaryDirectory(prefix="netpeer-window-") as folder:
        peer = peers.udp()
        config = configured(folder, text, peer.address().split(":")[1])
        trace = os.path.join(folder, "trace")
        command, variables = words(program, config), {}
        if fault:
            variables = {"LD_PRELOAD": shim, "NETPEER_FAULT": str(fault),
                         "NETPEER_FAULT_LOG": trace}
        else:
            command = ["strace", "-f", "-Y", "-qq", "-e", "signal=none", "-o", trace, "-e",
                       f"trace={injection.TRACED}", *command]
        process = started(display, command, folder, variables)
        use(display, process, peer)
        status, hung = end(process, not fault)
        trace = kinds.contents(trace)
        missing = [] if peers.HELLO in peer.received else ["hello at the peer"]
        saved = kinds.contents(os.path.join(config, "settings.ron")).rstrip()
        outcome = injection.Outcome(
            status, "", kinds.contents(os.path.join(folder, "err")), hung, missing,
            not saved.endswith(")"), [], injection.injected(trace, fault))
        peer.close()
        return outcome, trace


def end(process, traced):
    """Asks the window to end; gives (status, whether it had to be killed)."""
    if process.poll() is None:
        os.kill(program_of(process, traced), signal.SIGTERM)
    try:
        return process.wait(WAIT), False
    except subprocess.TimeoutExpired:
        os.kill(program_of(process, traced), signal.SIGKILL)
        return process.wait(), True


def faults(text, uses):
    """The faults of a window's trace, and their sites."""
    found = {site for site in sites.of_trace(text, uses)[0]
             if not FOREIGN.search(site[0]) and site[1] not in OF_LIBC
             and (site[0] != "netpeer" or site[1] in CHANGES)}
    # The shim counts from the start of the program, and knows nothing of the loader.
    return [injection.Fault(call, error, nth, thread) for thread, call, nth in sorted(found)
            for error in errnos.ERRORS[call]], found


def judge(outcome, fault):
    """As for the terminal, but a window that stays is as good as a message.

    A library may panic where the program catches it: then the window stays, or the program says
    why it does not open. Where the thread that handles signals was refused, SIGTERM ends the
    program by default (`requests` in src/signals.rs).
    """
    verdict = verdicts.judge(outcome, fault)
    if outcome.status == -signal.SIGTERM and fault.call == "clone3" and not outcome.half_written:
        return verdicts.STAYS
    if verdict == "panics" and outcome.status == 0 and not outcome.half_written:
        return verdicts.STAYS
    if verdict == "panics" and outcome.status in (1, 2) and "netpeer: " in outcome.err:
        return verdicts.OTHER
    return verdicts.STAYS if verdict == "succeeds without hello at the peer" else verdict


def inject(program, shim, only, table, verbose):
    """Tries the faults of the window, or only one, on two displays."""
    displays = [new_display(), new_display()]
    try:
        with tempfile.TemporaryDirectory(prefix="netpeer-window-") as folder:
            text = settings(displays[0], program, folder)
        outcome, trace = run(program, displays[0], text)
        if outcome.status != 0 or outcome.missing:
            table.count("the window does not succeed where nothing fails", "window", "none",
                        outcome, verbose)
            return
        plan, found = faults(trace, 1)
        plan = [only] if only else plan
        table.sites |= {("window", *site) for site in found}
        free = queue.SimpleQueue()
        for display in displays:
            free.put(display)

        def attempt(fault):
            display = free.get()
            try:
                return fault, run(program, display, text, fault, shim)[0]
            finally:
                free.put(display)

        with concurrent.futures.ThreadPoolExecutor(len(displays)) as pool:
            for fault, outcome in pool.map(attempt, plan):
                table.add("window", fault, outcome, verbose, judge)
    finally:
        for display in displays:
            display.close()
