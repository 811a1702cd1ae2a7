#!/usr/bin/env perl
# The house's rules for C code that no other tool knows: how long a function
# and a line may be, which calls ext/ does without, that clang-format is
# switched off for tables only, and that every C file is looked at.
#
#   prove test/lint/house.t
use strict;
use warnings;
require './test/lint/checks.pl';

# Calls that ext/ does without. Those that write without asking how much room
# there is, randomness that isn't the kernel's, state that threads share, and
# whatever a library has no business to do in somebody's process.
my $banned = join '|', qw(
	alloca atoi atol atoll gets random rand rand_r scanf sprintf srand
	sscanf stpcpy strcat strcpy strncat strncpy strdup strtok vsprintf
	setlocale localtime gmtime getenv setenv putenv signal abort exit _exit
	fork system popen open fopen printf fprintf puts perror signal sleep
	crypt crypt_r crypt_gensalt argon2_verify argon2i_verify argon2id_verify
	argon2_hash argon2id_hash_encoded argon2id_hash_raw
	crypto_pwhash crypto_pwhash_str crypto_pwhash_str_verify
);
# Where a hash is at hand, only mf_equal() compares.
my $blind = qr{^ext/(password|scheme|stored|method_\w+|sql_password)\.c$};

# Each of these answers with "line: what" for every breach in the text.

# A hash in a test may be longer than a line: in one piece it can be found.
sub long_lines {
	my ($text) = @_;
	my ($line, @found) = 0;
	for (split /\n/, $text) {
		$line++;
		1 while s/^([^\t]*)\t/$1 . ' ' x (8 - length($1) % 8)/e;
		push @found, "$line: " . length($_) . ' columns'
			if length > 80 && !/^\s*(\{ )?"\S*",?$/;
	}
	return @found;
}

# A function's name is at the line's start, and so are its braces.
sub long_functions {
	my ($text) = @_;
	my ($line, $inside, $start, $name, @found) = (0, 0);
	for (split /\n/, $text) {
		$line++;
		($start, $name) = ($line, $1) if /^(\w+)\(/ && !$inside;
		$inside = 1 if /^\{/ && defined $start;
		next unless /^\}/ && $inside;
		my $lines = $line - $start + 1;
		push @found, "$start: $name() has $lines lines" if $lines > 60;
		($inside, $start) = 0;
	}
	return @found;
}

sub without_comments {
	my ($text) = @_;
	# The lines stay where they are.
	$text =~ s{("(?:\\.|[^"\\])*")|(/\*.*?\*/)}
		{defined $1 ? '""' : $2 =~ s/[^\n]//gr}gse;
	return $text;
}

sub calls {
	my ($text, $names) = @_;
	my ($line, @found) = 0;
	for (split /\n/, without_comments($text)) {
		$line++;
		push @found, "$line: $1()" while /(?<![\w>.])($names)\s*\(/g;
	}
	return @found;
}

# Tables may be set by hand, code may not; and every off has its on.
sub unformatted_code {
	my ($text) = @_;
	my ($line, $off, @found) = 0;
	for (split /\n/, $text) {
		$line++;
		if (m{^\s*/\* clang-format (off|on) \*/$}) {
			push @found, "$line: $1 twice" if !!$off == ($1 eq 'off');
			$off = $1 eq 'off' ? $line : 0;
		} elsif (/clang-format (off|on)/) {
			push @found, "$line: clang-format $1 not on its own line";
		}
		push @found, "$line: a function" if $off && /^(\w+\(|\{)/;
	}
	push @found, "$off: off to the end" if $off;
	return @found;
}

# ---- can they find what they look for? ----

my $function = "int\nf(int x)\n{\n%s}\n";
my $calls = <<'END';
/* gets() */
x = "gets("; my_gets(); p->gets();
	if (gets (x))
END
is('2: 81 columns', 'a long line', long_lines("\t\tx\n\t" . 'y' x 73));
is('', 'none in a long hash', long_lines("\t\"" . 'y' x 90 . '",'));
is('2: f() has 61 lines', 'a long function',
	long_functions(sprintf $function, "\tx++;\n" x 58));
is('', 'none in one of 60 lines',
	long_functions(sprintf $function, "\tx++;\n" x 57));
is('3: gets()', 'a banned call', calls($calls, $banned));
is('3: a function 4: a function 1: off to the end',
	'code kept from clang-format',
	unformatted_code("/* clang-format off */\n$function"));

# ---- every file ----

my %seen = map { chomp; $_ => 1 } `test/lint/format --list`;
# Found in another way than test/lint/format finds them.
my @files;
my @folders = ('ext', 'mailuser', 'test');
while (defined(my $folder = shift @folders)) {
	for my $name (glob "$folder/*") {
		push @folders, $name if -d $name;
		push @files, $name if -f $name && $name =~ /\.[chCH]\w*$/
			&& $name =~ /\.(c|h|cc|cpp|hpp|cxx|inc)$/i;
	}
}
my @missed = grep { !$seen{$_} } @files;
ok(!@missed && @files == keys %seen && @files > 50,
	'format-check looks at all ' . @files . ' C files', @missed);

for my $file (sort @files) {
	my $text  = slurp($file);
	my @found = (long_lines($text), long_functions($text),
		unformatted_code($text));
	if ($file =~ m{^ext/}) {
		push @found, calls($text, $banned);
		push @found, calls($text, 'memcmp|bcmp|strncmp|strcasecmp')
			if $file =~ $blind;
	}
	ok(!@found, "$file keeps the house's rules", map { "$file:$_" } @found);
}

# ---- what the linters are told to pass over has its reason ----

my $tidy = slurp('.clang-tidy');
my ($reasons, $checks) = split /^---$/m, $tidy;
my @off = $checks =~ /^  -([\w.-]+[\w]),?$/mg;
my @mute = grep { $reasons !~ /^# (?:[\w.-]+, )*\Q$_\E(?:, [\w.-]+)*:/m } @off;
ok(@off > 10 && !@mute, @off . ' checks are off in .clang-tidy, each for '
	. 'a reason', @mute);
my @idle = grep { my $name = $_; !grep { $_ eq $name } @off }
	map { split /, / } $reasons =~ /^# ([\w.-]+-[\w., -]+):/mg;
ok(!@idle, 'and none is excused that is on', @idle);
my $lint = slurp('test/lint/lint');
@mute = grep { my $name = $_ =~ s/(Parameter|Variable|Arithmetic).*/$1/r;
	$lint !~ /^# [\w, *]*\Q$name\E/m } $lint =~ /--suppress=(\w+)/g;
ok(!@mute, "and so are cppcheck's", @mute);

# ---- test/README.md ----

my $map = slurp('test/README.md');
@missed = grep { !m{/clients/} && $map !~ m{(?:^|[\s/|])\Q@{[s{.*/}{}r]}\E\b} }
	glob 'test/*.t test/*/*.t test/unit/*.c';
ok(!@missed, 'test/README.md names each test', @missed);
@missed = grep { my $name = $_; !grep { -e } $name, "test/$name",
	glob "test/*/$name" }
	$map =~ m{([\w./-]+\.(?:t|c|sql|sh|py|h))\b}g;
ok(!@missed, 'and none that is not there', @missed);

done();
