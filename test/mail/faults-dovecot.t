#!/usr/bin/python3 -B
"""Writers and broken databases, where Dovecot reads."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import faults
import tap

faults.run_all('direct', reader='dovecot')
tap.finish()
