"""A real sqlite3 shell with the real mailfunc.so, and what a statement costs.

A shell that runs longer than it was given is killed; its database can say
what it likes.
"""
import os
import re
import resource
import subprocess
import threading

SQLITE3 = os.environ.get('SQLITE3', 'sqlite3')
MIB = 1 << 20
MARK = '@@ that was it @@'
NEAR = re.compile(' near line [0-9]+( of [^:]*)?:')


class Answer:
    """What a statement printed, and what it took."""

    def __init__(self, lines, seconds, mib):
        self.text = '\n'.join(lines)
        self.seconds = seconds      # of a core, in user and kernel mode
        self.mib = mib              # of memory at the peak, above before

    def cost(self):
        return f'{self.seconds:.3f} s of a core, {self.mib:.1f} MiB'


class Shell:
    """with Shell() as shell: shell.run(sql)"""

    def __init__(self, database=':memory:', seconds=120, address_space=None,
                 extension=True):
        self._args = [SQLITE3, '-batch', '-init', '/dev/null', database]
        self._limit = address_space
        self._seconds = seconds
        self._extension = extension

    def _confine(self):
        if self._limit:
            resource.setrlimit(resource.RLIMIT_AS, (self._limit, self._limit))

    def __enter__(self):
        # Large blocks of memory come fresh and go back at once, so that the
        # peak of a statement is its own.
        environment = dict(os.environ, MALLOC_MMAP_THRESHOLD_='131072')
        self._process = subprocess.Popen(
            self._args, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=environment,
            preexec_fn=self._confine)
        self._clock = threading.Timer(self._seconds, self._process.kill)
        self._clock.start()
        if self._extension:
            self.tell('.load ./mailfunc')
        return self

    def __exit__(self, *exception):
        self._clock.cancel()
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._process.stdout.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def tell(self, line):
        """A command or a statement; its lines. None if the shell ended."""
        try:
            self._process.stdin.write(f'{line}\n.print {MARK}\n'.encode(
                'utf-8', 'surrogateescape'))
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        lines = []
        for got in self._process.stdout:
            got = got.decode('utf-8', 'replace').rstrip('\n')
            if got == MARK:
                return lines
            lines.append(got)
        return None

    def _memory(self, what):
        with open(f'/proc/{self._process.pid}/status') as status:
            return int(re.search(rf'{what}:\s+(\d+)', status.read())[1]) / 1024

    def run(self, sql):
        """One statement, without its semicolon."""
        with open(f'/proc/{self._process.pid}/clear_refs', 'w') as peak:
            peak.write('5')
        before = self._memory('VmRSS')
        self.tell('.timer on')
        lines = self.tell(sql + ';')
        if lines is None:
            raise RuntimeError('the shell was ended in: ' + sql[:200])
        mib = self._memory('VmHWM') - before
        self.tell('.timer off')
        clock = [line for line in lines if line.startswith('Run Time:')]
        spent = re.findall(r'(?:user|sys) ([\d.]+)', ' '.join(clock))
        return Answer([NEAR.sub(':', line, count=1)
                       for line in lines if line not in clock],
                      sum(map(float, spent)), mib)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"
