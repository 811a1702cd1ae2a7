#!/usr/bin/env perl
# Runs outcomes.sql in the real sqlite3 shell with the real mailfunc.so, under
# every pragma that might make a difference, and makes one TAP stream of it.
#
# A line "ok - ..." or "not ok - ..." that the script prints is a test. So is
# each of its comments "-- error: ...": the shell's errors, less its own words
# and line numbers, must be just these in their order.
use strict;
use warnings;
use File::Temp ();

my $script  = 'test/schema/outcomes.sql';
my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';

# The pragmas, as name=value=what the pragma then answers.
my $turned = 'triggers in another order';
my @modes = (
	[],
	[$turned],
	['recursive_triggers=ON=1', $turned],
	['trusted_schema=OFF=0'],
	['recursive_triggers=ON=1'],
	['foreign_keys=ON=1'],
	['secure_delete=ON=1'],
	['secure_delete=OFF=0'],
	['temp_store=MEMORY=2', 'journal_mode=WAL=wal'],
	["encoding='UTF-16le'=UTF-16le"],
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

# Makes the database with its triggers the other way round: SQLite promises
# no order in which it runs them.
sub turn_triggers {
	my ($dir) = @_;
	my $make = "$dir/turned";
	system shell() . qq( $dir/made.db ".read sql/schema.sql");
	system shell() . qq( $dir/made.db "SELECT 'DROP TRIGGER ' || name || ';'
		FROM sqlite_master WHERE type = 'trigger'" >$make);
	system shell() . qq( $dir/made.db "SELECT sql || ';' FROM sqlite_master
		WHERE type = 'trigger' ORDER BY rowid DESC" >>$make);
	return ".read sql/schema.sql\n.read $make\n";
}

# Sets the pragmas, asks for them, then runs the script.
sub run {
	my (@pragmas) = @_;
	my $dir  = File::Temp->newdir;
	my $turn = @pragmas && $pragmas[-1] eq $turned && pop @pragmas;
	open my $in, '>', "$dir/in" or die $!;
	for (@pragmas) {
		my ($name, $value) = split /=/;
		print $in ".output /dev/null\nPRAGMA $name=$value;\n",
			".output\nPRAGMA $name;\n";
	}
	print $in turn_triggers($dir) if $turn;
	print $in ".read $script\n";
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

for (@modes) {
	my @pragmas = @$_;
	my ($out, $errors) = run(@pragmas);
	my $mode = join(' ', map { s/=[^=]*$//r } @pragmas) || 'as it comes';
	for (grep { /=/ } @pragmas) {
		my ($is, $want) = (shift @$out // '', /([^=]*)$/);
		check($is eq $want, "$mode: is set") or print "# got: $is\n";
	}
	for (@$out) {
		check(!$1, "$mode: $2") if /^(not )?ok - (.*)$/;
	}
	check((grep { /all checks were made/ } @$out) == 1, "$mode: ran to its end");
	check_errors($errors, $mode, wanted_errors());
}
print "1..$count\n";
