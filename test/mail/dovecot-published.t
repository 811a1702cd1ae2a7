#!/usr/bin/python3 -B
"""Postfix reads a published copy, Dovecot a mail database in WAL mode; smtpd
isn't chrooted."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checks

checks.run('published', chroot='n', reader='dovecot')
