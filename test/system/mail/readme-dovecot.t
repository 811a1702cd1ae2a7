#!/usr/bin/python3 -B
"""The chapter on Dovecot, with the steps that it takes from the one before. The
move from Courier is run by move.t."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import chapters
import private
import stack
from chapters import run_again, run_blocks
from tap import contains, equal, finish, ok


def check_outcome(output):
    contains(output, 'auth succeeded', 'doveadm logged in')
    contains(output, '/home/vmail/.dovecot/example.com/joe/', 'and knows joe')
    chapters.check_first_login(output)
    ok('fatal' not in private.log_text().lower(), 'no daemon complained')


def check_step_5_again(blocks):
    step = [block for block in blocks if 'config.sh' in block][0]
    before = settings()
    run_again(step)
    equal(settings(), before, 'step 5 once more: all files are the same')


def settings():
    return stack.run('sh', '-c',
                     'sha256sum /etc/dovecot/dovecot* /etc/postfix/*.cf')


private.enter('dovecot')
found = chapters.blocks('A mail server from nothing', '23') + \
    chapters.blocks('The same with Dovecot')
stack.make_dovecot_accounts()
chapters.prepare()
check_outcome(run_blocks(found))
check_step_5_again(found)
finish()
