"""Opens a database in each of SQLite's ways, as a process with a library of
ours in LD_PRELOAD: busy.t runs it and reads what it prints.

How SQLite came into the process is the argument: 'none', 'program' (linked,
or loaded for all), or 'plugin' (loaded with Python's module, for it alone).
"""
import ctypes
import sys

UTF16 = 'utf-16-le' if sys.byteorder == 'little' else 'utf-16-be'
READ_WRITE = 2


def main(how):
    if how == 'plugin':
        return show('connect', 0, *through_module())
    if how == 'program':
        ctypes.CDLL('libsqlite3.so.0', ctypes.RTLD_GLOBAL)
    process = ctypes.CDLL(None)
    for name, *arguments in [
            ('sqlite3_open', ':memory:'), ('sqlite3_open16', ':memory:'),
            ('sqlite3_open_v2', ':memory:', READ_WRITE),
            ('sqlite3_open', '/no/such/file'),
            ('sqlite3_open16', '/no/such/file'),
            ('sqlite3_open_v2', '/no/such/file', READ_WRITE)]:
        status, db = open_by(process, name, *arguments)
        show(f'{name} {arguments[0]}', status, *(
            (None, None) if status else (
                ask(process, db, 'PRAGMA busy_timeout'),
                ask(process, db, "SELECT MAILDIR('joe@example.com')"))))


def show(what, status, timeout, maildir):
    print(what, status, timeout, maildir, flush=True)


def open_by(process, name, path, *flags):
    """The status and the connection, which must be NULL where none is."""
    db = ctypes.c_void_p(1)
    path = (path + '\0').encode(UTF16 if name.endswith('16') else 'utf-8')
    more = (*flags, None) if flags else ()
    status = getattr(process, name)(path, ctypes.byref(db), *more)
    return status, db


def ask(process, db, query):
    """The first column of the one row, or None for an error."""
    rows = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int,
                      ctypes.POINTER(ctypes.c_char_p), ctypes.c_void_p)
    def keep(_, _count, values, _names):
        rows.append(values[0].decode())
        return 0

    process.sqlite3_exec(db, query.encode(), keep, None, None)
    return rows[0] if rows else None


def through_module():
    """A module that says how long it waits: what a program says holds."""
    import sqlite3  # not before: it brings SQLite in
    mail = sqlite3.connect(':memory:', timeout=0.25)

    def first(query):
        try:
            return mail.execute(query).fetchone()[0]
        except sqlite3.OperationalError:
            return None
    return first('PRAGMA busy_timeout'), \
        first("SELECT MAILDIR('joe@example.com')")


main(sys.argv[1])
