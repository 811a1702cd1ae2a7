#!/usr/bin/python3 -B
"""What sql/doctor.sh says of a set of maps, FORMAT=cdb: nothing if all is well,
and what is wrong with it."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import checks
import doctor
import stack
from doctor import Mistake
from stack import DB, run, shell
from tap import finish

SET = '/srv/mail/maps'
COPY = SET + '/copy.db'


def use_maps():
    """Instead of the copy that the stack has made."""
    stack.configure('n', '', f'PUBLISHED={SET}', 'FORMAT=cdb')
    run('sh', 'sql/publish.sh', DB, SET, 'cdb')
    shell('postfix reload 2>/dev/null')


def mistakes():
    again = f"sh sql/publish.sh {DB} {SET} cdb"
    return [
        Mistake('it is closed', f'chmod 0600 {COPY}', 'database',
                [f"error|{COPY}|postfix can't open it: {COPY} is root:postfix"
                 ', mode 600|chown root:postfix; chmod 0640, its folder 0750'],
                again),
        Mistake('others may replace it', 'chmod 0770 /srv/mail', 'modes',
                ['error|/srv/mail|mode 770, group postfix: others than root '
                 'may replace the database|chmod go-w /srv/mail'], None),
    ]


with stack.mail_system('published', 'n', checks.rows()):
    use_maps()
    doctor.make_healthy('n')
    doctor.check_healthy('a set of maps')
    doctor.check_user()
    for each in mistakes():
        each.check()
    shell(f"sqlite3 {DB} \"INSERT INTO transport VALUES ('x.example', 'x:')\"")
    run('sh', 'sql/publish.sh', DB, SET, 'cdb')
    doctor.check_healthy('published again')
finish()
