# What the tests here share: TAP, and a file's text.
#
#   require './test/lint/checks.pl';
use strict;
use warnings;

my $count = 0;

# Each reason of a failure is a remark.
sub ok {
	my ($good, $name, @why) = @_;
	# A match as an argument gives a list: it must be !!(...).
	die "ok() without a name" if !defined $name || $name =~ /\n/;
	$count++;
	print $good ? '' : 'not ', "ok $count - $name\n";
	return if $good;
	print "# $_\n" for map { split /\n/ } @why;
}

# Does a rule find what it is to find in an example?
sub is {
	my ($want, $name, @found) = @_;
	ok("@found" eq $want, "finds $name", "found: @found");
}

# The bytes.
sub slurp {
	my ($name) = @_;
	local $/;
	open my $file, '<', $name or die "$name: $!\n";
	return <$file>;
}

sub done {
	print "1..$count\n";
}

1;
