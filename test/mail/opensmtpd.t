#!/usr/bin/python3 -B
"""make config MTA=opensmtpd, with Debian's OpenSMTPD: who gets mail, who
logs in, who sends as whom, and what happens while there is no database."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import mta
import mta_checks
import tap

mta.enter('opensmtpd')
mta.start(['smtpd', '-dv'], [25, 465, 587])
mta_checks.check('opensmtpd')
tap.finish()
