#!/usr/bin/python3 -B
"""Writers, in the direct layout with mailfunc_busy.so in the daemons."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import faults
import tap

faults.run_writers('mailfunc_busy.so')
tap.finish()
