"""What all measurements need: programs, displays, and tables in the book."""

import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
EXAMPLES = TARGET / "examples"
PORT = 23_917
ADDRESS = f"127.0.0.1:{PORT}"


class Skipped(Exception):
    """Something is missing that a part, or one of its peers, needs."""


class Late(SystemExit):
    """Something did not happen in time."""


def wait_until(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Late(f"waited in vain for {what}")
        time.sleep(0.02)


def drops(port=PORT):
    """The kernel's drops at a UDP port, or None while nobody is bound to it."""
    for line in open("/proc/net/udp").read().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}"):
            return int(fields[-1])
    return None


def waiting(port=PORT):
    """Bytes that wait in the receive buffer of a UDP port."""
    for line in open("/proc/net/udp").read().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}"):
            return int(fields[4].split(":")[1], 16)
    return 0


def compiled(name):
    """The C program of this name beside this file, compiled."""
    source, folder = pathlib.Path(__file__).with_name(f"{name}.c"), TARGET / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-o", folder / name, source], check=True)
    return folder / name


def memory(pid, field="VmRSS"):
    """Memory of a process in MB: all that is resident, or RssAnon alone."""
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1000
    return 0


def cpu(pid):
    """Seconds of processor time a process has used."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def on_core(core):
    """What puts a process on one core before it starts; on a machine with fewer, nothing does."""
    if core is None or core >= os.cpu_count():
        return None
    return lambda: os.sched_setaffinity(0, {core})


class Process:
    """A receiver that is one command."""

    def __init__(self, name, *command, core=None):
        self.name, self.command, self.core = name, command, core

    def start(self, sink=subprocess.DEVNULL, complaints=subprocess.DEVNULL):
        self.spawn(self.command, stdout=sink, stderr=complaints, preexec_fn=on_core(self.core))

    def spawn(self, command, **options):
        """Starts it in a process group of its own, which `stop` ends with all children, as
        socat makes one for each peer."""
        self.began = time.time_ns()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, **options)

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class Display:
    """A virtual display of the usual size."""

    def __init__(self):
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        number = self.server.stdout.readline().decode().strip()
        wait_until(lambda: os.path.exists(f"/tmp/.X11-unix/X{number}"), "the virtual display")
        self.env = dict(os.environ, DISPLAY=f":{number}", LIBGL_ALWAYS_SOFTWARE="1")
        self.env.pop("WAYLAND_DISPLAY", None)

    def tool(self, *arguments):
        return subprocess.run(["xdotool", *arguments], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    def shows(self, *who):
        return self.tool("search", "--onlyvisible", *who) == 0

    def close(self):
        self.server.terminate()  # so that it removes its lock and socket
        self.server.wait()


class Window(Process):
    """The real window under a virtual display, with one UDP tab. With another program around
    the window (examples/frames.rs), a capture file may be in front."""

    def __init__(self, name="**netpeer, the window**", program=None, file=None):
        super().__init__(name)
        self.program, self.file = program or TARGET / "netpeer", file

    def start(self, sink=subprocess.DEVNULL, connect=True):
        self.folder = tempfile.TemporaryDirectory()
        settings = f'(version: 1, theme: Light, tabs: [(network: (local_port: "{PORT}"))])'
        pathlib.Path(self.folder.name, "settings.ron").write_text(settings)
        self.display = Display()
        command = [self.program, "--config", self.folder.name] if self.program == TARGET / "netpeer" else [self.program, self.folder.name]
        command += [self.file] if self.file else []
        self.spawn(command, env=self.display.env, stdout=subprocess.PIPE, text=True)
        try:
            wait_until(lambda: self.display.shows("--class", "netpeer"), "the window")
        except Late:
            self.stop()
            raise
        if connect:
            self.display.tool("search", "--onlyvisible", "--class", "netpeer", "windowfocus", "--sync")
            time.sleep(1)
            self.display.tool("key", "F5")

    def stop(self):
        super().stop()
        self.display.close()
        self.folder.cleanup()


class PacketSender(Process):
    """Packet Sender's window, bound to the same port, with its log on."""

    def __init__(self):
        super().__init__("Packet Sender's window")

    def start(self, sink=subprocess.DEVNULL, bind=True):
        self.folder = tempfile.TemporaryDirectory()
        settings = pathlib.Path(self.folder.name, ".local/share/PacketSender/ps_settings.ini")
        settings.parent.mkdir(parents=True)
        settings.write_text(f"[General]\nudpPort={PORT}\nudpServerEnable={str(bind).lower()}\n")
        self.display = Display()
        env = dict(self.display.env, HOME=self.folder.name)
        self.spawn(["packetsender"], env=env, stdout=sink, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: self.display.shows("--name", "Packet Sender"), self.name)
            if bind:
                wait_until(lambda: drops() is not None, f"{self.name} to bind")
        except Late as reason:
            self.stop()
            raise Skipped(reason)

    def stop(self):
        super().stop()
        self.display.close()
        self.folder.cleanup()


def has(program):
    return shutil.which(program) is not None


def show(value, unit="", digits=1):
    text = f"{value:,.{digits}f}"
    return f"{text}{unit and ' ' + unit}"


def spread(values, unit="", digits=1):
    """The median, and the least and the most where they differ."""
    low, middle, high = min(values), statistics.median(values), max(values)
    if show(low, "", digits) == show(high, "", digits):
        return show(middle, unit, digits)
    return f"{show(middle, unit, digits)} ({show(low, '', digits)}–{show(high, '', digits)})"


def cargo_bench(name, title):
    """The table of a bench that prints what it measured, a figure a line."""
    command = ["cargo", "bench", "--locked", "--bench", name]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows = []
    for line in said.splitlines():
        what, figure = line[:46].strip(), line[46:].split("[")[0].strip()
        if figure:
            rows.append([what, " ".join(figure.split())])
    return table([title, "median"], rows)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


# What the tables say, for the Chinese book; longer phrases first.
CHINESE = {
    "filter by a word": "按词过滤",
    "bare `memmem` pass": "只做 `memmem`",
    "ratio in pairs": "成对之比",
    "memory of the process at most": "进程内存最多",
    " records in memory, ": " 条在内存，",
    " records on disk, ": " 条在磁盘，",
    " % of them with the word": " % 含这个词",
    "pcapng in the window, software renderer": "在窗口打开 pcapng，软件渲染",
    "first rows on screen after": "看到第一批行用时",
    "all rows read after": "全部行读完用时",
    "between two frames, scrolled meanwhile": "读取中滚动，两帧间隔",
    "memory at most: resident, its own": "内存最多：常驻，自己的",
    " packets |": " 个包 |",
    " trimmed": " 已清出",
    "| rows |": "| 行 |",
    "from a key press to its frame on the screen": "从按键到它的那一帧显示出来",
    "no traffic": "没有流量",
    "dropped, counted": "丢弃，已计数",
    "| sent |": "| 发出 |",
    "| neither |": "| 两者都不是 |",
    "round trip of 64 bytes to a bare echo": "64 字节往返，对端为只回送的循环",
    "bare `recvfrom` and `sendto`": "只有 `recvfrom` 加 `sendto`",
    "netpeer, a rule that echoes": "netpeer，一条回送规则",
    "round trip of 64 bytes": "64 字节往返",
    "on the same core": "同一个核",
    "on another core": "另一个核",
    "the server": "服务端",
    "`sendmmsg`, 64 at a time": "`sendmmsg`，每次 64 个",
    "netpeer's load generator": "netpeer 的负载发生器",
    "| load |": "| 负载 |",
    "| went |": "| 发出 |",
    "| came |": "| 到达 |",
    "netpeer's relay": "netpeer 的转发",
    "ratio to socat": "与 socat 之比",
    "| directly |": "| 直接 |",
    "bare `recvmmsg` into memory, 4 MiB buffer": "只用 `recvmmsg` 收进内存，4 MiB 缓冲",
    ", printed to /dev/null": "，输出到 /dev/null",
    ", printed to a pipe that is read": "，输出到有人读的管道",
    "in the pcapng of what was received": "收到的数据报存进 pcapng 的比例",
    "| all": "| 全部",
    "netpeer, the window": "netpeer 窗口",
    "netpeer, the engine into its log": "netpeer 引擎，写入日志",
    "bare loop into memory, 4 MiB buffer": "只收进内存的循环，4 MiB 缓冲",
    "Packet Sender's window": "Packet Sender 窗口",
    "lost at": "丢失率",
    "Python `recvfrom` and `print`": "Python `recvfrom` 加 `print`",
    "the window, software renderer, 1280×800": "窗口，软件渲染，1280×800",
    "between two frames, 50 k datagrams/s for": "两帧间隔，每秒 5 万个数据报，持续",
    "datagrams/s for": "个数据报每秒，持续",
    "of it, before the renderer": "其中交给渲染器之前",
    "work in a frame, a log of": "一帧的工作量，日志行数",
    "window on screen after": "窗口出现用时",
    "memory: resident, its own": "内存：常驻，自己的",
    "idle CPU": "空闲 CPU",
    "program, with linked libraries": "程序，含链接的库",
    "one stream into the log": "一个连接写入日志",
    "of a bare read loop's": "于只读循环的",
    "clients connect": "个客户端连接",
    "all in the log after": "全部进入日志用时",
    "of memory each": "内存每个",
    "busy clients": "个忙碌的客户端",
    "of the median's bytes": "于中位数的字节数",
    "append one record of 64 bytes": "追加一条 64 字节的记录",
    "memory of one record of 64 bytes": "一条 64 字节记录的内存",
    "find and word 60 rows among": "取出并写成文字 60 行，日志行数",
    "TCP, a rule that echoes": "TCP，一条回送规则",
    " connections, one message a second each, ": " 个连接，各每秒一条消息，",
    " turns left out": " 条没有发出",
    " sent, ": " 条发出，",
    " echoed, ": " 条收到回送，",
    "| memory |": "| 内存 |",
    " cores": " 核",
    "processor": "处理器",
    "an empty window of eframe": "eframe 的空窗口",
    "find a message of 64 bytes": "找出一条 64 字节的消息",
    "find 60 messages among": "取出 60 条消息，消息总数",
    "export 1 M records as": "导出一百万条为",
    "bare write of as many bytes": "只写同样多的字节",
    "read back": "读回",
    "memory of exporting": "导出占用的内存，记录数",
    "memory of reading": "读回占用的内存，记录数",
    "| files |": "| 文件 |",
    "drift of the mean": "平均间隔的偏差",
    "jitter, median": "抖动，中位数",
    "bare loop": "只发送的循环",
    "Interval": "间隔",
    "sender": "发送者",
    "the log": "日志",
    "ratio": "比值",
    "longest": "最长",
    "slowest": "最慢",
    "fastest": "最快",
    "dropped": "丢弃",
    "median": "中位数",
    " rows": "",
    "bytes": "字节",
}


def put_into_book(mark, text):
    for language in ["en", "zh"]:
        path = ROOT / "docs" / language / "performance.md"
        if language == "zh":
            for english, chinese in CHINESE.items():
                text = text.replace(english, chinese)
        before, rest = path.read_text().split(f"<!-- {mark} -->\n", 1)
        after = rest.split("<!-- end -->", 1)[1]
        path.write_text(f"{before}<!-- {mark} -->\n{text}\n<!-- end -->{after}")
