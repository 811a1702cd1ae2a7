# What a script says in the real sqlite3 shell with the real mailfunc.so, as
# tests: for sql.t and schema/outcomes.t.
#
# A script's lines "ok - …" and "not ok - …" are tests. Each of its comments
# "-- error: …" is a test too: the shell's errors, less its own words and line
# numbers, must be just these in their order.
use strict;
use warnings;
use File::Temp ();
use Test::More;

# The shell reads the text, on a new database. Answers what it printed.
sub check_script {
	my ($where, $text) = @_;
	my ($out, $errors) = run_script($text);
	ok(scalar(grep { /^ok/ } @$out), "$where ran");
	for (@$out) {
		ok(!$1, "$where: $2") if /^(not )?ok - (.*)$/;
	}
	my @want = $text =~ /^-- error: (.*)$/mg;
	for my $i (0 .. ($#$errors > $#want ? $#$errors : $#want)) {
		my $want = $want[$i] // 'no error';
		is($errors->[$i] // 'nothing', $want, "$where: fails: $want");
	}
	return @$out;
}

sub run_script {
	my ($text) = @_;
	my $sqlite3 = $ENV{SQLITE3} || 'sqlite3';
	my $dir     = File::Temp->newdir;
	open my $in, '>', "$dir/in" or die "$dir/in: $!";
	print $in $text;
	close $in;
	my @out = `$sqlite3 -batch -init /dev/null $dir/test.db <$dir/in 2>$dir/errors`;
	open my $file, '<', "$dir/errors" or die "$dir/errors: $!";
	my @errors = grep { /\S/ } <$file>;
	chomp(@out, @errors);
	s/^[A-Za-z ]*error[^:]*: (?:near line \d+(?: of [^:]*)?: )?//i,
		s/ \(\d+\)$// for @errors;
	return (\@out, \@errors);
}

1;
