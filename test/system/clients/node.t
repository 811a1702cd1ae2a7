#!/usr/bin/python3
"""The block for Node's better-sqlite3, which is in build/clients/node."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client

TEMPLATE = r'''
const Database = require('better-sqlite3')
const lines = require('readline').createInterface({ input: process.stdin })

@open@
lines.on('line', (line) => {
  const [what, ...fields] = line.split(' ')
  const [statement, LOGIN, email, typed] = fields.map(
    (field) => Buffer.from(field.replace('-', ''), 'hex').toString())
  let count, good, answer
  try {
    if (what === 'login') {
      @LOGIN@
      answer = Number(good)
    } else if (what === 'total') {
      answer = db.prepare('SELECT total_changes()').pluck().get()
    } else {
      @ADD or CHANGE@
      answer = count
    }
    console.log('ok ' + answer)
  } catch (error) {
    console.log('error ' + error.message)
  }
})
'''

os.environ['NODE_PATH'] = client.BUILD + '/node/node_modules'
client.check(TEMPLATE, 'js', 'Node', lambda text: [
    'node', client.write('client.js', text)])
