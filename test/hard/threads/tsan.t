#!/usr/bin/env perl
# threads.c under ThreadSanitizer, as `make tsan` has built it, and the proof
# that it would find a race: the same program with a buffer that all threads
# share.
#
# libsqlite3, libcrypt, libargon2, libsodium and nettle haven't been compiled
# for it. It sees what they lock, but not what they read and write, so it has
# nothing to say of them, right or wrong: no suppressions are needed. That they
# don't share a buffer, the answers show.
use strict;
use warnings;
use Test::More;

my $build = $ENV{TSAN_BUILD} || 'build/tsan';

sub quote {
	my ($said) = @_;
	my @lines = split /\n/, $said;
	splice @lines, 40 if @lines > 40;
	diag join "\n", @lines;
}

# Older sanitizers are lost where newer kernels spread addresses wider, and
# say so at once. If a container won't let that be turned off, try without.
my $steady = system('setarch -R true >/dev/null 2>&1') == 0 ? 'setarch -R' : '';

# What it says, and how it ends: with 66 after a race. It is given to the end
# of its run, so that all races are told of at once.
sub run {
	my ($program) = @_;
	local $ENV{TSAN_OPTIONS} = join ' ', $ENV{TSAN_OPTIONS} // (),
		'exitcode=66', 'halt_on_error=0';
	my $said = `timeout 300 $steady $build/threads/$program 2>&1 </dev/null`;
	return ($said, $? >> 8);
}

my ($said, $status) = run('threads');
my @tests = $said =~ /^((?:not )?ok \d+ - .*)$/mg;
for (@tests) {
	my ($not, $name) = /^(not )?ok \d+ - (.*)$/;
	ok(!$not, $name);
}
ok($said =~ /^1\.\.(\d+)$/m && $1 == @tests && @tests > 0,
	'it came to its end');
ok($status == 0 && $said !~ /ThreadSanitizer/,
	'ThreadSanitizer has nothing to say')
	or quote($said);

($said, $status) = run('race');
ok($status == 66, 'with a buffer that threads share it has');
ok($said =~ /WARNING: ThreadSanitizer: data race/
	&& $said =~ /#0 through_shared_buffer /
	&& $said =~ /Location is global '?shared_answer/,
	'and names the function and the buffer')
	or quote($said);
done_testing();
