#!/usr/bin/env perl
# Does SECURITY.md say what is so? Its figures are tried in the real shell,
# each at the limit and one above; the files and make targets it names must
# be there.
#
#   make && prove test/tools/lint/security.t
use strict;
use warnings;
use Test::More;
require './test/lib/docs.pl';
*slurp = \&docs::slurp;

my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
# Run the statements, one on each line; what they print, errors included.
sub sql {
	my @statements = @_;
	my $input = join '', map { "$_\n" } '.load ./mailfunc', @statements;
	open my $shell, '-|', 'sh', '-c', 'printf %s "$1" | "$0" -batch '
		. '-init /dev/null :memory: 2>&1', $sqlite3, $input
		or die "$sqlite3: $!";
	return join '', <$shell>;
}

my $page = slurp('SECURITY.md');
my ($table) = $page =~ /^## The limits\n(.*?)^## /ms;
my (%row, %stored_row);
while ($table =~ /^\| ([^|]+?) \| ([^|]+?) \| ([^|]*?) ?\|/mg) {
	($row{$1}, $stored_row{$1}) = ($2, $3);
}
delete $row{limit};
my %unread = %row;

# The figure in a row that must read like this, commas taken out.
sub figures {
	my ($name, $like) = @_;
	delete $unread{$name};
	my @figures = ($row{$name} // '') =~ /^$like$/;
	ok(@figures > 0, "there is a figure: $name")
		or diag $row{$name} // 'no row';
	return map { tr/,//dr } @figures;
}

# ---- what a stored hash may cost ----

my $number = '([\d,]+)';
my $d22    = 'abcdefghijklmnopqrstuu';
my $d31    = '9X93vdp5rVQu7n4zCfaV54zoFhmaPMC';
my $d43    = '.' x 43;
my $salt   = '.' x 22;
my $phc    = '$c2FsdHNhbHQ$' . 'A' x 43;

# A hash of that cost, and one above if the second argument says so; the third
# says that it is to be stored. Of yescrypt and scrypt not every cost can be
# written.
my %hash_of = (
	bcrypt      => sub { sprintf '$2b$%02d$%s', $_[0], $d22 . $d31 },
	sha512crypt => sub { "\$6\$rounds=$_[0]\$salt\$" . '.' x 86 },
	sha256crypt => sub { "\$5\$rounds=$_[0]\$salt\$$d43" },
	sha1crypt   => sub { "\$sha1\$$_[0]\$salt\$" . '.' x 28 },
	sunmd5      => sub { '$md5,rounds=' . ($_[0] - 4096) . '$salt$$'
		. '.' x 22 },
	PBKDF2      => sub { "{PBKDF2}\$1\$saltsalt\$$_[0]\$" . 'a' x 40 },
	argon2      => sub { '$argon2id$v=19$m=8,t=' . int(($_[0] + 7) / 8)
		. ",p=1$phc" },
	memory      => sub { "\$argon2id\$v=19\$m=$_[0],t=1,p=1$phc" },
	yescrypt    => sub { ($_[2] ? $_[1] ? '$y$jCT//$' : '$y$jCT/.$'
		: $_[1] ? '$y$j9T/lD$' : '$y$jFT$') . "$salt\$$d43" },
	scrypt      => sub { ($_[2] ? $_[1] ? '$7$F6....1' : '$7$F6....0'
		: $_[1] ? '$7$GU....1' : '$7$GU..../') . "....$salt\$$d43" },
);
$hash_of{'gost-yescrypt'} = sub { $hash_of{yescrypt}->(@_) =~ s/y/gy/r };

my (%limit, %stored_limit);
my %tried = (
	bcrypt                            => "cost $number",
	'sha512crypt, sha256crypt'        => "$number rounds",
	'sha1crypt, sunmd5, PBKDF2'       => "$number rounds",
	'yescrypt, gost-yescrypt, scrypt' => "$number block mixes",
	argon2                            => "$number KiB times passes",
	memory                            => "$number KiB",
);
for my $names (sort keys %tried) {
	my ($figure) = figures($names, $tried{$names});
	my ($stored) = $stored_row{$names} =~ /^$tried{$names}$/;
	ok(defined $stored, "and one for storing: $names")
		or diag $stored_row{$names};
	for (split /, /, $names) {
		$limit{$_}        = $figure // 0;
		$stored_limit{$_} = ($stored // 0) =~ tr/,//dr;
	}
}
is(join(' ', sort keys %limit), join(' ', sort keys %hash_of),
	'each kind of limit is tried');
for my $name (sort keys %limit) {
	my ($at, $above) = map { $hash_of{$name}->($limit{$name} + $_, $_) } 0, 1;
	my $got = sql("SELECT 'at: ' || ifnull(VERIFY_PROBLEM('$at'), 'good');",
		"SELECT CRYPT_INFO('$at') IS NOT NULL;",
		"SELECT CRYPT_VERIFY('x', '$above');");
	ok($got =~ /^at: good\n1$/m && $got =~
		/CRYPT_VERIFY: .* asks for \d+ .*, the limit is $limit{$name}$/m,
		"$name: $limit{$name} and no more") or diag $got;
	my $figure = $stored_limit{$name};
	($at, $above) = map { $hash_of{$name}->($figure + $_, $_, 1) } 0, 1;
	$got = sql("SELECT CRYPT_IS_HASH('$at');",
		"SELECT CRYPT_ONCE('$above');");
	ok($got =~ /^1$/m && $got =~
		/CRYPT_ONCE: .* asks for \d+ .*, the limit for storing is $figure$/m,
		"to be stored, $name: $figure and no more") or diag $got;
}
ok(index($page, 'than 1 GiB') > 0 && $limit{memory} == 1024 * 1024, 'which is 1 GiB');

# ---- passwords, salts, addresses ----

my ($least, $most, $bcrypt) = figures('a password to be hashed',
	"$number to $number bytes, bcrypt $number");
my $setting = '$y$j/.$SaltSalt';
for ([$least, $most, $setting], [$least, $bcrypt, '$2b$04$' . $d22]) {
	my ($min, $max, $setting) = @$_;
	my @got = split /\n/, sql(map { "SELECT length(CRYPT(replace(hex(zeroblob("
		. "$_)), '00', 'x'), '$setting')) > 30;" }
		$min, $max, $min - 1, $max + 1);
	ok(grep({ $_ eq '1' } @got) == 2 && grep(/empty|too long/, @got) == 2,
		"passwords of $min to $max bytes") or diag "@got";
}
ok(sql("SELECT group_concat(DISTINCT max_password_bytes) FROM crypt_methods;")
	=~ /^(?:$most,$bcrypt|$bcrypt,$most)$/m, 'as crypt_methods has it');
my ($bytes) = $page =~ /getentropy\(\), (\d+) bytes/;
is(sql("SELECT json_extract(CRYPT_INFO(CRYPT('x', GEN_SALT('yescrypt', 1))),"
	. "'\$.salt_bits') / 8;"), "$bytes\n", "salts of $bytes bytes");

my ($local, $domain, $label) = figures('an address',
	"local part $number, domain $number, label $number bytes");
sub address {
	my ($local, $domain, $label) = @_;
	my $name = '';
	$name .= 'd' x $label . '.' while length($name) + $label + 1 < $domain;
	$name .= 'e' x ($domain - length $name);
	return 'l' x $local . "\@$name";
}
for (['as long as can be', '', 0, 0, 0], ['local part', 'before the @ is over', 1, 0, 0],
	['domain', 'the domain is over', 0, 1, 0], ['label', 'a label over', 0, -1, 1]) {
	my ($name, $problem, @more) = @$_;
	my $email = address($local + $more[0], $domain + $more[1],
		$label + $more[2]);
	my $got = sql("SELECT ADDRESS_PROBLEM('$email');");
	ok($problem eq '' ? $got eq "\n" : $got =~ /$problem/,
		"an address: $name") or diag $got;
}

# ---- versions, and what stays open ----

my ($oldest) = figures('SQLite', '([\d.]+) or newer');
my ($constant) = slurp('ext/mailfunc.c') =~ /OLDEST_SQLITE = (\d+)/;
is(sprintf('%d%03d%03d', split /\./, $oldest), $constant,
	"SQLite $oldest is the oldest");
my ($version) = $page =~ /^\| (\d[\d.]*) \| yes \|$/m;
is(sql('SELECT MAILFUNC_VERSION();'), "$version\n",
	"$version is the version that is mended");
is(join(', ', sort keys %unread), '', 'every row was tried');
my $got = sql('.read sql/schema.sql', "INSERT INTO domains VALUES ('a.b');",
	'.dbconfig enable_trigger off',
	"INSERT INTO users(email, password) VALUES ('x\@a.b', 'plain');",
	'SELECT password FROM users;');
like($got, qr/^plain$/m, 'without triggers a plain password stays plain');

# ---- what it names ----

my %files = map { $_ => 1 } $page =~ m{\b((?:test|sql|ext)/[\w./-]*\w)}g;
my @missing = grep { !-e $_ } sort keys %files;
ok(keys %files > 8, 'it names ' . keys(%files) . ' files');
is("@missing", '', 'and they are there');
my $rules = join '', map { slurp($_) } 'Makefile', glob 'test/*/rules.mk test/*/*/rules.mk';
my %targets = map { $_ => 1 } $page =~ /`make ([\w-]+)`/g;
@missing = grep { $rules !~ /^(?:[\w-]+ )*$_(?: [\w-]+)*:/m } sort keys %targets;
ok(keys %targets > 8, 'it names ' . keys(%targets) . ' targets');
is("@missing", '', 'and they are there, too');

done_testing();
