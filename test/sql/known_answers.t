#!/usr/bin/env perl
# Hashes made by others, in test/vectors/: each must verify with its password
# and with no other. make-vectors.sh there says who made which. Those in newer/
# are of methods that the library at hand may lack; then they are foreign.
# EVERY=5 asks each fifth of a method's in a file, the first among them.
use strict;
use warnings;
use File::Temp ();
use Test::More;

my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
my $every = $ENV{EVERY} || 1;
my (@rows, %met);

my $names = "-cmd '.load ./mailfunc' 'SELECT name FROM crypt_methods'";
my %known = map { chomp; $_ => 1 }
	`$sqlite3 -batch -init /dev/null :memory: $names`;

for my $file (sort(glob 'test/vectors/*.tsv'),
	sort glob 'test/vectors/newer/*.tsv') {
	open my $in, '<', $file or die "$file: $!";
	while (<$in>) {
		next if /^#/;
		chomp;
		my $row = [split /\t/, $_, 4];
		push @rows, $row if $met{$file}{ $row->[1] }++ % $every == 0;
	}
}

# The same but for the lowest bit of its first and its last byte: DES doesn't
# see those behind the 8th, and $2x$ is known for bytes that hide others.
sub wrong {
	my ($hex) = @_;
	return '78' if $hex eq '';
	my $bytes = pack 'H*', $hex;
	substr($bytes, $_, 1) ^= "\x01" for length $bytes > 1 ? (0, -1) : 0;
	return unpack 'H*', $bytes;
}

# DES sees 8 bytes of a password, bigcrypt 128: others see one byte more.
sub longer {
	my ($method, $hex) = @_;
	return $method =~ /des|bigcrypt|DES/ ? wrong($hex) : $hex . '78';
}

# A method that only a newer library has.
sub lacking {
	my ($row) = @_;
	return $row->[1] =~ /^sm3/ && !$known{ $row->[1] };
}

sub query {
	my ($row) = @_;
	my ($source, $method, $hex, $hash) = @$row;
	$hash =~ s/'/''/g;
	return "SELECT CRYPT_KIND('$hash'), CRYPT_VERIFY(x'$hex', '$hash');\n"
		if lacking($row);
	return "SELECT CRYPT_VERIFY(x'$hex', '$hash'), "
		. "CRYPT_VERIFY(x'" . wrong($hex) . "', '$hash'), "
		. "CRYPT_VERIFY(x'" . longer($method, $hex) . "', '$hash'), "
		. "CRYPT_VERIFY(x'$hex', '!$hash');\n";
}

my $script = File::Temp->new;
print $script ".load ./mailfunc\n", map { query($_) } @rows;
close $script;
chomp(my @answers = `$sqlite3 -batch -init /dev/null :memory: <$script 2>&1`);

plan tests => scalar @rows;
for my $i (0 .. $#rows) {
	my ($source, $method, $hex, $hash) = @{ $rows[$i] };
	# Right, wrong, longer, locked.
	my $want = lacking($rows[$i]) ? 'foreign|0' : '1|0|0|0';
	is($answers[$i] // 'no answer', $want, "$method by $source")
		or diag $hash;
}
