#!/usr/bin/env perl
# Runs test/sql/*.sql in the real sqlite3 shell with the real mailfunc.so, in
# every mode, and makes one TAP stream of what they print.
#
# A script's lines "ok - …" and "not ok - …" are tests. Each of its comments
# "-- error: …" is a test too: the shell's errors, less its own words and line
# numbers, must be just these in their order. MODES=plain:UTF-16le runs these
# two only.
use strict;
use warnings;
use File::Temp ();

my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
my %modes = (
	'plain'    => 'SELECT 1 WHERE 0;',
	'UTF-16le' => "PRAGMA encoding='UTF-16le';",
	'UTF-16be, trusted_schema off' =>
		"PRAGMA encoding='UTF-16be';PRAGMA trusted_schema=OFF;",
);
my @modes = $ENV{MODES} ? split(/:/, $ENV{MODES}) : sort keys %modes;
my $count = 0;

sub check {
	my ($good, $name) = @_;
	$count++;
	$name =~ s/#/\\#/g;	# or it would begin a TAP directive
	print $good ? '' : 'not ', "ok $count - $name\n";
	return $good;
}

sub run {
	my ($script, $mode) = @_;
	my $dir = File::Temp->newdir;
	my $db  = "$dir/test.db";
	open my $pipe, '-|',
		"$sqlite3 -batch -init /dev/null -cmd \"$modes{$mode}\" $db <$script 2>$dir/errors"
		or die "$sqlite3: $!";
	my @out = <$pipe>;
	close $pipe;
	open my $file, '<', "$dir/errors" or die $!;
	my @errors = grep { /\S/ } <$file>;
	return (\@out, \@errors);
}

sub wanted_errors {
	my ($script) = @_;
	open my $file, '<', $script or die "$script: $!";
	return map { /^-- error: (.*)$/ ? $1 : () } <$file>;
}

sub check_errors {
	my ($got, $want, $where) = @_;
	s/^[A-Za-z ]*error(?: near line \d+(?: of [^:]*)?)?: (?:near line \d+: )?//i,
		s/ \(\d+\)$//, chomp for @$got;
	for my $i (0 .. ($#$got > $#$want ? $#$got : $#$want)) {
		my ($g, $w) = ($got->[$i] // 'nothing', $want->[$i] // 'no error');
		check($g eq $w, "$where: $w") or print "# got: $g\n";
	}
}

for my $script (glob 'test/sql/*.sql') {
	for my $mode (@modes) {
		my ($out, $errors) = run($script, $mode);
		my $where = "$script, $mode";
		check(scalar(grep { /^ok/ } @$out), "$where ran");
		for (@$out) {
			check($1 eq '', "$where: $2") if /^(not |)ok - (.*)$/;
		}
		check_errors($errors, [wanted_errors($script)], $where);
	}
}
print "1..$count\n";
