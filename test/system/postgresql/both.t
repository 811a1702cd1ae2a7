#!/usr/bin/python3 -B
"""Runs test/sql/schema/both.sql on SQLite and on PostgreSQL: see there."""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import server
import tap

SCRIPT = 'test/sql/schema/both.sql'
TABLES = ['domains', 'users', 'forwardings', 'transport', 'password_policy']
CONTENTS = ''.join(f'SELECT * FROM {name} ORDER BY 1;\n' for name in TABLES)


class Block:
    """Some statements, and what must come of them."""

    def __init__(self, text):
        self.only, self.error, self.rows, self.marked = None, None, [], False
        sql = []
        for line in text.split('\n'):
            mark = re.fullmatch(
                r'-- (only|error|rows|ok)(?:: ?| |$)(.*)', line)
            if not mark:
                sql += [line] if not line.startswith('--') else []
                continue
            self.marked = True
            if mark[1] == 'rows':
                self.rows.append(mark[2])
            elif mark[1] != 'ok':
                setattr(self, mark[1], mark[2])
        self.sql = '\n'.join(sql)


def read_blocks():
    with open(SCRIPT, encoding='utf-8') as file:
        found = [Block(text) for text in file.read().split('\n\n')]
    for block in found:
        if bool(block.sql) != block.marked:
            tap.give_up(f'a block without a mark, or a mark without one:\n'
                        f'{block.sql}')
    return [block for block in found if block.sql]


class Sqlite:
    name = 'sqlite'

    def __init__(self, path):
        self.path = path
        self.ask('.read sql/schema.sql\n')

    def ask(self, text):
        return server.sqlite(text, self.path)

    @staticmethod
    def verify(sql):
        return re.sub(r'\bverify\(', 'CRYPT_VERIFY(', sql)

    @staticmethod
    def message(error):
        line = error.strip().split('\n')[0]
        return re.sub(r' \(\d+\)$', '', line)


class Postgresql:
    name = 'postgresql'

    def __init__(self, running):
        self.running = running

    def ask(self, text):
        return self.running.ask(text)

    @staticmethod
    def verify(sql):
        return re.sub(r'\bverify\(([^()]*)\)', r'mail_verify(\1)::int', sql)

    @staticmethod
    def message(error):
        return re.search('ERROR:  (.*)', error)[1]


def try_block(engine, block):
    before = engine.ask(CONTENTS) if block.error else None
    what = f'{engine.name}: ' + ' '.join(block.sql.split())
    try:
        got = engine.ask(engine.verify(block.sql))
    except server.Failed as error:
        message = engine.message(str(error))
        if not tap.ok(block.error and message.endswith(block.error), what):
            tap.diag(f'fails: {message}\nshould: {block.error}')
    else:
        if block.error:
            tap.equal(got, 'an error', what)
        else:
            tap.equal(got, '\n'.join(block.rows), what)
    if block.error:
        tap.ok(engine.ask(CONTENTS) == before, '  nothing is written')


def main():
    blocks = read_blocks()
    with tempfile.TemporaryDirectory() as folder, \
            server.running() as running:
        for engine in [Sqlite(folder + '/mail.db'), Postgresql(running)]:
            for block in blocks:
                if block.only in (None, engine.name):
                    try_block(engine, block)
    tap.finish()


main()
