"""Uses the window as a screen reader does: over AT-SPI, on a message bus of its own.

Usage: dbus-run-session -- python3 screen_reader.py PROGRAM [--all]
Needs python3-pyatspi, at-spi2-core and a display. Prints what is wrong, and fails then.
Without --all it looks at the first window of one language only.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time

from gi.repository import Gio, GLib

SECONDS = 30
CONTROLS = {
    "check box", "combo box", "entry", "menu item", "page tab", "push button", "radio button",
    "slider", "spin button", "toggle button", "check menu item", "radio menu item",
}
NAMED = {"frame", "image", "landmark", "page tab list", "status bar", "table", "tool bar"}
WORDS = {
    "English": {
        "title": "netpeer",
        "open": "Open port",
        "port": "Local port",
        "log": "Log",
        "bound": "Bound to 127.0.0.1",
        "arrived": "1 message arrived",
        "taken": "is in use by",
        "kinds": ["TCP client", "TCP server", "Relay", "Unix", "UDP"],
        "pages": [
            "Details", "Auto-reply rules", "Simulated network", "Intercepted data",
            "Load and measure", "Rates of the last minutes", "Plot of fields",
            "Snippets and history", "Send sequence", "Open a file", "Export the log",
            "Program settings", "Help",
        ],
    },
    "Chinese": {
        "title": "网络调试助手",
        "open": "打开端口",
        "port": "本地端口",
        "log": "数据日志",
        "bound": "已绑定 127.0.0.1",
        "arrived": "新到 1 条数据",
        "taken": "占用",
        "kinds": ["TCP 客户端", "TCP 服务器", "转发", "Unix", "UDP"],
        "pages": [
            "详情", "自动应答规则", "弱网模拟", "已拦截数据", "压力与测量", "最近几分钟的速率", "字段曲线", "片段与历史", "发送序列",
            "打开文件", "导出日志", "程序设置", "帮助",
        ],
    },
}

session = Gio.bus_get_sync(Gio.BusType.SESSION)


def turn_on_screen_reader():
    on = GLib.Variant("(ssv)", ("org.a11y.Status", "ScreenReaderEnabled", GLib.Variant("b", True)))
    properties = "org.freedesktop.DBus.Properties"
    session.call_sync("org.a11y.Bus", "/org/a11y/bus", properties, "Set", on, None, 0, -1, None)


turn_on_screen_reader()
import pyatspi  # noqa: E402 (it connects to the bus)

faults = []
announced = []


def fault(where, what):
    found = f"{where}: {what}"
    if found not in faults:
        faults.append(found)
        print(found, flush=True)


def pump():
    while GLib.MainContext.default().iteration(False):
        pass
    time.sleep(0.02)


def until(what, look):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            found = look()
        except GLib.Error:  # the object went away
            found = None
        if found:
            return found
        pump()
    fault("waited for", what)
    return None


def interfaces(node):
    return pyatspi.listInterfaces(node)


def states(node):
    return set(node.getState().getStates())


def nodes(node):
    """The node and what it contains; what goes away meanwhile is left out."""
    try:
        yield node
        children = [node.getChildAtIndex(place) for place in range(node.childCount)]
    except GLib.Error:
        return
    for child in children:
        if child is not None:
            yield from nodes(child)


def can_be_pressed(node):
    """Whether it has an action, or is disabled."""
    node.clearCache()
    if pyatspi.STATE_ENABLED not in states(node):
        return True
    return "Action" in interfaces(node) and node.queryAction().nActions > 0


class Window:
    def __init__(self, program, language, network):
        self.words = WORDS[language]
        self.folder = tempfile.TemporaryDirectory()
        with open(os.path.join(self.folder.name, "settings.ron"), "w") as file:
            file.write(f"(version: 2, lang: Some({language}), tabs: [(network: ({network}))])")
        self.process = subprocess.Popen([program, "--config", self.folder.name])
        self.frame = until("the window on the bus", self.find)
        if not self.frame:
            sys.exit("the window is not on the bus")
        until("the first controls", lambda: len(list(nodes(self.frame))) > 20)

    def find(self):
        for application in pyatspi.Registry.getDesktop(0):
            if application and application.get_process_id() == self.process.pid:
                return application.getChildAtIndex(0)
        return None

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def named(self, name, *roles):
        for node in nodes(self.frame):
            try:
                if node.name == name and (not roles or node.getRoleName() in roles):
                    return node
            except GLib.Error:
                pass
        return None

    def press(self, name, *roles):
        node = until(name, lambda: self.named(name, *roles))
        if node:
            node.queryAction().doAction(0)
            for _ in range(10):
                pump()

    def announces(self, part, loudness):
        until(f"the announcement of “{part}”", lambda: any(
            part in text and how == loudness for text, how in announced
        ))

    def check(self, where):
        """Every control has a role, a name and an action; fields take text."""
        tabs = []
        for node in list(nodes(self.frame)):
            try:
                self.check_node(where, node, tabs)
            except GLib.Error:
                pass
        if [pyatspi.STATE_SELECTED in states(tab) for tab in tabs].count(True) != 1:
            fault(where, "not one tab is selected")

    def check_node(self, where, node, tabs):
        role, name = node.getRoleName(), node.name
        if role in ("unknown", "invalid"):
            fault(where, f"“{name}” has no role")
        if role in CONTROLS | NAMED and not name:
            fault(where, f"a {role} in “{node.parent.name}” has no name")
        if role in CONTROLS:
            enabled = pyatspi.STATE_ENABLED in states(node)
            # Its state may change while it is looked at: text is filled in elsewhere.
            if not can_be_pressed(node):
                until(f"{where}: an action of {role} “{name}”", lambda: can_be_pressed(node))
            if role == "combo box" and not node.description:
                fault(where, f"combo box “{name}” has no value")
            if role == "entry" and enabled:
                self.check_field(where, node)
        if role == "page tab":
            tabs.append(node)
            if node.parent.getRoleName() != "page tab list":
                fault(where, f"tab “{name}” is in no list of tabs")
            if pyatspi.STATE_CHECKED in states(node):
                fault(where, f"tab “{name}” is checked rather than selected")

    def check_field(self, where, field):
        name, written = field.name, "7"

        def text():
            content = field.queryText()
            return content.getText(0, content.characterCount)

        before = text()
        if before == written:
            written = "8"
        field.queryEditableText().setTextContents(written)
        until(f"{where}: text in “{name}”", lambda: text() == written)
        field.queryEditableText().setTextContents(before)
        until(f"{where}: the text before in “{name}”", lambda: text() == before)


def on_event(event):
    announced.append((str(event.any_data), event.detail1))


POLITE, ASSERTIVE = 1, 2


def udp_socket():
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.bind(("127.0.0.1", 0))
    return found


def use(program, language, whole):
    taken = udp_socket()
    window = Window(program, language, 'local_port: "0"')
    words = window.words
    try:
        if words["title"] not in window.frame.name:
            fault("the window", f"its name is “{window.frame.name}”")
        window.check(language)
        window.press(words["open"], "push button")
        window.announces(words["bound"], POLITE)
        ports = [text.rsplit(":", 1)[-1] for text, _ in announced if words["bound"] in text]
        taken.sendto(b"from far", ("127.0.0.1", int(ports[-1].split()[0])))
        window.announces(words["arrived"], POLITE)
        log = until("the log", lambda: window.named(words["log"], "table"))
        if log:
            until("the row", lambda: any("from far" in node.name for node in nodes(log)))
        window.check(f"{language}, open")
        if whole:
            for page in words["pages"]:
                window.press(page, "toggle button", "push button")
                window.check(page)
    finally:
        window.end()
    announced.clear()
    window = Window(program, language, f'local_port: "{taken.getsockname()[1]}"')
    try:
        window.press(words["open"], "push button")
        window.announces(words["taken"], ASSERTIVE)
        if whole:
            for kind in words["kinds"]:
                window.press(kind, "radio button")
                window.check(kind)
    finally:
        window.end()


def main():
    program, whole = sys.argv[1], "--all" in sys.argv[2:]
    pyatspi.Registry.registerEventListener(on_event, "object:announcement")
    for language in WORDS if whole else ["English"]:
        use(program, language, whole)
    sys.exit(bool(faults))


main()
