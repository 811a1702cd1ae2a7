#!/usr/bin/env perl
# README.md and the chapters in doc/: the one place for Perl and the shell that
# knows in which file a chapter is. docs.py asks it for Python.
#
#   require './test/lib/docs.pl';            docs::files(), docs::chapter(HEADING)
#   perl test/lib/docs.pl HEADING            prints the chapter
#   perl test/lib/docs.pl HEADING LANGUAGE   prints its blocks of that language
#
# A chapter is what stands below its heading, to the next one of its level or
# above. It is an error if no heading reads so, or if two do.
package docs;
use strict;
use warnings;

# As a newcomer reads them.
sub files {
	return ('README.md', map { "doc/$_.md" }
		qw(reference mail-server migrate programs scale development));
}

sub slurp {
	my ($name) = @_;
	local $/;
	open my $file, '<', $name or die "$name: $!\n";
	return <$file>;
}

# The chapter, and the file that it is in.
sub chapter {
	my ($heading) = @_;
	my @found;
	for my $name (files()) {
		push @found, map { [$_, $name] } below($heading, slurp($name));
	}
	die "neither README.md nor doc/ has the chapter '$heading'\n" if !@found;
	die "the chapter '$heading' is there twice: $found[0][1], $found[1][1]\n"
		if @found > 1;
	return @{$found[0]};
}

# What stands below each such heading of a text. A line in a block is none.
sub below {
	my ($heading, $text) = @_;
	my ($inside, @open, @found) = 0;
	for my $line (split /^/, $text) {
		$inside = !$inside if $line =~ /^```/;
		if (!$inside && $line =~ /^(#+) (.*)$/) {
			my ($level, $name) = (length $1, $2);
			@open = grep { $_->[0] < $level } @open;
			$_->[1] .= $line for @open;
			push @open, $found[@found] = [$level, '']
				if $name eq $heading;
		} else {
			$_->[1] .= $line for @open;
		}
	}
	return map { $_->[1] } @found;
}

# Each block of a text: its language, and its lines. A shell's command is one
# line, on however many it stands.
sub blocks {
	my ($text) = @_;
	my @blocks;
	while ($text =~ /^```(\w*)\n(.*?)^```$/msg) {
		my ($language, $lines) = ($1, $2);
		$lines =~ s/ \\\n\s*/ /g if $language eq 'sh';
		push @blocks, [$language, $lines];
	}
	return @blocks;
}

sub main {
	my ($heading, $language) = @_;
	die "usage: perl test/lib/docs.pl HEADING [LANGUAGE]\n" if !defined $heading;
	my ($text) = chapter($heading);
	print defined $language
		? map { $_->[1] } grep { $_->[0] eq $language } blocks($text)
		: $text;
}

main(@ARGV) if !caller;
1;
