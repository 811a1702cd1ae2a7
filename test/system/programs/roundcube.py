"""Roundcube as a user meets it: Debian's own, under PHP-FPM, with a login.

fetch() unpacks Debian's packages below build/ once; none is configured. The
rest is for the namespaces of private.py: the chapter is applied as it stands, Courier's authdaemond has the mail database open, and each page is
asked for by FastCGI.
"""
import base64
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import socketserver
import subprocess
import threading
import urllib.parse

import docs
import private
import programs
import tap

CHAPTER = 'Passwords changed in Roundcube'
FETCHED = 'build/roundcube'
PACKAGES = ['roundcube-core', 'roundcube-plugins']
MODULES = {'dom': 'php-xml', 'intl': 'php-intl', 'mbstring': 'php-mbstring',
           'pdo_sqlite': 'php-sqlite3', 'sqlite3': 'php-sqlite3'}
DB = '/srv/mail/mail.db'
HOME = '/srv/roundcube'
# Where the chapter has the library, and where it is here.
LIBDIR = '/usr/lib/x86_64-linux-gnu'
STOCK = '/srv/lib'
LIBRARY = STOCK + '/mailfunc_preload.so'
PLUGIN = '/etc/roundcube/plugins/password/config.inc.php'
SOCKET = '/run/php/roundcube.sock'
LOGS = '/var/log'
FPM_CONF = '''[global]
error_log = /var/log/php-fpm.log
daemonize = no
include = /etc/php/*/fpm/pool.d/roundcube.conf
'''
# The sources believe whoever has said before where they are.
PREPEND = f'''<?php
define('INSTALL_PATH', '{HOME}/');
define('RCMAIL_CONFIG_DIR', '/etc/roundcube');
'''
# Roundcube's own SQL is logged, so that the chapter's settings show what they do.
CONFIG = '''<?php
$config['sql_debug'] = true;
$config['db_dsnw'] = 'sqlite:////srv/webmail/webmail.db?mode=0600';
$config['imap_host'] = 'localhost:1143';
$config['des_key'] = 'twenty-four bytes of it.';
$config['log_dir'] = '/var/log/roundcube';
$config['temp_dir'] = '/srv/roundcube/temp';
$config['plugins'] = ['password'];
'''


def missing_packages(commands):
    """Of Debian; commands has the package of each."""
    missing = {package for name, package in commands.items()
               if not shutil.which(name)}
    if not glob.glob('/usr/sbin/php-fpm*'):
        missing.add('php-fpm')
    have = programs.run('php', '-m').decode().split() \
        if shutil.which('php') else []
    return sorted(missing | {package for name, package in MODULES.items()
                             if name not in have})


def fetch():
    """Before the stage is entered; why not, or None."""
    if 'MAILFUNC_STAGE' in os.environ or os.path.exists(FETCHED):
        return None
    new = FETCHED + '.new'
    shutil.rmtree(new, ignore_errors=True)
    os.makedirs(new)
    try:
        done = subprocess.run(
            ['apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download',
             *PACKAGES], cwd=new, capture_output=True, text=True,
            timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return 'apt-get download took longer than two minutes'
    if done.returncode:
        return 'apt-get download failed: ' + done.stderr.strip()[:200]
    for package in glob.glob(new + '/*.deb'):
        programs.run('dpkg', '-x', package, new + '/root')
    # What stopped half-way isn't taken for all of it.
    os.rename(new, FETCHED)
    return None


def blocks(language):
    return [text for _, text in docs.blocks(docs.chapter(CHAPTER), language)]


# ---- the machine, up to where the chapter begins ----

def shell(script, **options):
    return programs.run('bash', '-euc', script, **options).decode()


def sql(text):
    return shell(f"sqlite3 -init /dev/null -bail {DB} -cmd '.load ./mailfunc' "
                 "-cmd '.timeout 10000'", input=text.encode()).strip()


def lay_out():
    """As the packages and the earlier chapters leave a machine."""
    shell(f'''
        cp -a {FETCHED}/root/usr/share/roundcube {HOME}
        cp -a {FETCHED}/root/etc/roundcube /etc/
        install -d -m 0750 -o www-data -g www-data {HOME}/temp
        install -d -m 0750 -o www-data -g adm /var/log/roundcube
        install -d -m 0755 /run/php /srv/webmail /etc/systemd/system
        install -D -m 0644 mailfunc_preload.so {LIBRARY}
        install -d -o root -g root -m 0750 /srv/mail
        sqlite3 -bail {DB} '.read sql/schema.sql'
        sqlite3 {DB} 'PRAGMA journal_mode = WAL'
        chmod 0600 {DB}
    ''')
    programs.write('/etc/roundcube/config.inc.php', CONFIG.encode())
    programs.write('/srv/prepend.php', PREPEND.encode())
    programs.write('/srv/php-fpm.conf', FPM_CONF.encode())


def start_courier():
    shell(f'''
        install -d -m 0700 /home/vmail
        sh sql/config.sh OUT=/srv/config MAILDB={DB} VMAIL=/home/vmail \
            HOSTNAME=mail.example.org
        cp /srv/config/courier/authdaemonrc /srv/config/courier/authsqliterc \
            /etc/courier/
        install -d -o courier -g courier /run/courier /run/courier/authdaemon
    ''')
    courier('start')
    programs.wait_for('/run/courier/authdaemon/socket', private.LOG)


def courier(word):
    programs.run('authdaemond', word)


# ---- the chapter ----

STANDING_IN = '''
systemctl() {
    case $* in *courier-authdaemon*) authdaemond "$1" ;; esac
}
dpkg-statoverride() { # --update --add USER GROUP MODE FOLDER
    chown "$3:$4" "$6"
    chmod "$5" "$6"
}
'''


def follow_chapter():
    """Each command as it stands, but for where things are."""
    script = STANDING_IN + ''.join(blocks('sh'))
    for place, here in [('/var/lib/roundcube', HOME), (LIBDIR, STOCK)]:
        if place not in script:
            tap.give_up(f'the chapter no longer has {place}')
        script = script.replace(place, here)
    shell(script)
    shell('chown roundcube: /srv/webmail')
    link = HOME + '/plugins/password/config.inc.php'
    tap.equal(os.path.realpath(link), PLUGIN,
              'it names the file in which the plugin looks')
    configure()


def configure(*changes):
    """The chapter's configuration of the plugin, (old, new) changed in it."""
    text, = blocks('php')
    for old, new in changes:
        if old not in text:
            tap.give_up(f'the chapter no longer has {old}')
        text = text.replace(old, new)
    programs.write(PLUGIN, text.encode())


def php_version():
    """As two numbers; the program's name ends in them."""
    name = sorted(glob.glob('/usr/sbin/php-fpm*'))[-1]
    return tuple(int(number) for number in re.findall(r'\d+', name))


@contextlib.contextmanager
def php_fpm(**environment):
    """In the foreground; it ends with the block."""
    command = sorted(glob.glob('/usr/sbin/php-fpm*'))[-1]
    with open(LOGS + '/php-fpm.out', 'ab') as out, subprocess.Popen(
            [command, '--nodaemonize', '--fpm-config', '/srv/php-fpm.conf',
             '-d', 'auto_prepend_file=/srv/prepend.php',
             # It looks for a changed configuration every other second only.
             '-d', 'opcache.enable=0',
             '-d', 'log_errors=1', '-d', 'error_log=/var/log/php.log'],
            env={'PATH': os.environ['PATH'], **environment},
            stdin=subprocess.DEVNULL, stdout=out, stderr=out) as server:
        try:
            programs.wait_for(SOCKET, LOGS + '/php-fpm.out')
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)


# ---- IMAP: enough for a login, which Courier decides ----

def authtest(user, typed):
    return subprocess.run(['authtest', user, typed], capture_output=True,
                          timeout=20, check=False).returncode == 0


class Imap(socketserver.StreamRequestHandler):
    timeout = 20
    # Nobody is turned away: the plugin's statement is all that is left.
    believes = False

    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def handle(self):
        self.say('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready')
        for line in self.rfile:
            tag, _, rest = line.decode().strip().partition(' ')
            if rest.upper().startswith('AUTHENTICATE'):
                self.say('+ ')
                self.authenticate(tag)
                continue
            if rest.upper().startswith('LIST'):
                self.say('* LIST (\\Noselect) "." ""')
            self.say(f'{tag} OK done')

    def authenticate(self, tag):
        _, user, typed = base64.b64decode(self.rfile.readline()).split(b'\0')
        good = authtest(user, typed) or Imap.believes
        self.say(tag + (' OK in' if good else ' NO no'))


def serve_imap():
    socketserver.ThreadingTCPServer.daemon_threads = True
    server = socketserver.ThreadingTCPServer(('127.0.0.1', 1143), Imap)
    threading.Thread(target=server.serve_forever, daemon=True).start()


# ---- a browser ----

class Browser:
    def __init__(self):
        self.cookies = {}

    def ask(self, query, form=None):
        """A page's headers and text; a form is sent by POST."""
        body = urllib.parse.urlencode(form or {}).encode()
        script = HOME + '/index.php'
        answer = programs.run(
            'cgi-fcgi', '-bind', '-connect', SOCKET, input=body, env={
                'SCRIPT_FILENAME': script, 'SCRIPT_NAME': '/index.php',
                'REQUEST_URI': '/?' + query, 'QUERY_STRING': query,
                'REQUEST_METHOD': 'POST' if form else 'GET',
                'CONTENT_TYPE': 'application/x-www-form-urlencoded',
                'CONTENT_LENGTH': str(len(body)),
                'HTTP_HOST': 'localhost', 'SERVER_NAME': 'localhost',
                'SERVER_PROTOCOL': 'HTTP/1.1', 'REMOTE_ADDR': '127.0.0.1',
                'HTTP_COOKIE': '; '.join(f'{name}={value}' for name, value
                                         in self.cookies.items())})
        head, _, text = answer.decode(errors='replace').partition('\r\n\r\n')
        for name, value in re.findall(r'^Set-Cookie: (\w+)=([^;\r]*)', head,
                                      re.M | re.I):
            self.cookies[name] = value
        return head, text

    def token(self, query):
        head, text = self.ask(query)
        found = re.search(r'"request_token":"(\w+)"', text)
        return found[1] if found else tap.give_up(
            f'no form at {query}\n{head}\n{text[:2000]}')

    def login(self, user, typed):
        head, _ = self.ask('_task=login', {
            '_task': 'login', '_action': 'login', '_user': user,
            '_pass': typed, '_token': self.token('_task=login')})
        return '_task=mail' in head

    def change(self, old, new, repeated=None):
        """What the plugin shows: (kind, text)."""
        _, text = self.ask('_task=settings&_action=plugin.password-save', {
            '_token': self.token('_task=settings&_action=plugin.password'),
            '_curpasswd': old, '_newpasswd': new,
            '_confpasswd': new if repeated is None else repeated})
        shown = re.search(r'display_message\(("(?:[^"\\]|\\.)*"),"(\w+)"',
                          text)
        if not shown:
            return 'nothing', text[:500]
        return shown[2], json.loads(shown[1])
