#!/usr/bin/env perl
# Does the report on coverage see what isn't covered? Small programs are
# built with counters, run, and reported on. CC is the compiler (cc).
use strict;
use warnings;
use File::Temp ();

my $cc    = $ENV{CC} || 'cc';
my $gcov  = $cc =~ m{(?:^|/)gcc([^/]*)$} ? "gcov$1" : 'gcov';
my $count = 0;
my $stray = 0;	# is there code that no program has?

sub ok {
	my ($good, $name) = @_;
	$count++;
	print $good ? '' : 'not ', "ok $count - $name\n";
	return $good;
}

sub put {
	my ($name, $text) = @_;
	open my $out, '>', $name or die "$name: $!";
	print $out $text;
	close $out or die "$name: $!";
}

# f() of that code is called by one program for each list of numbers. Answers
# what the report says, and whether it was content.
sub report {
	my ($code, @programs) = @_;
	my $dir = File::Temp->newdir;
	mkdir "$dir/$_" or die $! for qw(src test build);
	put("$dir/src/f.c", $code);
	put("$dir/src/g.c", $code) if $stray;
	for my $i (0 .. $#programs) {
		put("$dir/test/$i.c", join "\n", 'int f(int);',
			'int main(void) {',
			(map { "f($_);" } @{ $programs[$i] }), 'return 0; }', '');
		system("cd $dir/build && $cc --coverage -O0 -fprofile-abs-path "
				. "-o $i ../test/$i.c ../src/f.c && ./$i") == 0
			or die "can't build with $cc --coverage\n";
	}
	my $said = `test/coverage/report $gcov $dir/build $dir/src 2>&1`;
	return ($said, $? == 0);
}

# What the report has to say; with $content, all is well.
sub check {
	my ($what, $content, $wanted, $code, @programs) = @_;
	my ($said, $good) = report($code, @programs);
	ok($good == $content, "$what is " . ($content ? 'taken' : 'refused'))
		& ok($said =~ $wanted, "and reported")
		or print map { "# $_\n" } split /\n/, $said;
}

my $if = "int f(int x)\n{\n\tif (x)@\n\t\treturn 1;\n\treturn 0;\n}\n";

# The code with something behind its if, on line 3.
sub if_with {
	my ($comment) = @_;
	return $if =~ s/@/$comment/r;
}

check('a branch that is taken both ways', 1, qr/all branches are covered/,
	if_with(''), [0, 1]);
check('one that is not', 0, qr{src/f\.c:3: branch \d of 2 never taken: if},
	if_with(''), [0]);
check('one taken by two programs, either way', 1, qr/^all +4 +4 +2 +2 +0$/m,
	if_with(''), [0], [1]);
check('one that is excused', 1, qr{f\.c:3: excused, a test: if \(x\)},
	if_with('	/* unreachable: a test */'), [0]);
check('one excused above', 1, qr{f\.c:5: excused, a long one: if \(x\)},
	if_with('') =~ s{\tif}{\t/* unreachable: a\n\t** long one */\n\tif}r,
	[0]);
check('one with another comment', 0, qr/never taken/,
	if_with('	/* reachable: or not */'), [0]);
check('an excuse for what is taken', 0, qr{f\.c:3: needless excuse "a test"},
	if_with('	/* unreachable: a test */'), [0, 1]);
check('an excuse where no branch is', 0, qr{f\.c:5: needless excuse "a test"},
	if_with('') =~ s{return 0;}{return 0;	/* unreachable: a test */}r,
	[0, 1]);
check('one excuse for two branches', 0, qr/never taken/,
	"int f(int x)\n{\n\treturn x == 1 || x == 2; /* unreachable: a test */\n}\n",
	[3]);
check('two excuses for them', 1, qr/all branches are covered/,
	"int f(int x)\n{\n\t/* unreachable: a test */\n"
		. "\treturn x == 1 || x == 2; /* unreachable: a test */\n}\n", [3]);
check('a function that is not called', 0, qr{f\.c:1: a function never called},
	if_with(''), []);
check('no program at all', 0, qr/no counters/, if_with(''));
$stray = 1;
check('code in no program', 0, qr{src/g\.c is in no program}, if_with(''), [0]);

print "1..$count\n";
