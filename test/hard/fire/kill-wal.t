#!/usr/bin/python3 -B
"""Shells that are killed while they write, in journal mode WAL.

    KILLS=200 SEED=1 test/hard/fire/kill-wal.t

KILLS is how many in all; half of them are for kill-delete.t.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import kill
import tap

kill.run_all('wal')
tap.finish()
