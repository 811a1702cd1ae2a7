#!/usr/bin/python3 -B
"""Writers and broken databases, in the published layout."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import faults
import tap

faults.run_all('published')
tap.finish()
