#!/usr/bin/python3 -B
"""Writers and broken databases, in the published layout."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import faults
import tap

faults.run_all('published')
tap.finish()
