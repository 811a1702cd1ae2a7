#!/usr/bin/python3
"""The block for Go's mattn/go-sqlite3."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client

# total_changes() belongs to a connection, and database/sql opens several.
TEMPLATE = r'''package main

import (
	"bufio"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	sqlite3 "github.com/mattn/go-sqlite3"
)

func write(db *sql.DB, statement, email, typed string) (int64, error) {
	var count int64
	@ADD or CHANGE@
	return count, err
}

func writeBytes(db *sql.DB, statement, email, text string) (int64, error) {
	var count int64
	typed := []byte(text)
	@ADD or CHANGE@
	return count, err
}

func login(db *sql.DB, LOGIN, email, typed string) (int64, error) {
	var good bool
	@LOGIN@
	if err == sql.ErrNoRows {
		err = nil
	}
	if good {
		return 1, err
	}
	return 0, err
}

func total(db *sql.DB) (int64, error) {
	var count int64
	err := db.QueryRow("SELECT total_changes()").Scan(&count)
	return count, err
}

func main() {
	@open@
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(1)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var text [4]string
		fields := strings.Fields(lines.Text())
		for i, field := range fields[1:] {
			bytes, _ := hex.DecodeString(strings.Trim(field, "-"))
			text[i] = string(bytes)
		}
		var answer int64
		var err error
		switch fields[0] {
		case "login":
			answer, err = login(db, text[1], text[2], text[3])
		case "total":
			answer, err = total(db)
		case "bytes":
			answer, err = writeBytes(db, text[0], text[2], text[3])
		default:
			answer, err = write(db, text[0], text[2], text[3])
		}
		if err != nil {
			fmt.Println("error", err)
		} else {
			fmt.Println("ok", answer)
		}
	}
}
'''


def command(text):
    client.write('client.go', text)
    os.environ.update(GO111MODULE='off', GOPATH='/usr/share/gocode',
                      GOCACHE=client.BUILD + '/go')
    client.run(['go', 'build', '-o', 'client', 'client.go'])
    return ['./client']


client.check(TEMPLATE, 'go', 'Go', command, blobs=True)
