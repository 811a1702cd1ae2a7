#!/usr/bin/python3 -B
"""make config MTA=exim, with Debian's exim4-daemon-heavy: who gets mail, who
logs in, who sends as whom, and what happens while there is no database."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import mta
import mta_checks
import tap

mta.enter('exim')
mta.start(['exim4', '-bdf', '-q1m'], [25, 465, 587])
mta_checks.check('exim')
tap.finish()
