"""Passwords that can be told from everything else, and the search for them.

A password is 32 letters from g to z: neither hex digits nor, in a row, likely
in a hash. Found is what agrees with one in 12 characters, anywhere in a file,
in UTF-8 or UTF-16.
"""
import glob
import os
import re

LETTERS = 'ghijklmnopqrstuvwxyz'
FRAGMENT = 12
RUN = re.compile(b'[g-z]{%d,}' % FRAGMENT)
RUN16 = re.compile(rb'[g-z](?:\0[g-z]){%d,}' % (FRAGMENT - 1))


class Search:
    def __init__(self, rng):
        self.rng = rng
        self.fragments = set()
        self.bytes = 0

    def password(self):
        """A new one, which is looked for from now on."""
        text = ''.join(self.rng.choices(LETTERS, k=32))
        self.fragments.update(pieces(text.encode()))
        return text

    def found(self, contents):
        """How many pieces of passwords are in there."""
        self.bytes += len(contents)
        runs = RUN.findall(contents) + [
            run.replace(b'\0', b'') for run in RUN16.findall(contents)]
        return sum(piece in self.fragments
                   for run in runs for piece in pieces(run))

    def found_in_files(self, names):
        return sum(map(self.found, map(read, names)))


def pieces(text):
    return {text[at:at + FRAGMENT]
            for at in range(len(text) - FRAGMENT + 1)}


def read(name):
    try:
        with open(name, 'rb') as file:
            return file.read()
    except FileNotFoundError:
        return b''


def files_of(folder, pid=None):
    """All in the folder, and the nameless files that the process has open."""
    names = [os.path.join(folder, name) for name in os.listdir(folder)]
    if pid:
        names += [name for name in glob.glob(f'/proc/{pid}/fd/*')
                  if link(name).endswith(' (deleted)')]
    return names


def link(name):
    try:
        return os.readlink(name)
    except FileNotFoundError:
        return ''
