"""The chapters of README.md and doc/, for Python: test/lib/docs.pl knows where
they are.

The folder of the sources is the one in which this is imported.
"""
import glob
import os
import re
import subprocess

from tap import give_up

_TOP = os.getcwd()


def chapter(heading):
    """Its text; a test that asks for one that isn't there, or is there
    twice, ends with that failure."""
    done = subprocess.run(['perl', 'test/lib/docs.pl', heading], cwd=_TOP,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        give_up(done.stderr)
    return done.stdout


def blocks(text, *languages):
    """(language, lines) of each block of a text, or of these languages. A
    shell's command is one line, on however many it stands."""
    found = re.findall(r'^```(\w*)\n(.*?)^```$', text, re.M | re.S)
    return [(language, re.sub(r' \\\n\s*', ' ', lines)
             if language == 'sh' else lines)
            for language, lines in found
            if not languages or language in languages]


def between(begin, end):
    """What stands between two lines, which are in one file, once."""
    found = []
    for name in [f'{_TOP}/README.md', *glob.glob(f'{_TOP}/doc/*.md')]:
        with open(name, encoding='utf-8') as file:
            text = file.read()
        if text.count(begin) == 1 and end in text:
            found.append(text.split(begin)[1].split(end)[0])
    return found[0] if len(found) == 1 else None
