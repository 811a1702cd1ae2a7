#!/usr/bin/env perl
# Runs outcomes.sql and columns.sql in the real sqlite3 shell with the real
# mailfunc.so, under every pragma that might make a difference, and makes one
# TAP stream of it.
#
# A line "ok - ..." or "not ok - ..." that a script prints is a test. So is
# each of its comments "-- error: ...": the shell's errors, less its own words
# and line numbers, must be just these in their order.
use strict;
use warnings;
use File::Temp ();

my @scripts = ('test/schema/outcomes.sql', 'test/schema/columns.sql');
my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';

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
my $count = 0;

sub check {
	my ($good, $name) = @_;
	$count++;
	$name =~ s/#/\\#/g;	# or it would begin a TAP directive
	print $good ? '' : 'not ', "ok $count - $name\n";
	return $good;
}

sub shell { return "$sqlite3 -batch -init /dev/null" }

sub contents {
	my ($name) = @_;
	open my $file, '<', $name or die "$name: $!";
	local $/;
	return scalar <$file>;
}

# schema.sql with its triggers the other way round: SQLite promises no order
# in which it runs them.
sub write_turned {
	my ($name) = @_;
	my $schema   = contents('sql/schema.sql');
	my @triggers = $schema =~ /^CREATE TRIGGER .*?^END;\n/msg;
	$schema =~ s/^CREATE TRIGGER .*?^END;\n/pop @triggers/msge;
	open my $file, '>', $name or die "$name: $!";
	print $file $schema;
}

# Sets the pragmas, asks for them, then runs the script.
sub run {
	my ($script, @pragmas) = @_;
	my $dir  = File::Temp->newdir;
	my $sql  = contents($script);
	my $turn = @pragmas && $pragmas[-1] eq $turned && pop @pragmas;
	open my $in, '>', "$dir/in" or die $!;
	for (@pragmas) {
		my ($name, $value) = split /=/;
		print $in ".output /dev/null\nPRAGMA $name=$value;\n",
			".output\nPRAGMA $name;\n";
	}
	if ($turn) {
		write_turned("$dir/turned.sql");
		$sql =~ s{^\.read sql/schema\.sql$}{.read $dir/turned.sql}mg;
	}
	print $in $sql;
	close $in;
	open my $pipe, '-|', shell() . " $dir/test.db <$dir/in 2>$dir/errors"
		or die "$sqlite3: $!";
	chomp(my @out = <$pipe>);
	close $pipe;
	open my $file, '<', "$dir/errors" or die $!;
	chomp(my @errors = grep { /\S/ } <$file>);
	return (\@out, \@errors);
}

sub wanted_errors {
	my ($script) = @_;
	open my $file, '<', $script or die "$script: $!";
	return map { /^-- error: (.*)$/ ? $1 : () } <$file>;
}

sub check_errors {
	my ($got, $mode, @want) = @_;
	for (@$got) {
		s/^.*?near line \d+(?: of [^:]*)?: //;
		s/ \(\d+\)$//;
	}
	for my $i (0 .. ($#$got > $#want ? $#$got : $#want)) {
		my ($g, $w) = ($got->[$i] // 'nothing', $want[$i] // 'no error');
		check($g eq $w, "$mode: fails: $w") or print "# got: $g\n";
	}
}

sub check_script {
	my ($script, @pragmas) = @_;
	my ($out, $errors) = run($script, @pragmas);
	my $mode = "$script, "
		. (join(' ', map { s/=[^=]*$//r } @pragmas) || 'as it comes');
	for (grep { /=/ } @pragmas) {
		my ($is, $want) = (shift @$out // '', /([^=]*)$/);
		check($is eq $want, "$mode: is set") or print "# got: $is\n";
	}
	for (@$out) {
		check(!$1, "$mode: $2") if /^(not )?ok - (.*)$/;
	}
	check((grep { /all checks were made/ } @$out) == 1,
		"$mode: ran to its end");
	check_errors($errors, $mode, wanted_errors($script));
}

for my $script (@scripts) {
	check_script($script, @$_) for @modes;
}
print "1..$count\n";
