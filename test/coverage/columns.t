#!/usr/bin/env perl
# test/schema/columns.sql, once, in the shell with the extension linked in: so
# that what it takes counts. test/schema/outcomes.t runs it for its answers.
use strict;
use warnings;

my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
my $script  = 'test/schema/columns.sql';
my @answers = `$sqlite3 -batch -init /dev/null :memory: <$script 2>/dev/null`;
my @bad = grep { /^not ok/ } @answers;
print @bad || @answers < 50 ? 'not ' : '', "ok 1 - columns.sql\n", @bad
	? map { "# $_" } @bad : '', "1..1\n";
