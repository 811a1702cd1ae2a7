#!/usr/bin/python3 -B
"""Writers, in the direct layout with mailfunc_busy.so in the daemons."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import faults
import tap

faults.run_writers('mailfunc_busy.so')
tap.finish()
