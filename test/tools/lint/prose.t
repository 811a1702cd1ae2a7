#!/usr/bin/env perl
# The house's rules for text: how long a line of Markdown may be, and that every
# relative link leads to a file, and to a heading in it.
#
#   prove test/tools/lint/prose.t
#
# In whichever folder it is run: packages.t does that in an installed one.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));
use Encode ();
use File::Find ();
use FindBin ();
use Test::More;
require "$FindBin::Bin/../../lib/docs.pl";
*slurp = \&docs::slurp;

# In letters, for columns are counted.
sub text {
	my ($name) = @_;
	return Encode::decode('UTF-8', slurp($name), Encode::FB_CROAK);
}

# A table's row can't be broken, nor can a link's target or a line of a crontab.
sub long_lines {
	my ($text) = @_;
	my ($line, $block, @found) = (0, '');
	for (split /\n/, $text) {
		$line++;
		$block = $block eq '' ? $1 || '-' : '' if /^```(\w*)/;
		next if $block eq 'cron' || (!$block && /^\|/);
		s/\]\(\S+\)/]/g if !$block;
		1 while s/^([^\t]*)\t/$1 . ' ' x (8 - length($1) % 8)/e;
		push @found, "$line: " . length($_) . ' columns' if length > 80;
	}
	return @found;
}

# What is no block and no code, line by line as it was.
sub prose {
	my ($text) = @_;
	$text =~ s/^```.*?^```$/$& =~ s{[^\n]}{}gr/msge;
	$text =~ s/`[^`]*`/$& =~ s{[^\n]}{x}gr/ge;
	return $text;
}

# The anchors that GitHub makes of a text's headings.
sub anchors {
	my ($text) = @_;
	my (%seen, @anchors);
	$text =~ s/^```.*?^```$//msg;
	while ($text =~ /^#+ +(.*?) *$/mg) {
		my $anchor = lc $1 =~ s/[^\w -]//gr =~ tr/ /-/r;
		push @anchors, $seen{$anchor}++ ? "$anchor-" . ($seen{$anchor} - 1)
			: $anchor;
	}
	return @anchors;
}

# The relative links of a text, each with its line.
sub links {
	my ($text) = @_;
	my $prose = prose($text);
	my @found;
	while ($prose =~ /(?:\]\(|^\[[^\]\n]+\]: *)([^)\s]*)/mg) {
		my ($target, $line) = ($1, 1 + substr($prose, 0, $-[0]) =~ tr/\n//);
		push @found, [$line, $target] if $target !~ /^\w+:/;
	}
	return @found;
}

# Why a link of the file $name leads nowhere, or nothing.
sub broken {
	my ($name, $target, $read) = @_;
	my ($path, $anchor) = $target =~ /^([^#]*)(?:#(.*))?$/;
	my $file = $path eq '' ? $name : ($name =~ s{[^/]*$}{}r) . $path;
	1 while $file =~ s{[^/]+/\.\./}{};
	my $text = $read->($file);
	return "there is no $file" if !defined $text;
	return if !defined $anchor;
	return "$file has no heading for #$anchor"
		if !grep { $_ eq $anchor } anchors($text);
	return;
}

# ---- can they find what they look for? ----

my %example = (
	'a.md' => "# A page's `name()`\n## B\n## B\n```sh\n# C\n```\n",
	'doc/b.md' => '',
);
my $read = sub { $example{$_[0]} };
is_deeply([long_lines(join "\n", '| ' . 'x' x 90, 'y' x 81, '[x](' . 'y' x 90
	. ')', '```cron', 'z' x 90 . "\n```", "\tx" . 'y' x 72, '')],
	['2: 81 columns', '7: 81 columns'], 'long lines are found');
is_deeply([anchors($example{'a.md'})], [qw(a-pages-name b b-1)], 'anchors');
is_deeply([map { "$_->[0]:$_->[1]" } links(join "\n",
	'[x](a) [y](https://e.org) `[z](q)`', '```', '[z](q)', '```', '[x',
	'y](b#c)', '[r]: d', '')], ['1:a', '6:b#c', '7:d'], 'links');
is_deeply([map { broken('doc/b.md', $_, $read) } '../a.md', '../a.md#b-1',
	'b.md'], [], 'no fault in good links');
is(broken('doc/b.md', 'a.md', $read), 'there is no doc/a.md', 'a lost file');
is(broken('a.md', '#c', $read), 'a.md has no heading for #c',
	'a lost heading');

# ---- every file ----

my @files;
File::Find::find({ no_chdir => 1, wanted => sub {
	$File::Find::prune = 1 if m{^\./(\.git|build)$};
	push @files, s{^\./}{}r if /\.md$/ && -f;
} }, '.');
ok(@files >= 10, 'there are ' . @files . ' files in Markdown');
my $linked = 0;
for my $file (sort @files) {
	my $text = text($file);
	my @found = long_lines($text);
	my @links = links($text);
	$linked += @links;
	is("@found", '', "$file has at most 80 columns");
	@found = map {
		my ($line, $target) = @$_;
		map { "$line: $target: $_" } broken($file, $target,
			sub { -f $_[0] ? text($_[0]) : -e $_[0] ? '' : undef });
	} @links;
	is("@found", '', "$file: its " . @links . ' links lead somewhere');
}
ok($linked > 30, "$linked links were followed");

done_testing();
