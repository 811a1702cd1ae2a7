#!/usr/bin/python3 -B
"""Postfix reads a published copy, Dovecot a mail database in WAL mode; smtpd
isn't chrooted."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import checks

checks.run('published', chroot='n', reader='dovecot')
