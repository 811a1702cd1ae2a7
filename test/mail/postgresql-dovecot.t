#!/usr/bin/python3 -B
"""Postfix and Dovecot read PostgreSQL, the primary, then its replica."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import postgresql_checks

postgresql_checks.run('dovecot')
