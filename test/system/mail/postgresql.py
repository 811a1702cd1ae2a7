"""A PostgreSQL server with a replica that follows it, in the namespaces: the
folders /srv/pg/primary and /srv/pg/replica, each with its socket in it.
"""
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../postgresql'))

import server
import tap

FOLDER = '/srv/pg'
PRIMARY, REPLICA = FOLDER + '/primary', FOLDER + '/replica'
WHERE = ['DB=postgresql', f'DBHOST={PRIMARY},{REPLICA}']

servers = []


def start(maildb, config):
    """With the lines of make config, and all of the mail database exported."""
    os.mkdir(FOLDER)
    for folder in [PRIMARY, REPLICA]:
        os.mkdir(folder)
    primary = server.Server(PRIMARY, 'wal_level = replica')
    primary.make()
    with open(f'{PRIMARY}/data/pg_hba.conf', 'w', encoding='ascii') as file:
        with open(f'{config}/postgresql/pg_hba.conf',
                  encoding='ascii') as lines:
            file.write(lines.read())
        file.write('local all,replication postgres trust\n')
    with open(f'{config}/postgresql/pg_ident.conf', encoding='ascii') as lines:
        primary.add('pg_ident.conf', lines.read())
    primary.start()
    primary.make_database()
    servers.append(primary)
    script = subprocess.run(['sh', 'sql/export-postgresql.sh', maildb],
                            stdout=subprocess.PIPE, text=True, check=True)
    primary.ask(script.stdout)
    primary.ask("UPDATE password_policy SET cost = 6;")
    start_replica(primary)


def start_replica(primary):
    replica = server.Server(REPLICA)
    replica.run('pg_basebackup', '-h', PRIMARY, '-U', 'postgres', '-D',
                replica.data, '-R', '-X', 'stream', '-c', 'fast')
    replica.add('postgresql.conf', f"unix_socket_directories = '{REPLICA}'\n")
    replica.start()
    servers.append(replica)
    tap.equal(replica.ask('SELECT pg_is_in_recovery()'), 't',
              'a replica follows')
    primary.ask("INSERT INTO domains VALUES ('replicated.example')")
    tap.ok(follows(), 'and has what was written since')
    primary.ask("DELETE FROM domains WHERE domain = 'replicated.example'")


def follows():
    """Is what the primary has written on the replica? Waits for it."""
    primary, replica = servers
    where = primary.ask('SELECT pg_current_wal_lsn()')
    return replica.ask(f"""
        DO $$ BEGIN
          FOR i IN 1..600 LOOP
            EXIT WHEN pg_last_wal_replay_lsn() >= '{where}';
            PERFORM pg_sleep(0.05);
          END LOOP;
        END $$;
        SELECT pg_last_wal_replay_lsn() >= '{where}';""") == 't'


def sql(text):
    answer = servers[0].ask(text)
    return answer + '\n' if answer else ''


def lose_primary():
    """As if its machine were gone."""
    tap.ok(follows(), 'the replica has everything')
    primary = servers[0]
    pids = [int(line.split()[0]) for line in subprocess.run(
        ['ps', '-o', 'pid=,args=', '--ppid', str(primary.process.pid)],
        stdout=subprocess.PIPE, text=True, check=False).stdout.splitlines()]
    primary.stop(signal.SIGKILL)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    servers.pop(0)
