#!/usr/bin/env perl
# What was built: names exported, libraries linked, flags of the functions,
# who includes what, and what install and uninstall leave behind.
use strict;
use warnings;
use File::Temp ();
use Test::More;
require './test/lib/docs.pl';
*slurp = \&docs::slurp;

# A make of ours is nobody's child: it would say so.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};
my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
# Nor may the compiler of this run make anything in another folder.
my $build   = $ENV{BUILD} || 'build';

sub sql {
	my ($sql, $command) = @_;
	$command //= '.load ./mailfunc';
	return `$sqlite3 -batch -init /dev/null -cmd '$command' :memory: "$sql" 2>&1`;
}

# ---- the library ----

is(join('', map { (split)[-1] . "\n" } `nm -D --defined-only mailfunc.so`),
	slurp('mailfunc.def'), 'mailfunc.so exports what mailfunc.def lists');
my $needed = join ' ', sort map { /NEEDED.*\[(.*?)\.so/ ? $1 : () }
	`readelf -d mailfunc.so`;
is($needed, 'libargon2 libbsd libc libcrypt libnettle libpasswdqc libsodium',
	'it links these libraries, and no libsqlite3');
my %preloads = ('mailfunc_busy.so' => '',
	'mailfunc_preload.so' => 'sqlite3_mailfuncpreload_init ');
is(join(' ', map { (split)[-1] } `nm -D --defined-only $_`),
	"$preloads{$_}sqlite3_open sqlite3_open16 sqlite3_open_v2",
	"$_ exports what stands in front of SQLite's own")
	for sort keys %preloads;
is(scalar `LD_PRELOAD=./mailfunc_preload.so $sqlite3 -batch -init /dev/null :memory: "SELECT MAILDIR('joe\@example.com')" 2>&1`,
	"example.com/joe/\n", 'and gives its functions to everyone');
like_flag($_) for 'BIND_NOW', 'GNU_RELRO', 'GNU_STACK';

sub like_flag {
	my ($flag) = @_;
	ok(`readelf -lWd mailfunc.so` =~ /\Q$flag\E/, "it has $flag");
}

# ---- the functions ----

# SQLITE_DETERMINISTIC 0x800, SQLITE_INNOCUOUS 0x200000, DIRECTONLY 0x80000
my %fresh = map { $_ => 1 } qw(ask_password/0 ask_password/1 carry_columns/0
	carry_columns/1 crypt/1 crypt/3 crypt_once/1 crypt_once/2 crypt_once/3
	gen_salt/1 gen_salt/2 mailfunc_raise/1 random_password/0
	random_password/1 take_columns/3);
my %direct = map { $_ => 1 } qw(ask_password/0 ask_password/1 carry_columns/0
	carry_columns/1 take_columns/3);
my $query = 'SELECT DISTINCT name, narg, flags FROM pragma_function_list '
	. 'WHERE NOT builtin ORDER BY name, narg';
my %others = map { $_ => 1 } split /^/, sql($query, '.bail on');
my @functions = map { chomp; [split /\|/] }
	grep { !$others{$_} } split /^/, sql($query);
my @names;
for (@functions) {
	my ($name, $narg, $flags) = @$_;
	my $deterministic = $fresh{"$name/$narg"} ? 0 : 0x800;
	push @names, "$name/$narg";
	ok(($flags & 0x800) == $deterministic, "$name/$narg is "
		. ($deterministic ? '' : 'not ') . 'deterministic');
	my $trust = $direct{"$name/$narg"} ? 0x80000 : 0x200000;
	ok(($flags & 0x280000) == $trust, "$name/$narg is "
		. ($direct{"$name/$narg"} ? 'for direct use alone' : 'innocuous'));
}
is("@names", join(' ', qw(
		address_problem/1 ask_password/0 ask_password/1
		carry_columns/0 carry_columns/1 crypt/1 crypt/2 crypt/3
		crypt_info/1 crypt_is_hash/1 crypt_kind/1 crypt_needs_rehash/2
		crypt_needs_rehash/3 crypt_once/1 crypt_once/2 crypt_once/3
		crypt_problem/1 crypt_relabel/2 crypt_verify/2 domain_of/1
		forwarding_problem/2 gen_salt/1 gen_salt/2 local_part_of/1
		maildir/1 maildir_problem/1 maildirs_meet/2 mailfunc_raise/1
		mailfunc_version/0 password_problem/1 password_problem/2
		password_weakness/1 password_weakness/2 policy_problem/1
		policy_problem/2 random_password/0 random_password/1
		shipped_sql/1 table_columns/1 take_columns/3
		verify_problem/1)),
	'and these are all');

my ($version) = slurp('Makefile') =~ /^VERSION = (\S+)$/m;
is(sql('SELECT MAILFUNC_VERSION()'), "$version\n",
	'MAILFUNC_VERSION() is the one of the Makefile');
ok(index(slurp('README.md'), "mailfunc $version") >= 0, 'and of README.md');

# ---- the house: who may include what ----

my %private = (
	'crypt.h'  => 'ext/method_crypt.c',
	'argon2.h' => 'ext/method_argon2.c',
	'sodium.h' => 'ext/method_argon2.c',
	'bsd/readpassphrase.h' => 'ext/prompt.c',
	'passwdqc.h' => 'ext/strength.c',
	'pthread.h' => 'ext/workers.c',
);
my @sql_side = (qw(ext/mailfunc.c ext/sql.h ext/sql.c), glob 'ext/sql_*.[ch]');
my %allowed = map { $_ => 1 } @sql_side, 'ext/preload.c';
for my $file (glob 'ext/*.[ch]') {
	my @includes = slurp($file) =~ /^#include [<"](.*?)[>"]/mg;
	for my $header (sort keys %private) {
		next if $file eq $private{$header};
		ok(!grep({ $_ eq $header } @includes),
			"$file doesn't include $header");
	}
	ok($allowed{$file} || !grep({ /^sqlite3|^sql\.h/ } @includes),
		"$file doesn't know SQLite") if !$allowed{$file};
	ok($file eq 'ext/preload.c' || !grep({ /^sqlite3\.h/ } @includes),
		"$file takes the API as it comes");
}
rule('ext/address.c',  qw(address.h text.h));
rule('ext/secret.c',   qw(secret.h));
rule('ext/text.c',     qw(text.h));
rule('ext/columns.c',  qw(columns.h));
rule('ext/crypt_grammar.c', qw(crypt_grammar.h));
rule('ext/methods.c',  qw(crypt_grammar.h method_argon2.h method_crypt.h
	method_digest.h methods.h));
rule('ext/scheme.c',   qw(scheme.h secret.h));
rule('ext/fault.c',    qw(fault.h));
rule('ext/stored.c',   qw(stored.h));
rule('ext/inspect.c',  qw(inspect.h));
rule('ext/password.c', qw(password.h secret.h));
rule('ext/method_crypt.c',  qw(method_crypt.h secret.h));
rule('ext/method_argon2.c', qw(encoding.h method_argon2.h secret.h));
rule('ext/method_digest.c', qw(encoding.h method_digest.h secret.h));
rule('ext/encoding.c', qw(encoding.h secret.h));
rule('ext/prompt.c',   qw(method.h prompt.h secret.h shown.h));
rule('ext/shown.c',    qw(shown.h));
rule('ext/strength.c', qw(address.h method.h secret.h strength.h));
rule('ext/workers.c',  qw(methods.h secret.h workers.h));
rule('ext/progress.c', qw(progress.h));

# A file of the lower floors includes these of ours and no others.
sub rule {
	my ($file, @may) = @_;
	my %may = map { $_ => 1 } @may;
	my @others = grep { !$may{$_} } slurp($file) =~ /^#include "(.*?)"/mg;
	is("@others", '', "$file includes no more of ours than @may");
}

# ---- install, uninstall ----

my $dest = File::Temp->newdir;
system("make -s install BUILD=$build DESTDIR=$dest >/dev/null") == 0
	or ok(0, 'make install');
my @installed = sort map { chomp; s/^\Q$dest\E//; $_ } `find $dest -type f`;
my ($so) = grep { m{/mailfunc\.so$} } @installed;
ok(defined $so && $so =~ m{^/usr/lib(/[^/]+-linux-gnu[^/]*)?/mailfunc\.so$},
	'mailfunc.so goes flat into the library folder');
my @share = map { m{^/usr/share/mailfunc/(.*)} ? $1 : () } @installed;
is("@share", join(' ', sort map { chomp; s{^sql/}{}r } `find sql -type f ! -name '*.awk' ! -name demo.sh`),
	'all of sql/ that is run goes into share');
ok(-x "$dest/usr/share/mailfunc/publish.sh", 'and scripts can be run there');
my ($folder) = "$dest$so" =~ m{^(.*)/};
is(`LD_LIBRARY_PATH=$folder $sqlite3 -batch -init /dev/null -cmd '.load mailfunc' :memory: 'SELECT MAILFUNC_VERSION()' 2>&1`,
	"$version\n", '.load mailfunc works by bare name');
my ($user) = grep { m{/sbin/} } @installed;
ok(($user // '') eq '/usr/sbin/mailuser' && -x "$dest$user",
	'mailuser goes into sbin');
ok(-e "$dest/usr/share/bash-completion/completions/mailuser",
	'and its completion where bash looks for it');
is(`$dest/usr/sbin/mailuser --version`, "mailuser $version\n",
	'it runs, and is of this version');
ok(`readelf -lWd $dest/usr/sbin/mailuser` =~ /\Q$_\E/, "it has $_")
	for 'BIND_NOW', 'GNU_RELRO', 'PIE';
my $own = "$dest/usr/share/mailfunc/postfix/own";
my $uninstall = "make -s uninstall BUILD=$build DESTDIR=$dest 2>&1";
open my $file, '>', $own or die "$own: $!";
close $file;
is(scalar `$uninstall`, '', 'uninstall has nothing to say');
is($?, 0, 'and ends well');
is(left('! -type d'), '/usr/share/mailfunc/postfix/own',
	'it leaves what is not of ours');
unlink $own or die "$own: $!";
is(scalar `$uninstall`, '', 'a second time, too');
is(left('! -type d'), '', 'and no file');
my ($libdir) = $so =~ m{^(.*)/};
my %system = map { $_ => 1 } '', '/usr', '/usr/lib', '/usr/sbin',
	'/usr/share', '/usr/share/bash-completion',
	'/usr/share/bash-completion/completions', $libdir,
	map { "/usr/share/man$_" } '', '/man5', '/man7', '/man8';
is(join(' ', grep { !$system{$_} } split / /, left('-type d')), '',
	'nor a folder that is not the system\'s');
is(scalar `$uninstall`, '', 'where nothing is left it does nothing');
is($?, 0, 'which is no error');

# What of that kind is below $dest.
sub left {
	my ($kind) = @_;
	return join ' ', sort map { chomp; s/^\Q$dest\E//; $_ }
		`find $dest $kind`;
}

done_testing();
