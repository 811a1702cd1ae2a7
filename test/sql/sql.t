#!/usr/bin/env perl
# Runs test/sql/*.sql in every mode; see scripts.pl for what of it is a test.
# MODES=plain:UTF-16le runs these two only.
use strict;
use warnings;
require './test/lib/docs.pl';
require './test/lib/scripts.pl';

my %modes = (
	'plain'    => '',
	'UTF-16le' => "PRAGMA encoding='UTF-16le';\n",
	'UTF-16be, trusted_schema off' =>
		"PRAGMA encoding='UTF-16be';PRAGMA trusted_schema=OFF;\n",
);
my @modes = $ENV{MODES} ? split(/:/, $ENV{MODES}) : sort keys %modes;

for my $script (glob 'test/sql/*.sql') {
	check_script("$script, $_", $modes{$_} . docs::slurp($script))
		for @modes;
}
done_testing();
