#!/usr/bin/python3 -B
"""The mistakes that sql/doctor.sh names, in the published layout."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import doctor

doctor.run_all('published')
