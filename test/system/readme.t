#!/usr/bin/env perl
# README.md and doc/*.md, run: the blocks for the shell and for sqlite3 in a
# newcomer's order, in a copy of this tree, with the answers that stand behind
# them. Chapters that want daemons, compilers or more are run by other tests,
# which are named in @others; a block that nobody would run is a failure.
use strict;
use warnings;
use Cwd ();
use File::Temp ();
use Test::More;
require './test/lib/docs.pl';
*slurp = \&docs::slurp;

my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
my $top     = Cwd::getcwd();
my $dir     = File::Temp->newdir;

# Run elsewhere: by whoever runs this test, or by CI because they take long.
my %elsewhere = map { ("make $_" => 1) } qw(test asan bench coverage fire
	format-check fuzz hostile lint mistakes mutation oom test-admin test-clients
	test-cross test-debian12 test-debian13 test-mail test-mailuser
	test-postgresql test-programs threads tsan valgrind);

# Chapters, who runs them, and the target that CI runs for it.
my @others = (
	['Debian packages', 'test/system/packages/packages.t', 'test-debian13'],
	['A mail server from nothing', 'test/system/mail/readme.t', 'test-mail'],
	['The same with Dovecot', 'test/system/mail/readme-dovecot.t', 'test-mail'],
	['Passwords changed in Roundcube', 'test/system/programs/roundcube.py',
		'test-programs'],
	['From Courier to Dovecot', 'test/system/mail/move.t', 'test-mail'],
	['From a program', 'test/system/clients/client.py', 'test-clients'],
	['Copies for other machines', 'test/system/mail/nodes.t', 'test-mail'],
	['PostgreSQL', 'test/system/postgresql/readme.t', 'test-postgresql'],
);

# Does CI run that command, with whatever variables?
sub in_ci {
	my ($command) = @_;
	return scalar(slurp('.ci/run')
		=~ /^\t?(?:\w+=\S+ )*(?:timed )?\Q$command\E(?: |$)/m);
}

my @files = docs::files();
my @there = ('README.md', glob 'doc/*.md');
is("@{[sort @files]}", "@{[sort @there]}", 'these are all files');
my %text = map { $_ => slurp($_) } @files;
for (@others) {
	my ($heading, $test, $target) = @$_;
	my ($chapter, $file) = docs::chapter($heading);
	ok(index(slurp($test), "'$heading'") >= 0, "$test runs '$heading'");
	ok(in_ci("make $target"), ".ci/run runs make $target, and so that test");
	substr $text{$file}, index($text{$file}, $chapter), length $chapter, '';
}
# What has been loaded so far, and exported.
my ($loads, $exported) = ('', '');
my @blocks = map { docs::blocks($text{$_}) } @files;
ok($blocks[0][0] eq 'sh', 'the first block is one for the shell');
my @left = grep { $_->[0] !~ /^(?:sh|sql|text)$/ } @blocks;
ok(!@left, 'each other block is in a chapter that another test runs')
	or diag map { "not run: $_->[0] $_->[1]" } @left;

# make install must stay below $dir, whoever runs this.
$ENV{MAKEFLAGS} = "DESTDIR=$dir/dest";
# In a repository without what it ignores; from a tarball without what is made.
mkdir "$dir/tree" or die "$dir/tree: $!";
my $files = -e '.git' ? 'git ls-files -coz --exclude-standard'
	: "find . -type f ! -path './build/*' ! -name '*.so' ! -name '*.db' -print0";
system("$files | tar cf - --null -T - | tar xf - -C $dir/tree") == 0
	or die "the tree can't be copied\n";

while (my $block = shift @blocks) {
	my ($language, $text) = @$block;
	if ($language eq 'sh') {
		my $out = run_sh($text);
		next if !@blocks || $blocks[0][0] ne 'text' || $text !~ /^END$/m;
		(undef, my $want) = @{shift @blocks};
		ok($out =~ /\Q$want\E\z/, 'sh: and that is what it prints');
	} elsif ($language eq 'sql') {
		run_sql($text);
	}
}

# ---- sh ----

# A block's commands, each with its here-document; what the last one prints.
sub run_sh {
	my ($block) = @_;
	my $out = '';
	while ($block =~ /\G((.*)\n(?:(?<=<<'END'\n)(?s:.*?)^END\n)?)/mg) {
		my ($command, $line) = ($1, $2);
		if ($elsewhere{$line}) {
			ok(in_ci($line), "sh: .ci/run runs $line");
		} elsif ($line =~ /^apt-get .* gcc /) {
			ok(check_packages($line), "sh: $line");
		} elsif ($line =~ /^apt-get update$/) {
			next;
		} elsif ($line =~ /^export (MAILDB=\S+)$/) {
			$exported = $1;
		} else {
			$out = run_command($command, $line);
		}
	}
	return $out;
}

# Nothing that could change the machine, whatever the text comes to say.
sub run_command {
	my ($command, $line) = @_;
	ok(0, "sh: not known to be harmless: $line"), return ''
		if $line !~ /^(?:make|make [a-z]+|sqlite3 -bail \w+\.db .*)$/
		&& $line !~ /^(?:echo '[^']*' \| )?mailuser [^;&|<>`\$()\\]*$/;
	# What make install puts there is here.
	$command =~ s{/usr/share/mailfunc/}{sql/}g;
	open my $file, '>', "$dir/command.sh" or die $!;
	print $file $command;
	close $file;
	# mailuser, as make has built it, and where that has put the library.
	my $settings = "PATH=$dir/tree/build:\$PATH MAILFUNC_CONF=$dir/conf "
		. "MAILFUNC=$dir/tree/mailfunc.so $exported";
	open my $conf, '>', "$dir/conf" or die $!;
	my $out = `cd $dir/tree && $settings sh ../command.sh 2>&1 </dev/null`;
	ok($? == 0, "sh: $line") or diag $out;
	return $out;
}

# Has the line that installs a compiler all that .ci/needs asks for, but for
# what only the tests want?
sub check_packages {
	my ($text) = @_;
	my ($line) = $text =~ /^(apt-get install .* gcc .*)/m or return 0;
	my @needed = grep { $_ ne 'perl' }
		map { /^want_\w+ \S+ (\S+)$/ } split /\n/, slurp('.ci/needs');
	my @missing = grep { $line !~ / \Q$_\E(?: |$)/ } 'gcc', @needed;
	diag "no $_" for @missing;
	return @needed > 5 && !@missing;
}

# ---- sql ----

# Statements, and the comment lines behind them that tell their answer.
sub run_sql {
	my ($block) = @_;
	my $script = '';
	# An answer that is longer than a line.
	1 while $block =~ s/^(-- .*)\n--   /$1 /m;
	for my $line (split /\n/, $block) {
		if ($line =~ /^\.load /) {
			$loads .= "$line\n";
			next;
		} elsif ($line !~ /^-- (.*)/) {
			$script .= "$line\n";
			next;
		}
		my $answer = $1;
		next if $script !~ /SELECT[^;]*;\n\z/;
		check($script, $answer);
		$script = '';
	}
	check($script, '') if $script =~ /\S/;
}

# In the database that the first block made. Each call is a shell of its own,
# so that errors are where they belong among the answers; it loads what was
# loaded so far.
sub check {
	my ($script, $want) = @_;
	open my $file, '>', "$dir/script.sql" or die $!;
	print $file $loads, $script;
	close $file;
	# As make install lets a bare name be found.
	my $got = `cd $dir/tree && LD_LIBRARY_PATH=. $sqlite3 -batch -init /dev/null mail.db <../script.sql 2>&1`;
	chomp $got;
	$got =~ s/^[A-Za-z ]*error(?: near line \d+(?: of [^:]*)?)?: (?:near line \d+: )?/error: /i;
	(my $name = $script) =~ s/\s+/ /g;
	is($got, $want, "sql: $name");
}

# ---- the table of methods ----

my ($passwords) = docs::chapter('Passwords');
my $methods = "SELECT name, prefix, default_cost, min_cost, max_cost, "
	. "stored_max_cost, memory_kib FROM crypt_methods WHERE creates";
for (`$sqlite3 -batch -init /dev/null :memory: -cmd '.load ./mailfunc' "$methods"`) {
	chomp;
	my ($name, $prefix, $default, $min, $max, $stored, $kib) = split /\|/;
	my $range  = $min eq '' ? '' : " \\($min to $max\\)";
	my $to_store = $stored eq '' ? 'see the limits' : "up to $stored";
	my $memory = $kib == 0 ? 'none' : int($kib / 1024) . ' MiB';
	ok($passwords =~ /^\| `\Q$name\E`(?:, `\w+`)? \| `\Q$prefix\E` \| `?\Q$default\E`?(?: rounds)?$range \| $to_store \| \d+ ms \| $memory \|$/m,
		"the table of methods has $name as crypt_methods has it");
}

done_testing();
