#!/usr/bin/env perl
# valgrind's memcheck over the extension: no byte read before it was written,
# none outside of its block, and no block left behind.
#
# The unit tests; the SQL scripts in the driver, which has everything linked
# in; and the real mailfunc.so in the real shell. That each kind of mistake
# would be found, faulty.so shows in the same shell.
#
# JOBS (2) run at a time.
use strict;
use warnings;
use File::Temp ();
use Test::More;

my $build   = $ENV{BUILD} || 'build';
my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
my $jobs    = $ENV{JOBS} || 2;
my $dir     = File::Temp->newdir;

# Libraries that were unloaded keep their names. What is still reachable at the
# end is the libraries' own; all other leaks count.
my $memcheck = 'valgrind --error-exitcode=99 --leak-check=full '
	. '--errors-for-leak-kinds=definite,indirect,possible '
	. '--show-leak-kinds=definite,indirect,possible --keep-debuginfo=yes';

# secret.c searches a stack that is no longer one for what was left on it.
my @units = grep { !m{/secret$} }
	map { m{/(\w+)\.c$}; "$build/unit/$1" } glob 'test/unit/*.c';
my @scripts = glob 'test/sql/*.sql';
my $shell = "$sqlite3 -batch -init /dev/null :memory:";

# A million passwords would take minutes.
$ENV{GENERATED} //= 20000;

# What is run, the longest first, and the script it reads if it is a shell.
my @all = (
	['test/unit/damage.c', "$build/unit/damage"],
	['test/tools/valgrind/all.sql, mailfunc.so in the shell', $shell,
		'test/tools/valgrind/all.sql'],
	['test/tools/valgrind/all.sql, linked in', "$build/shell :memory:",
		'test/tools/valgrind/all.sql'],
	(map { ["$_, linked in", "$build/shell :memory:", $_] } @scripts),
	(map { m{(\w+)$}; ["test/unit/$1.c", $_] }
		grep { !m{/damage$} } @units),
	(map { ["FAULT('$_')", $shell, fault($_)] }
		qw(nothing leak uninitialised overrun freed)),
);

# What memcheck must say of each mistake.
my %finds = (
	leak          => qr/definitely lost.*make_mistake/s,
	uninitialised => qr/uninitialised value.*make_mistake/s,
	overrun       => qr/Invalid write of size 1.*make_mistake/s,
	freed         => qr/Invalid read of size 1.*make_mistake/s,
);

sub slurp {
	my ($name) = @_;
	local $/;
	open my $file, '<', $name or return '';
	return <$file> // '';
}

# A script for the shell that makes the mistake.
sub fault {
	my ($which) = @_;
	my $name = "$dir/$which.sql";
	open my $file, '>', $name or die "$name: $!";
	print $file ".load $build/valgrind/faulty\n",
		"SELECT 'ok - ' || FAULT('$which');\n";
	close $file;
	return $name;
}

# In a child process; what it said and what memcheck said go into files.
sub begin {
	my ($number, $options) = @_;
	my (undef, $command, $script) = @{ $all[$number] };
	$script //= '/dev/null';
	my $pid = fork // die $!;
	return $pid if $pid;
	exec "exec timeout 600 $memcheck $options --log-file=$dir/$number.log "
		. "$command <$script >$dir/$number.out 2>&1";
}

sub run_all {
	my (%running, %status);
	my @left = 0 .. $#all;
	while (@left || %running) {
		while (@left && keys %running < $jobs) {
			my $number = shift @left;
			$running{begin($number, '')} = $number;
		}
		my $pid = wait;
		die "no child: $!" if $pid < 0;
		$status{delete $running{$pid}} = $?;
	}
	return %status;
}

# Did it do what it should, besides? Its tests passed, and the shell's errors
# are those that a script announces.
sub worked {
	my ($number, $status) = @_;
	my ($what, undef, $script) = @{ $all[$number] };
	my $out = slurp("$dir/$number.out");
	return 0 if $out !~ /^ok/m || $out =~ /^not ok/m;
	return $status == 0 unless defined $script;
	my $wanted = () = slurp($script) =~ /^-- error: /mg;
	my $got = () = $out =~ /^(?:Runtime error|Error|Parse error)/mg;
	return $wanted == $got;
}

# Once more, with what tells where an uninitialised byte came from: that takes
# twice as long, so it isn't asked for at first.
sub look_closer {
	my ($number) = @_;
	my (undef, undef, $script) = @{ $all[$number] };
	waitpid begin($number, '--track-origins=yes'), 0;
	my @lines = split /\n/, slurp("$dir/$number.log");
	splice @lines, 100 if @lines > 100;
	diag join "\n", @lines, grep { /^not ok|rror/ } split /\n/,
		slurp("$dir/$number.out");
}

# 99 is memcheck's own; without its summary it hasn't been there.
sub check {
	my ($number, $status) = @_;
	my ($what) = @{ $all[$number] };
	my $log = slurp("$dir/$number.log");
	my ($errors) = $log =~ /ERROR SUMMARY: (\d+) errors/;
	if (my ($fault) = $what =~ /^FAULT\('(\w+)'\)/) {
		my $finds = $finds{$fault};
		my $good = defined $finds
			? $status >> 8 == 99 && $log =~ $finds
			: $status == 0 && defined $errors && $errors == 0;
		ok($good, "$what: " . (defined $finds ? '' : 'nothing ') . 'found')
			or diag $log;
		return;
	}
	ok(defined $errors && $errors == 0 && $status >> 8 != 99
			&& worked($number, $status), $what)
		or look_closer($number);
}

my %status = run_all();
check($_, $status{$_}) for 0 .. $#all;
ok(@units >= 7 && @scripts >= 3, 'and that was all of them');
done_testing();
