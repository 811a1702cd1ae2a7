#!/usr/bin/python3
"""The block for Perl's DBD::SQLite."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client

TEMPLATE = r'''
use strict;
use warnings;
use DBI;
$| = 1;
binmode STDOUT, ':utf8';
my $login;
sub LOGIN { $login }

@open@
$db->{PrintError} = 0;
while (<STDIN>) {
    my ($what, @fields) = split;
    (my $statement, $login, my $email, my $typed) = map {
        my $text = pack 'H*', tr/-//dr;
        utf8::decode($text);
        # Perl may keep it either way; this one is the trap.
        utf8::downgrade($text, 1);
        $text } @fields;
    my $answer = eval {
        if ($what eq 'login') {
            @LOGIN@
            return $good ? 1 : 0;
        }
        return $db->selectrow_array('SELECT total_changes()')
            if $what eq 'total';
        @ADD or CHANGE@
        return $count;
    };
    print defined $answer ? "ok $answer\n" : 'error ' . $@ =~ tr/\n/ /r . "\n";
}
'''

client.check(TEMPLATE, 'perl', 'Perl', lambda text: [
    'perl', client.write('client.pl', text)])
