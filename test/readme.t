#!/usr/bin/env perl
# README.md, run: its sql blocks in one database, with the answers that stand
# behind them in comments, and its sh blocks in a copy of this tree. The mail
# server's chapter is run by test/mail/readme.t, where there are daemons.
use strict;
use warnings;
use Cwd ();
use File::Temp ();

my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
my $top     = Cwd::getcwd();
my $dir     = File::Temp->newdir;
my $count   = 0;

# Run elsewhere: by whoever runs this test, or by CI because they take long.
my %elsewhere = map { ("make $_" => 1) } qw(test asan bench coverage fire
	format-check fuzz hostile lint mutation oom test-admin test-clients
	test-debian13 test-mail test-programs threads tsan valgrind);

sub ok {
	my ($good, $name) = @_;
	$count++;
	$name =~ s/#/\\#/g;
	print $good ? '' : 'not ', "ok $count - $name\n";
	return $good;
}

sub slurp {
	my ($name) = @_;
	local $/;
	open my $file, '<', $name or die "$name: $!";
	return <$file>;
}

# Does CI run that command, with whatever variables?
sub in_ci {
	my ($command) = @_;
	return scalar(slurp('.ci/run')
		=~ /^(?:\w+=\S+ )*(?:timed )?\Q$command\E(?: |$)/m);
}

my $readme = slurp('README.md');
$readme =~ s/^## A mail server from nothing\n.*?(?=^## )//ms
	or die "README.md has lost the chapter of the mail server\n";
ok(in_ci('make test-mail'),
	'.ci/run runs make test-mail, which runs that chapter');
my @blocks;
push @blocks, [$1, $2] while $readme =~ /^```(\w+)\n(.*?)^```$/msg;

# ---- sh ----

# make install must stay below $dir, whoever runs this.
$ENV{MAKEFLAGS} = "DESTDIR=$dir/dest";
# In a repository without what it ignores; from a tarball without what is made.
mkdir "$dir/tree" or die "$dir/tree: $!";
my $files = -e '.git' ? 'git ls-files -coz --exclude-standard'
	: "find . -type f ! -path './build/*' ! -name '*.so' -print0";
system("$files | tar cf - --null -T - | tar xf - -C $dir/tree") == 0
	or die "the tree can't be copied\n";

# Nothing that could change the machine, whatever README comes to say.
sub run_sh {
	my ($command) = @_;
	return ok(0, "sh: not known to be harmless: $command")
		if $command !~ /^(?:make|make [a-z]+|sqlite3 -bail mail\.db .*)$/;
	my $out = `cd $dir/tree && ($command) 2>&1 </dev/null`;
	ok($? == 0, "sh: $command") or print map { "# $_\n" } split /\n/, $out;
}

for (grep { $_->[0] eq 'sh' } @blocks) {
	for my $command (split /\n/, $_->[1]) {
		if ($elsewhere{$command}) {
			ok(in_ci($command), "sh: .ci/run runs $command");
		} else {
			run_sh($command);
		}
	}
}

# ---- sql ----

# A statement, and the comment lines behind it that tell its answer.
my $db = "$dir/readme.db";
my $setup = ".load ./mailfunc\n";
`$sqlite3 -batch -init /dev/null -bail $db '.read sql/schema.sql' 2>&1`;
for (grep { $_->[0] eq 'sql' } @blocks) {
	my $script = '';
	for my $line (split /\n/, $_->[1]) {
		if ($line !~ /^-- (.*)/) {
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

sub check {
	my ($script, $want) = @_;
	open my $file, '>', "$dir/script.sql" or die $!;
	print $file $setup, $script;
	close $file;
	my $got = `$sqlite3 -batch -init /dev/null $db <$dir/script.sql 2>&1`;
	chomp $got;
	$got =~ s/^[A-Za-z ]*error(?: near line \d+(?: of [^:]*)?)?: (?:near line \d+: )?/error: /i;
	(my $name = $script) =~ s/\s+/ /g;
	ok($got eq $want, "sql: $name") or print "# got $got, wanted $want\n";
}

# ---- the table of methods ----

my $methods = "SELECT name, prefix, default_cost, min_cost, max_cost, "
	. "stored_max_cost, memory_kib FROM crypt_methods WHERE creates";
for (`$sqlite3 -batch -init /dev/null :memory: -cmd '.load ./mailfunc' "$methods"`) {
	chomp;
	my ($name, $prefix, $default, $min, $max, $stored, $kib) = split /\|/;
	my $range  = $min eq '' ? '' : " \\($min to $max\\)";
	my $to_store = $stored eq '' ? 'see the limits' : "up to $stored";
	my $memory = $kib == 0 ? 'none' : int($kib / 1024) . ' MiB';
	ok($readme =~ /^\| `\Q$name\E`(?:, `\w+`)? \| `\Q$prefix\E` \| `?\Q$default\E`?(?: rounds)?$range \| $to_store \| \d+ ms \| $memory \|$/m,
		"the table of methods has $name as crypt_methods has it");
}

print "1..$count\n";
