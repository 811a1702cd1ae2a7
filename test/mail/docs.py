"""README.md and the chapters in doc/: the one place for Python that knows in
which file a chapter is. For Perl and the shell that is test/docs.pl.

A chapter is what stands below its heading, to the next one of its level or
above. The files are read when this is imported, in the folder of the sources.
"""
import glob
import re

from tap import give_up


def _read(name):
    with open(name, encoding='utf-8') as file:
        return file.read()


_TEXTS = {name: _read(name)
          for name in ['README.md', *sorted(glob.glob('doc/*.md'))]}


def _below(heading, text):
    """What stands below each such heading; a line in a block is none."""
    found, opened, inside = [], [], False
    for line in text.splitlines(keepends=True):
        inside ^= line.startswith('```')
        title = re.match(r'(#+) (.*)', line)
        if title and not inside:
            opened = [one for one in opened if one[0] < len(title[1])]
        for one in opened:
            one[1].append(line)
        if title and not inside and title[2] == heading:
            opened.append((len(title[1]), []))
            found.append(opened[-1])
    return [''.join(lines) for _, lines in found]


def chapter(heading):
    """Its text; a test that asks for one that isn't there, or is there
    twice, ends with that failure."""
    found = [(name, text) for name, whole in _TEXTS.items()
             for text in _below(heading, whole)]
    if not found:
        give_up(f"neither README.md nor doc/ has the chapter '{heading}'")
    if len(found) > 1:
        give_up(f"the chapter '{heading}' is there twice: "
                f'{found[0][0]}, {found[1][0]}')
    return found[0][1]


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
    found = [text.split(begin)[1].split(end)[0] for text in _TEXTS.values()
             if text.count(begin) == 1 and end in text]
    return found[0] if len(found) == 1 else None
