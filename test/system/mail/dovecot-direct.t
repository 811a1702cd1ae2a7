#!/usr/bin/python3 -B
"""Postfix and Dovecot both read the mail database; smtpd is chrooted."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import checks

checks.run('direct', chroot='y', reader='dovecot')
