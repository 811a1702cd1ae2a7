#!/usr/bin/python3 -B
"""Postfix and Courier read PostgreSQL, the primary, then its replica."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import postgresql_checks

postgresql_checks.run('courier')
