#!/usr/bin/env perl
# The house's rules for C code that no other tool knows: how long a line may be,
# that clang-format is switched off for tables only, and that every C file is
# looked at.
#
#   prove test/tools/lint/house.t
use strict;
use warnings;
use Test::More;
require './test/lib/docs.pl';
*slurp = \&docs::slurp;

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

is_deeply([long_lines("\t\tx\n\t" . 'y' x 73)], ['2: 81 columns'],
	'a long line is found');
is_deeply([long_lines("\t\"" . 'y' x 90 . '",')], [], 'none in a long hash');
is_deeply([unformatted_code("/* clang-format off */\nint\nf(int x)\n{\n}\n")],
	['3: a function', '4: a function', '1: off to the end'],
	'code kept from clang-format is found');

# ---- every file ----

my %seen = map { chomp; $_ => 1 } `test/tools/lint/format --list`;
# Found in another way than test/tools/lint/format finds them.
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
is("@missed", '', 'format-check looks at all C files');
ok(@files == keys %seen && @files > 50, 'and at no others: ' . @files);

for my $file (sort @files) {
	my $text  = slurp($file);
	is(join(', ', long_lines($text), unformatted_code($text)), '',
		"$file keeps the house's rules");
}

# ---- what the linters are told to pass over has its reason ----

my $tidy = slurp('.clang-tidy');
my ($reasons, $checks) = split /^---$/m, $tidy;
my @off = $checks =~ /^  -([\w.-]+[\w]),?$/mg;
my @mute = grep { $reasons !~ /^# (?:[\w.-]+, )*\Q$_\E(?:, [\w.-]+)*:/m } @off;
ok(@off > 10, @off . ' checks are off in .clang-tidy');
is("@mute", '', 'each for a reason');
my @idle = grep { my $name = $_; !grep { $_ eq $name } @off }
	map { split /, / } $reasons =~ /^# ([\w.-]+-[\w., -]+):/mg;
is("@idle", '', 'and none is excused that is on');
my $lint = slurp('test/tools/lint/lint');
@mute = grep { my $name = $_ =~ s/(Parameter|Variable|Arithmetic).*/$1/r;
	$lint !~ /^# [\w, *]*\Q$name\E/m } $lint =~ /--suppress=(\w+)/g;
is("@mute", '', "and so are cppcheck's");

# ---- test/README.md ----

my $map = slurp('test/README.md');
@missed = grep { !m{/clients/} && $map !~ m{(?:^|[\s/|])\Q@{[s{.*/}{}r]}\E\b} }
	glob 'test/*/*.t test/*/*/*.t test/unit/*.c';
is("@missed", '', 'test/README.md names each test');
@missed = grep { my $name = $_; !grep { -e } $name, "test/$name",
	glob "test/*/$name test/*/*/$name" }
	$map =~ m{([\w./-]+\.(?:t|c|sql|sh|py|h))\b}g;
is("@missed", '', 'and none that is not there');

done_testing();
