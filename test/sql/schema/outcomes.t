#!/usr/bin/env perl
# Runs outcomes.sql and columns.sql under every pragma that might make a
# difference; see scripts.pl for what of it is a test. MODES=plain: under none.
#
#   outcomes.t SCRIPT...	these instead
use strict;
use warnings;
use File::Temp ();
use Test::More;
require './test/lib/docs.pl';
require './test/lib/scripts.pl';

my @scripts = @ARGV ? @ARGV
	: map { "test/sql/schema/$_.sql" } 'outcomes', 'columns';

# The pragmas, as name=value=what the pragma then answers.
my $turned = 'triggers in another order';
my @modes = (
	[],
	[$turned],
	['recursive_triggers=ON=1', $turned],
	['recursive_triggers=ON=1', 'secure_delete=ON=1'],
	['trusted_schema=OFF=0', 'secure_delete=OFF=0'],
	['temp_store=MEMORY=2', 'journal_mode=WAL=wal', 'foreign_keys=ON=1'],
	["encoding='UTF-16be'=UTF-16be"],
	['trusted_schema=OFF=0', 'recursive_triggers=ON=1', 'foreign_keys=ON=1',
		'secure_delete=OFF=0', "encoding='UTF-16le'=UTF-16le"],
);

# schema.sql with its triggers the other way round: SQLite promises no order
# in which it runs them.
my $dir      = File::Temp->newdir;
my $schema   = docs::slurp('sql/schema.sql');
my @triggers = $schema =~ /^CREATE TRIGGER .*?^END;\n/msg;
$schema =~ s/^CREATE TRIGGER .*?^END;\n/pop @triggers/msge;
open my $file, '>', "$dir/turned.sql" or die "$dir/turned.sql: $!";
print $file $schema;
close $file;

# Sets the pragmas, asks for them, then runs the script.
sub check_mode {
	my ($script, @pragmas) = @_;
	my $sql  = docs::slurp($script);
	my $turn = @pragmas && $pragmas[-1] eq $turned && pop @pragmas;
	my $mode = "$script, " . (join(' ', (map { s/=[^=]*$//r } @pragmas),
		$turn || ()) || 'as it comes');
	$sql =~ s{^\.read sql/schema\.sql$}{.read $dir/turned.sql}mg if $turn;
	my $set = join '', map {
		my ($name, $value) = split /=/;
		".output /dev/null\nPRAGMA $name=$value;\n.output\nPRAGMA $name;\n"
	} @pragmas;
	my @said = check_script($mode, $set . $sql);
	is(shift @said, (split /=/)[2], "$mode: $_ is set") for @pragmas;
	is(grep({ /all checks were made/ } @said), 1, "$mode: ran to its end");
}

@modes = ([]) if ($ENV{MODES} // '') eq 'plain';
for my $script (@scripts) {
	check_mode($script, @$_) for @modes;
}
done_testing();
