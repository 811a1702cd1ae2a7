#!/usr/bin/python3 -B
"""Shells that are killed while they write, in journal modes delete and persist.

    KILLS=200 SEED=1 test/hard/fire/kill-delete.t

KILLS is how many in all; half of them are for kill-wal.t.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import kill
import tap

kill.run_all('delete')
tap.finish()
