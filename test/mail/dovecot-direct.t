#!/usr/bin/python3 -B
"""Postfix and Dovecot both read the mail database; smtpd is chrooted."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checks

checks.run('direct', chroot='y', reader='dovecot')
