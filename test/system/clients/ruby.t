#!/usr/bin/python3
"""The block for Ruby's sqlite3 gem."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client

TEMPLATE = '''
require 'sqlite3'
$stdout.sync = true

@open@
STDIN.each_line do |line|
  what, *fields = line.split
  statement, login, email, typed = fields.map do |field|
    [field.delete('-')].pack('H*').force_encoding('UTF-8')
  end
  LOGIN = login unless defined?(LOGIN)
  typed.force_encoding('ASCII-8BIT') if what == 'bytes'
  begin
    if what == 'login'
      @LOGIN@
      answer = good ? 1 : 0
    elsif what == 'total'
      answer = db.get_first_value('SELECT total_changes()')
    else
      @ADD or CHANGE@
      answer = count
    end
    puts "ok #{answer}"
  rescue SQLite3::Exception => error
    puts "error #{error.message}"
  end
end
'''

client.check(TEMPLATE, 'ruby', 'Ruby', lambda text: [
    'ruby', client.write('client.rb', text)], blobs=True)
