#!/usr/bin/env perl
# Does TABLE_COLUMNS read every table as SQLite does? Random texts of CREATE
# TABLE, of all kinds of names, quotes, comments and constraints: for those
# that SQLite takes, pragma_table_xinfo says what the columns are.
use strict;
use warnings;
use File::Temp ();
use Test::More tests => 2;

my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
my $tables  = 2000;

sub any { return $_[rand @_] }

# Between two tokens.
sub gap {
	return any(' ', ' ', "\n", "\t ", ' /* , (x) " */ ', " -- it's, (\n",
		'/**/', "/*/ ) */");
}

sub name {
	my $bare = any('a' .. 'f', 'A' .. 'F', 'key', 'Größe', '_x', 'x$1',
		'generated', 'always', 'replace', 'as1', 'primary_', 'temp');
	my $odd = any('two words', 'a,b', 'x)', '(y', '--', '/*', '*/', 'check',
		'as', "it's", 'q"q', 'b`b', 'primary', '', ';', 'Key');
	(my $double = $odd) =~ s/"/""/g;
	(my $single = $odd) =~ s/'/''/g;
	(my $back   = $odd) =~ s/`/``/g;
	return any($bare, $bare, $bare, qq("$double"), qq('$single'),
		"`$back`", "[$odd]");
}

sub value {
	return any(1, -2.5, "','", "')'", "'it''s ('", "x'00'", 'NULL', '"a,b"');
}

sub expression {
	my $list = join ',', map { value() } 1 .. any(1, 2);
	return any(value(), '(' . value() . ')', "(1 in ($list))",
		'cast(1 as text)', '(case when 1 then 2 else 3 end)');
}

sub constraint {
	return any(
		sub { 'not null' },
		sub { 'default' . gap() . any(value(), '(' . expression() . ')') },
		sub { 'CHECK' . gap() . '(' . expression() . ')' },
		sub { 'collate nocase' },
		sub { 'references' . gap() . 'p' . any('', '(z)', ' on delete cascade',
			'(z) deferrable initially deferred') },
		sub { 'constraint' . gap() . name() . gap() . 'check(1)' },
		sub { 'unique' . any('', ' on conflict ignore') },
		sub { any('', 'generated always ') . 'as' . gap() . '('
			. expression() . ')' . any('', ' stored', ' virtual') },
	)->();
}

sub column {
	my $type = any('', 'int', 'VARCHAR(10)', 'decimal(5, 2)', 'double precision',
		'"a, type"', 'generated always', 'datetime');
	return join gap(), name(), $type,
		map { constraint() } 1 .. any(0, 0, 1, 1, 2);
}

sub table_constraint {
	return join gap(), any('', 'constraint ' . name()),
		any('check(' . expression() . ')', 'primary key("z0")',
			'unique(z0)', 'foreign key(z0) references p(z)');
}

sub table {
	my ($n) = @_;
	my @items = ('z0 text', map { column() } 1 .. any(1, 2, 3, 6));
	push @items, map { table_constraint() } 1 .. any(0, 0, 1, 2);
	return join gap(), 'create', 'table', any("t$n", qq("t$n"), "[t$n]"),
		'(' . gap() . join(gap() . ',' . gap(), @items) . gap() . ')';
}

srand(my $seed = $ENV{SEED} // time);
note "SEED=$seed";
my $dir = File::Temp->newdir;
open my $in, '>', "$dir/in" or die $!;
print $in ".load ./mailfunc\nBEGIN;\n", 'create table p(z text primary key);', "\n";
# A line each, for the shell reads no statement from the middle of one.
print $in table($_), ";\n" for 1 .. $tables;
print $in <<'SQL';
SELECT 'taken: ' || count(*) FROM sqlite_master WHERE type = 'table';
CREATE TEMP VIEW compared AS
  SELECT sql, TABLE_COLUMNS(sql) AS got, (
    SELECT group_concat('"' || replace(lower(name), '"', '""') || '"', ',')
    FROM (SELECT name FROM pragma_table_xinfo(m.name)
      WHERE hidden = 0 ORDER BY cid)) AS want
  FROM sqlite_master AS m WHERE type = 'table';
SELECT 'differ: ' || count(*) FROM compared WHERE got IS NOT want;
SELECT quote(sql), got, want FROM compared WHERE got IS NOT want LIMIT 3;
SQL
close $in;
my $out = `$sqlite3 -batch -init /dev/null <$dir/in 2>$dir/errors`;
my ($taken)  = $out =~ /^taken: (\d+)/m;
my ($differ) = $out =~ /^differ: (\d+)/m;
ok(($taken // 0) > $tables / 5, "SQLite took a fifth of $tables tables");
is($differ, 0, 'and TABLE_COLUMNS reads them as it does') or diag $out;
