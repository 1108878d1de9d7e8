#!/usr/bin/env python3
"""Lays out the source of the book in one language: its pages, what they show of the repository,
and the options and the entries of the doctor as the program prints them. Sections have the anchors of the English pages in
every language: the window opens the book at one.

Usage: scripts/book_source.py LANGUAGE PROGRAM FOLDER
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def say(program, language, *words):
    """What the program prints, whoever builds the book."""
    environment = {"LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    command = ["netpeer", "--lang", language, *words]
    done = subprocess.run(command, executable=program, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def commands(program, *parents):
    """The commands below these, as their help lists them."""
    listed = say(program, "en", "help", *parents).partition("\nCommands:\n")[2].partition("\n\n")[0]
    for name in re.findall(r"^  ([a-z][a-z-]*)", listed, re.MULTILINE):
        if name != "help":
            yield [*parents, name]
            yield from commands(program, *parents, name)


HEADING = re.compile(r"^(#{2,}) ([^\n]+)$|^```.*?^```", re.MULTILINE | re.DOTALL)


def headings(text):
    """The sections of a page, without what looks like one in a block of code."""
    return [match for match in HEADING.finditer(text) if match[1]]


def with_anchors(text, english):
    """The page, whose sections have the anchors of those of the English page too."""
    sections = [match[2] for match in headings(english)]
    assert len(sections) == len(headings(text)), sections
    anchors = [re.sub(r"[^\w -]", "", section).strip().lower().replace(" ", "-") for section in sections]

    def anchored(match):
        return f'{match[1]} <a id="{anchors.pop(0)}"></a>{match[2]}' if match[1] else match[0]

    return HEADING.sub(anchored, text)


def main():
    language, program, folder = sys.argv[1:]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    for page in sorted((ROOT / "docs" / language).glob("*.md")):
        text = page.read_text()
        if language != "en":
            text = with_anchors(text, (ROOT / "docs/en" / page.name).read_text())
        # What lies outside of docs/ comes along.
        for shown in set(re.findall(r"\]\(\.\./\.\./([^)#]+)", text)):
            copy = folder / "repository" / shown
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / shown, copy)
        text = text.replace("](../../", "](repository/")
        if "<!-- options -->" in text:
            pages = [["netpeer", []], *[["netpeer " + " ".join(words), words] for words in commands(program)]]
            helps = [f"## {name}\n\n```text\n{say(program, language, 'help', *words).strip()}\n```\n" for name, words in pages]
            assert len(helps) > 10, helps
            text = text.replace("<!-- options -->", "\n".join(helps))
        if "<!-- entries -->" in text:
            ids = re.findall(r"^  ([a-z0-9-]+)  ", say(program, "en", "explain"), re.MULTILINE)
            assert len(ids) > 50, ids
            entries = [f"### {entry}\n\n```text\n{say(program, language, 'explain', entry).strip()}\n```\n" for entry in ids]
            text = text.replace("<!-- entries -->", "\n".join(entries))
        (folder / page.name).write_text(text)
    shutil.copytree(ROOT / "docs/assets", folder / "assets")


main()
