#!/usr/bin/python3 -B
"""make config MTA=opensmtpd, with Debian's OpenSMTPD: who gets mail, who
logs in, who sends as whom, and what happens while there is no database."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import clients
import mta
import mta_checks
import tap
from stack import DB

# It has listen(2) keep five connections. Whoever comes while these are there
# waits for a greeting in vain, for clients of SMTP don't speak first.
clients.at_once = 5
mta.enter('opensmtpd')
daemon = mta.start(['smtpd', '-dv'], [25, 465, 587])
mta_checks.check('opensmtpd')
daemon.kill()
daemon.wait()
os.unlink(DB)
with open(mta.LOG, 'ab') as log:
    status = subprocess.run(['timeout', '5', 'smtpd', '-dv'], stdin=log,
                            stdout=log, stderr=log, check=False).returncode
tap.ok(status not in [0, 124], f'without a database it ends: {status}')
tap.ok(not os.path.exists(DB), 'and makes none')
tap.finish()
