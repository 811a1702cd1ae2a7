#!/usr/bin/env perl
# README.md, run: its blocks for the shell and for sqlite3 in their order, in a
# copy of this tree, with the answers that stand behind them. The chapters on
# mail servers are run by test/mail/readme*.t, where there are daemons, and
# Roundcube's by test/programs/roundcube.t, that on more than one machine by
# test/mail/nodes.t and test/postgresql/readme.t.
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
	format-check fuzz hostile lint mistakes mutation oom test-admin test-clients
	test-debian13 test-mail test-mailuser test-postgresql test-programs threads
	tsan valgrind);

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
		=~ /^\t?(?:\w+=\S+ )*(?:timed )?\Q$command\E(?: |$)/m);
}

my $readme = slurp('README.md');
for my $chapter ('A mail server from nothing', 'The same with Dovecot') {
	$readme =~ s/(^## $chapter\n.*?)(?=^## )//ms
		or die "README.md has lost the chapter '$chapter'\n";
	ok(check_packages($1), "$chapter: it installs all that a build needs");
}
ok(in_ci('make test-mail'),
	'.ci/run runs make test-mail, which runs these chapters');
$readme =~ s/^## Passwords changed in Roundcube\n.*?(?=^## )//ms
	or die "README.md has lost the chapter of Roundcube\n";
ok(in_ci('make test-programs'),
	'.ci/run runs make test-programs, which runs the chapter of Roundcube');
$readme =~ s/^## More than one machine\n.*?(?=^## )//ms
	or die "README.md has lost the chapter on more than one machine\n";
ok(in_ci('make test-postgresql'),
	'.ci/run runs make test-postgresql, which runs the part on PostgreSQL');
# What has been loaded so far, and exported.
my ($loads, $exported, @blocks) = ('', '');
push @blocks, [$1, $2] while $readme =~ /^```(\w+)\n(.*?)^```$/msg;
ok($blocks[0][0] eq 'sh', 'the first block is one for the shell');

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

# Nothing that could change the machine, whatever README comes to say.
sub run_command {
	my ($command, $line) = @_;
	ok(0, "sh: not known to be harmless: $line"), return ''
		if $line !~ /^(?:make|make [a-z]+|sqlite3 -bail \w+\.db .*)$/
		&& $line !~ /^(?:echo '[^']*' \| )?mailuser [^;&|<>`\$()\\]*$/;
	open my $file, '>', "$dir/command.sh" or die $!;
	print $file $command;
	close $file;
	# mailuser, as make has built it, and where that has put the library.
	my $settings = "PATH=$dir/tree/build:\$PATH MAILFUNC_CONF=$dir/conf "
		. "MAILFUNC=$dir/tree/mailfunc.so $exported";
	open my $conf, '>', "$dir/conf" or die $!;
	my $out = `cd $dir/tree && $settings sh ../command.sh 2>&1 </dev/null`;
	ok($? == 0, "sh: $line") or print map { "# $_\n" } split /\n/, $out;
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
	print "# no $_\n" for @missing;
	return @needed > 5 && !@missing;
}

# ---- sql ----

# Statements, and the comment lines behind them that tell their answer.
sub run_sql {
	my ($block) = @_;
	my $script = '';
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
# so that errors are where they belong among the answers; it loads what README
# has loaded so far.
sub check {
	my ($script, $want) = @_;
	open my $file, '>', "$dir/script.sql" or die $!;
	print $file $loads, $script;
	close $file;
	my $got = `cd $dir/tree && $sqlite3 -batch -init /dev/null mail.db <../script.sql 2>&1`;
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
