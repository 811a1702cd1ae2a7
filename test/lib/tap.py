"""Test Anything Protocol: one line a check, read by prove. Threads may check,
too: a line is counted and written as one."""
import sys
import threading
import traceback

_count = 0
_failed = 0
_turn = threading.Lock()


def _say(verdict, rest):
    """A line with the next number; a name of several lines is one."""
    global _count
    with _turn:
        _count += 1
        rest = rest.replace('\n', ' ')
        sys.stdout.write(f'{verdict} {_count} {rest}\n')
        sys.stdout.flush()


def diag(text):
    """A remark for the reader; prove shows it, but does not judge it."""
    with _turn:
        for line in str(text).splitlines():
            print('#', line, flush=True)


def ok(passed, what):
    global _failed
    _say('ok' if passed else 'not ok', f'- {what}')
    if not passed:
        _failed += 1
    return bool(passed)


def equal(got, expected, what):
    if not ok(got == expected, what):
        print(f'#      got: {got!r}\n# expected: {expected!r}',
              file=sys.stderr, flush=True)
        return False
    return True


def contains(got, part, what):
    if not ok(part in str(got), what):
        print(f'#      got: {got!r}\n# without: {part!r}',
              file=sys.stderr, flush=True)
        return False
    return True


def skip(why):
    """For what can't be tested here; whoever reads TAP sees why."""
    _say('ok', f'# SKIP {why}')


def give_up(why):
    """A failure that leaves nothing to go on with."""
    ok(False, why.splitlines()[0])
    for line in why.splitlines()[1:]:
        print('#', line, file=sys.stderr, flush=True)
    finish()


def finish():
    print(f'1..{_count}', flush=True)
    sys.exit(1 if _failed else 0)


def _crash(*exception):
    give_up('the test itself failed\n' +
            ''.join(traceback.format_exception(*exception)))


sys.excepthook = _crash
