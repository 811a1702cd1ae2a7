#!/usr/bin/python3
"""The block for Java's sqlite-jdbc."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + '/../../lib']

import client

JAR = '/usr/share/java/sqlite-jdbc.jar'

TEMPLATE = r'''
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.HexFormat;

class Client {
    static String text(String field) {
        return new String(HexFormat.of().parseHex(field.replace("-", "")),
            StandardCharsets.UTF_8);
    }

    static int write(Connection db, String statement, String email,
            String typed) throws SQLException {
        @ADD or CHANGE@
        return count;
    }

    static int login(Connection db, String LOGIN, String email, String typed)
            throws SQLException {
        @LOGIN@
        return good ? 1 : 0;
    }

    static int total(Connection db) throws SQLException {
        return db.createStatement()
            .executeQuery("SELECT total_changes()").getInt(1);
    }

    public static void main(String[] none) throws Exception {
        @open@
        BufferedReader lines = new BufferedReader(
            new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            String[] field = line.split(" ");
            String email = text(field[3]), typed = text(field[4]);
            try {
                System.out.println("ok " + switch (field[0]) {
                case "login" -> login(db, text(field[2]), email, typed);
                case "total" -> total(db);
                default -> write(db, text(field[1]), email, typed);
                });
            } catch (SQLException error) {
                System.out.println("error " + error.getMessage());
            }
        }
    }
}
'''


def command(text):
    client.run(['javac', '-encoding', 'UTF-8', '-d', '.',
                client.write('Client.java', text)])
    return ['java', '-cp', f'.:{JAR}', 'Client']


client.check(TEMPLATE, 'java', 'Java', command)
