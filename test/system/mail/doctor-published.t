#!/usr/bin/python3 -B
"""The mistakes that sql/doctor.sh names, in the published layout."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import doctor

doctor.run_all('published')
