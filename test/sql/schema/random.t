#!/usr/bin/env perl
# Do the triggers of users change what a statement does? Random statements run
# on users and on a table of the same keys that has no triggers. After each,
# both must have the same users with the same quotas, the one the hashes of
# the other's passwords, and both must have failed or succeeded alike.
use strict;
use warnings;
use File::Temp ();
use Test::More;

my $sqlite3    = $ENV{SQLITE3} || 'sqlite3';
my $statements = 500;
my $unique     = 0;

# ---- the statements ----

sub any { return $_[rand @_] }

# Few addresses, so that they meet; the case of letters is as it comes.
sub email {
	my $email = any('a' .. 'f') . '@example.com';
	return any($email, $email, uc $email, ucfirst $email);
}

sub password {
	$unique++;
	return any("'plain $unique'", "'plain $unique'",
		"x'" . unpack('H*', "blob $unique") . "'",
		"(SELECT hash FROM hashed)");
}

sub quota { return int rand 1000 }

# The maildirs are given: users who get theirs from the address could get in
# the way of one another, which the other table doesn't know.
sub row {
	$unique++;
	return "('" . email() . "', " . password() . ', ' . quota()
		. ", 'own/$unique/')";
}

sub insert {
	my $rows = join ', ', map { row() } 1 .. any(1, 1, 2, 4);
	my $or   = any('', '', 'OR IGNORE', 'OR REPLACE', 'OR FAIL', 'OR ABORT');
	my $on   = any('', any('DO NOTHING',
		'DO UPDATE SET password = excluded.password',
		'DO UPDATE SET password = excluded.password, quota = excluded.quota',
		"DO UPDATE SET password = excluded.password, email = '" . email() . "'",
		'DO UPDATE SET quota = excluded.quota + 1',
		'DO UPDATE SET password = excluded.password WHERE T.quota > 500'));
	$on = '' if $or !~ /^(?:|OR IGNORE)$/;	# OR wins, says schema.sql
	$on = " ON CONFLICT(email) $on" if $on;
	$rows = any("VALUES $rows", "SELECT * FROM (VALUES $rows) WHERE true");
	return "INSERT $or INTO T(email, password, quota, maildir) $rows$on;";
}

sub update {
	my $or  = any('', '', 'OR IGNORE', 'OR REPLACE', 'OR FAIL', 'OR ABORT');
	my $swap = "email = CASE lower(email) WHEN 'a\@example.com' THEN "
		. "'B\@example.com' WHEN 'b\@example.com' THEN 'a\@example.com' "
		. 'ELSE email END';
	my $set = any('password = ' . password(),
		'password = ' . password() . ', quota = ' . quota(),
		"email = '" . email() . "'",
		"email = '" . email() . "', password = " . password(),
		'email = upper(email)', 'quota = quota + 1', 'password = password',
		$swap, "$swap, password = " . password(),
		"password = 'of ' || lower(email)");
	my $where = any('', " WHERE email = '" . email() . "'",
		" WHERE email IN ('" . email() . "', '" . email() . "')",
		' WHERE quota > 500');
	return "UPDATE $or T SET $set$where;";
}

sub statement {
	return any(\&insert, \&update)->() if rand() < 0.9;
	return "DELETE FROM T WHERE email = '" . email() . "';";
}

# ---- a run ----

my $setup = <<'SQL';
.load ./mailfunc
.read sql/schema.sql
UPDATE password_policy SET method = 'argon2id', cost = 'm=8,t=1,p=1';
INSERT INTO domains VALUES ('example.com');
CREATE TABLE plain(
  email TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
  password NOT NULL,
  quota INTEGER NOT NULL DEFAULT 10485760,
  maildir
) WITHOUT ROWID;	-- like users: rows are updated in the order of the key
CREATE TEMP TABLE hashed AS
  SELECT CRYPT('hashed', GEN_SALT('argon2id', 'm=8,t=1,p=1')) AS hash;
CREATE TEMP VIEW differ AS
  SELECT email FROM plain WHERE NOT EXISTS (
    SELECT 1 FROM users
    WHERE email = lower(plain.email) COLLATE BINARY
      AND quota = plain.quota
      AND CRYPT_IS_HASH(users.password)
      AND (users.password IS plain.password
        OR CRYPT_VERIFY(plain.password, users.password)))
  UNION ALL
  SELECT email FROM users WHERE email NOT IN (SELECT email FROM plain)
  UNION ALL
  SELECT 'a maildir' FROM users WHERE ifnull(maildir, '') = ''
  UNION ALL
  SELECT 'a maildir' FROM users GROUP BY lower(maildir) HAVING count(*) > 1;
SQL

# What the shell prints for the statements, each run on both tables.
sub output_of {
	my ($pragma, @list) = @_;
	my $dir = File::Temp->newdir;
	open my $in, '>', "$dir/in" or die $!;
	print $in $pragma, $setup;
	for my $n (0 .. $#list) {
		for my $table ('plain', 'users') {
			print $in $list[$n] =~ s/\bT\b/$table/gr, "\n";
		}
		print $in "SELECT '$n: ' || emails FROM (\n",
			"  SELECT group_concat(email) AS emails FROM differ)\n",
			"  WHERE emails IS NOT NULL;\n";
	}
	print $in "SELECT count(*) || ' differ at the end' FROM differ;\n";
	close $in;
	my $out = `$sqlite3 -batch -init /dev/null <$dir/in 2>$dir/errors`;
	open my $errors, '<', "$dir/errors" or die $!;
	return ($out, join '', <$errors>);
}

srand(my $seed = $ENV{SEED} // time);
note "SEED=$seed";
for my $pragma ('', 'PRAGMA recursive_triggers = ON;',
	"PRAGMA encoding = 'UTF-16le'; PRAGMA trusted_schema = OFF;") {
	my @list = map { statement() } 1 .. $statements;
	my ($out, $errors) = output_of("$pragma\n", @list);
	my $where = $pragma || 'as it comes';
	is($out, "0 differ at the end\n", "$where: the same users")
		or $out =~ /^(\d+): (.*)/m && diag "$2 after: $list[$1]";
	my ($users, $plain) = map { my $table = $_;
		scalar(() = $errors =~ /UNIQUE constraint failed: $table\./g)
	} 'users', 'plain';
	my $lines = () = $errors =~ /\n/g;
	ok($users > 0 && $users == $plain && $lines == $users + $plain,
		"$where: the same errors")
		or diag "users: $users, plain: $plain, all: $lines";
}
done_testing();
