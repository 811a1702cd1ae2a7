#!/usr/bin/python3
"""The block for PHP's SQLite3 class."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client

TEMPLATE = r'''<?php
@open@
while (($line = fgets(STDIN)) !== false) {
    $fields = explode(' ', trim($line));
    $what = array_shift($fields);
    [$statement, $login, $email, $typed] = array_map(
        fn($field) => hex2bin(trim($field, '-')), $fields);
    defined('LOGIN') || define('LOGIN', $login);
    try {
        if ($what === 'login') {
            @LOGIN@
            $answer = (int)$good;
        } elseif ($what === 'total') {
            $answer = $db->querySingle('SELECT total_changes()');
        } else {
            @ADD or CHANGE@
            $answer = $count;
        }
        echo "ok $answer\n";
    } catch (Exception $error) {
        echo 'error ', $error->getMessage(), "\n";
    }
}
'''

client.check(TEMPLATE, 'php', 'PHP', lambda text: [
    'php', '-d', f'sqlite3.extension_dir={client.TOP}',
    client.write('client.php', text)])
