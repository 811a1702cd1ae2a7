"""Test Anything Protocol: one line a check, read by prove."""
import sys
import traceback

_count = 0
_failed = 0


def diag(text):
    """A remark for the reader; prove shows it, but does not judge it."""
    for line in str(text).splitlines():
        print('#', line, flush=True)


def ok(passed, what):
    global _count, _failed
    _count += 1
    print('ok' if passed else 'not ok', _count, '-', what, flush=True)
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
    global _count
    _count += 1
    print('ok', _count, '# SKIP', why, flush=True)


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
