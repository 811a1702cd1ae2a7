#!/usr/bin/python3
"""The block for Python's sqlite3 module."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client

TEMPLATE = '''
import sqlite3
import sys

@open@
for line in sys.stdin:
    what, *fields = line.split()
    statement, LOGIN, email, typed = (
        bytes.fromhex(field.strip('-')).decode() for field in fields)
    try:
        if what == 'bytes':
            typed = typed.encode()
        if what == 'login':
            @LOGIN@
            answer = int(good)
        elif what == 'total':
            answer = db.execute('SELECT total_changes()').fetchone()[0]
        else:
            @ADD or CHANGE@
            answer = count
        print('ok', answer, flush=True)
    except sqlite3.Error as error:
        print('error', error, flush=True)
'''

client.check(TEMPLATE, 'python', 'Python', lambda text: [
    '/usr/bin/python3', client.write('client.py', text)], blobs=True)
