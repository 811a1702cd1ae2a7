#!/usr/bin/python3 -B
"""The chapter on PostgreSQL: its blocks for the shell, in their order."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import server
import docs
import tap

ROWS = """.read sql/schema.sql
INSERT INTO domains VALUES ('example.com');
UPDATE password_policy SET method = 'bcrypt', cost = 4;
INSERT INTO users(email, password) VALUES ('joe@example.com', 'x');
"""
# Who may be postgres is so already; what is root's lies elsewhere.
HEAD = 'set -euo pipefail\nrunuser() { shift 3; "$@"; }\n'


def run(text, running, folder):
    for old, new in [('/usr/share/mailfunc', folder + '/sql'),
                     ('/srv/mail', folder),
                     ('/var/lib/postgresql', folder + '/vmail'),
                     ('/home/vmail', folder + '/vmail'),
                     ('/root', folder)]:
        text = text.replace(old, new)
    return subprocess.run(
        ['bash', '-c', HEAD + text], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.STDOUT, check=False, timeout=100,
        cwd=folder + '/sql',
        env={**os.environ, 'PGHOST': running.folder, 'PGUSER': 'postgres',
             'PATH': f'{running.bin}:{os.environ["PATH"]}', 'MAKEFLAGS': '',
             'MAILFUNC': os.getcwd() + '/mailfunc'})


def main():
    with tempfile.TemporaryDirectory(dir='/tmp') as folder, \
            server.running() as running:
        shutil.copytree('sql', f'{folder}/sql')
        # As make install puts it there.
        shutil.copy(server.SCHEMA, folder + '/sql/postgresql')
        os.mkdir(folder + '/vmail')
        server.sqlite(ROWS, folder + '/mail.db')
        running.ask('DROP DATABASE mail', database='postgres')
        found = docs.blocks(docs.chapter('PostgreSQL'), 'sh')
        tap.equal(len(found), 3, 'the chapter has its three blocks')
        for _, text in found:
            done = run(text, running, folder)
            tap.equal(done.returncode, 0, text.split('\n')[-2][:70])
            tap.diag(done.stdout)
        tap.equal(running.ask("SELECT mail_verify('x', password) FROM users"),
                  't', 'the user is there')
    tap.finish()


main()
