#!/usr/bin/env bash
# sql/import-mysql.sh: dumps of MySQL and MariaDB, as many programs write them.
# All rows come in, or the line that can't be read is named and nothing is
# made. test/system/programs/mysql.t has dumps of the real server, byte by byte.
# shellcheck disable=SC2016 # backquotes and dollars are the dumps' own
. test/lib/tap.sh

db=$dir/mail.db
dump=$dir/dump.sql
dumps=$dir/dumps
mkdir "$dumps"

# mysql [DUMP]: takes it in. What it says, and the status if it isn't 0.
mysql() {
	local status=0
	rm -f "$db"
	sh sql/import-mysql.sh "${1-$dump}" "$db" 2>&1 || status=$?
	[ "$status" = 0 ] || echo "status $status"
}

# comes NAME ROWS: the dump on standard input comes in, and users has ROWS.
comes() {
	cat >"$dump"
	is "$(mysql | sed 's/^taken in: [^,]*, //; s/,.*//')
$(plain -list "$db" 'SELECT * FROM users')" "$(wc -l <<<"$2") users
$2" "$1"
}

# translated: what the dump becomes, with all that it says, and its status.
translated() {
	local status=0
	cp "$dump" "$dumps/$((count + 1))"
	sh sql/import-mysql.sh "$dump" 2>&1 || status=$?
	[ "$status" = 0 ] || echo "status $status"
}

# inserts NAME VALUES...: the dump on standard input is one with these rows in
# users, and no others.
inserts() {
	local name=$1
	shift
	cat >"$dump"
	is "$(translated | grep -v '^INSERT INTO [di]\|^import' |
		sed -n 's/^INSERT INTO users.* VALUES //p; /^[a-z]/p')" \
		"$(printf '(%s);\n' "$@")" "$name"
}

# refused NAME LINE WHAT: the dump on standard input can't be read.
refused() {
	cat >"$dump"
	is "$(translated | grep -v '^[.BCI]')" "import-mysql: line $2: $3
ROLLBACK; SELECT import_mysql_failed;
status 1" "$1"
}

# The two tables that every dump here has, in nine lines.
tables='CREATE TABLE `domains` (
  `domain` varchar(50) NOT NULL
) ENGINE=InnoDB;
CREATE TABLE `users` (
  `email` varchar(80) NOT NULL,
  `password` varchar(20) NOT NULL,
  `quota` int(10) DEFAULT '"'10485760'"',
  PRIMARY KEY (`email`)
) ENGINE=InnoDB;
'
users='INSERT INTO users VALUES'
row="('a@b.org','x',1)"
want='a@b.org|x|1'
values="'a@b.org', 'x', 1"

# ---- the dump of the tutorial's tables ----

is "$(mysql test/system/admin/mysqldump.sql)" \
	'taken in: 2 domains, 3 users, 4 forwardings, 1 transport' \
	'a dump comes in'
is "$(plain "$db" '.tables')" 'domains      forwardings  transport    users      ' \
	'its four tables, and no others'
is "$(admin "$db" ".parameter set :passwords \"'hashed'\"" '.read adopt.sql')" \
	'adopted: 3 users' 'and is adopted'
is "$(admin "$db" "SELECT email, quota, maildir, substr(password, 1, 7),
	CRYPT_VERIFY('secret', password),
	CRYPT_VERIFY('rasmuslerdorf', password) FROM users ORDER BY email")" \
'ann@example.com|0|Example.com/Ann/|$1$salt|1|0
bob@example.org|0|example.org/bob/|$6$salt|1|0
joe@example.com|10485760|example.com/joe/|{CRYPT}|0|1' \
	'DES, $1$ and $6$ verify'
is "$(plain "$db" 'SELECT * FROM forwardings ORDER BY source')" \
'info@example.com|joe@example.com, ann@example.com|c:\mail; "x"
none@example.com|joe@example.com|
o'\''hara@example.com|ann@example.com|two
lines
tab@example.com|joe@example.com|it'\''s	a tab' 'texts are what they were, in own columns too'
is "$(plain "$db" 'SELECT * FROM domains; SELECT * FROM transport')" \
'example.com
example.org
example.net|smtp:mail.example.net' 'so is the rest'

# ---- what is asked of it, and what it leaves ----

help=$(sh sql/import-mysql.sh --help 2>"$dir/errors")
is "$? $help$(cat "$dir/errors")" '0 usage: import-mysql.sh DUMP [NEW.db]' '--help'
is "$(sh sql/import-mysql.sh -h)" "$help" '-h'
# asked STATUS WORDS ARGUMENT...
asked() {
	local status=0 words=$2 expected=$1 out
	shift 2
	out=$(sh sql/import-mysql.sh "$@" 2>&1 >"$dir/out") || status=$?
	is "$status $out$(cat "$dir/out")" "$expected $words" \
		"${words/"$dir"/}"
}
rm -f "$db"
mkdir "$dir/folder"
ln -s "$dir/nowhere" "$dir/link"
printf '%s%s' "$tables" "$users $row;" >"$dump"
cp "$dump" "$dir/kept"
asked 2 "$help"
asked 2 "$help" "$dump" "$db" more
asked 2 "import-mysql: can't read the dump $dir/none" "$dir/none" "$db"
asked 2 "import-mysql: can't read the dump $dir/folder" "$dir/folder" "$db"
for name in kept folder link; do
	asked 2 "import-mysql: $dir/$name exists, give the name of a new file" \
		"$dump" "$dir/$name"
done
asked 1 "import-mysql: can't make $dir/none/new.db" "$dump" "$dir/none/new.db"
is "$(cmp "$dump" "$dir/kept"; ls "$dir/folder")" '' 'what was there stays'
ok "$([ ! -e "$db" ] && [ ! -e "$dir/nowhere" ]; echo $?)" \
	'and nothing was made'
(umask 000 && mysql >/dev/null)
is "$(stat -c %a "$db")" 600 'the new file is for its owner only'
is "$(cd "$dir" && sh "$top/sql/import-mysql.sh" - -new.db <"$dump")" \
	'taken in: 0 domains, 1 users, 0 forwardings, 0 transport' \
	'standard input, and a name with a hyphen'
is "$(plain "$dir/-new.db" 'SELECT * FROM users')" "$want" 'it is there'
cp "$dump" "$dir/a=b.sql"
is "$(cd "$dir" && sh "$top/sql/import-mysql.sh" a=b.sql n=o.db | wc -l)" 1 \
	'names that awk would take for assignments'
mkdir "$dir/bin"
ln -s "$(command -v rm)" "$dir/bin"
is "$(PATH=$dir/bin /bin/sh sql/import-mysql.sh "$dump" "$dir/new.db" 2>&1 |
	tail -n 1 | cut -c -31)" 'import-mysql: nothing was made:' 'without awk and sqlite3'

# As a filter, for a shell of the administrator's.
filter() {
	local status=0
	rm -f "$db"
	sh sql/import-mysql.sh "$dump" 2>/dev/null | sed "${1-}" |
		"$sqlite3" -safe -batch -init /dev/null "$db" 2>&1 || status=$?
	echo "status $status"
}
is "$(filter)" 'taken in: 0 domains, 1 users, 0 forwardings, 0 transport
status 0' 'as a filter'
is "$(filter "/^INSERT INTO users/d" | sed 's/near line [0-9]*/near line N/')" \
'Runtime error near line N: the rows that were read and those stored differ (19)
status 1' 'a row that is lost on the way'
is "$(plain "$db" '.tables')" '' 'a row that is lost on the way: nothing is there'
is "$(filter '/^COMMIT/,$d')" 'status 0' 'the end is lost on the way'
is "$(plain "$db" '.tables')" '' 'the end is lost on the way: nothing is there'
echo junk >>"$dump"
for bail in .bail not; do
	is "$(filter "s/^$bail.*//" | tail -n 1)" 'status 1' \
		"as a filter, with an error, $bail"
	is "$(plain "$db" '.tables')" '' 'nothing is there'
done
(sh sql/import-mysql.sh "$dump" >/dev/null 2>&1)
is $? 1 'and the status says so'

is "$(mysql)" 'import-mysql: line 10: a statement that is none of a dump
import-mysql: nothing was made
status 1' 'an error'
ok "$([ ! -e "$db" ] && [ ! -e "$db-journal" ]; echo $?)" \
	'an error: no file is left'
# As if awk had been killed on the way.
mkdir "$dir/killed"
printf '%s\n' '#!/bin/sh' "$(command -v awk) \"\$@\" | head -n 4" \
	>"$dir/killed/awk"
chmod +x "$dir/killed/awk"
cp "$dir/kept" "$dump"
is "$(PATH=$dir/killed:$PATH mysql)" 'import-mysql: nothing was made: it stopped on the way
status 1' 'cut off on the way'
ok "$([ ! -e "$db" ]; echo $?)" 'cut off on the way: no file is left'

# ---- one row in every way to write it ----

while IFS= read -r insert; do
	insert=${insert//ROW/$row}
	inserts "$insert" "$values" \
		< <(printf '%s%b\n' "$tables" "$insert")
done <<'END'
INSERT INTO `users` VALUES ROW;
INSERT INTO users VALUES ROW;
INSERT INTO USERS VALUES ROW;
INSERT INTO "users" VALUES ROW;
INSERT INTO`users`VALUESROW;
insert into Users values ROW;
Insert  Into  `users`  Values  ROW ;
  INSERT INTO `users` VALUES ROW;
\tINSERT INTO\t`users` VALUES\tROW\t;
INSERT INTO\n`users`\nVALUES\nROW\n;
INSERT INTO `users` VALUES\r\nROW;\r
INSERT INTO `users` VALUE ROW;
INSERT `users` VALUES ROW;
INSERT IGNORE INTO `users` VALUES ROW;
INSERT  IGNORE  INTO  `users` VALUES ROW;
INSERT LOW_PRIORITY INTO `users` VALUES ROW;
INSERT HIGH_PRIORITY IGNORE INTO `users` VALUES ROW;
INSERT DELAYED IGNORE INTO users VALUES ROW;
REPLACE INTO `users` VALUES ROW;
replace  `users` VALUES ROW;
REPLACE DELAYED INTO `users` VALUES ROW;
INSERT INTO mail.users VALUES ROW;
INSERT INTO `mail`.`users` VALUES ROW;
INSERT INTO `users`(`email`,`password`,`quota`) VALUES ROW;
INSERT INTO `users` (`email`, `password`, `quota`) VALUES\nROW;
INSERT INTO users (EMAIL, Password, "quota") VALUES ROW;
INSERT INTO users\n\t(email,\n\tpassword, quota)\nVALUES\n\tROW;
INSERT INTO users VALUES ("a@b.org", "x", 1);
INSERT INTO users VALUES /* it's */ ('a@b.org','x',1) -- it's\n;
INSERT INTO users VALUES ('a@b.org','x',1) # it's\n;
/*!40000 ALTER TABLE users DISABLE KEYS */; INSERT INTO users VALUES ROW;
# INSERT INTO users VALUES ('b','x',1);\nINSERT INTO users VALUES ROW;
-- it's\n/* it's */ INSERT INTO users VALUES ROW;;
--\nINSERT INTO users VALUES ROW;
DELETE FROM users; INSERT INTO users VALUES ROW;
DELETE FROM users WHERE email = ';'; INSERT INTO users VALUES ROW;
TRUNCATE TABLE `users`; INSERT INTO users VALUES ROW;
TRUNCATE users; BEGIN; INSERT INTO users VALUES ROW; COMMIT;
START TRANSACTION; LOCK TABLES users WRITE; INSERT INTO users VALUES ROW;
DROP TABLE IF EXISTS log, `mail`.x; INSERT INTO users VALUES ROW;
ALTER TABLE users ENGINE=InnoDB; INSERT INTO users VALUES ROW;
CREATE INDEX i ON users (quota); INSERT INTO users VALUES ROW;
CREATE TABLE log (users int); INSERT INTO log VALUES (';'); REPLACE users VALUES ROW;
INSERT INTO log VALUES ('\\\\'), ('\\''), (";\\""), (1) /* ; */; REPLACE users VALUES ROW;
INSERT INTO log VALUES (5 - -3, 6 / 2) -- ;\n; INSERT INTO users VALUES ROW;
INSERT INTO `a;b'"` VALUES (1); INSERT INTO users VALUES ROW;
UNLOCK TABLES; INSERT INTO users VALUES ROW; DROP VIEW IF EXISTS users_v;
INSERT INTO users VALUES ROW; ALTER TABLE users ADD PRIMARY KEY (email);
INSERT INTO users VALUES ROW; ALTER TABLE users\n  ADD KEY (a,b),\n  MODIFY `i` int, AUTO_INCREMENT=5;
CREATE VIEW v AS SELECT ';'; INSERT INTO users VALUES ROW;
DELIMITER $$\nCREATE PROCEDURE p()\nBEGIN\nINSERT INTO users VALUES (1);\nEND$$\nDELIMITER ;\nINSERT INTO users VALUES ROW;
DELIMITER //\n\n-- one\n/*!50003 CREATE*/ /*!50017 TRIGGER t '*/;;' */ //\nDELIMITER ;\nINSERT INTO users VALUES ROW;
delimiter ;;\nDROP FUNCTION f;;\n;;\ndelimiter ;\nINSERT INTO users VALUES ROW;
SET NAMES utf8; SET time_zone = "+00:00"; INSERT INTO users VALUES ROW;
SET SQL_MODE='NO_BACKSLASH_ESCAPES'; INSERT log VALUES ('\\'); INSERT INTO users VALUES ROW;
USE `mail`; INSERT INTO users VALUES ROW; USE other; INSERT INTO log VALUES (1);
END

inserts 'columns in another order' "1, 'a@b.org', 'x'" <<END
$tables
INSERT INTO users (quota, email, password) VALUES (1, 'a@b.org', 'x');
END
inserts 'many rows' "'a', 'b', 1" "'c', 'd', NULL" "'e', 'f', '2'" <<END
$tables
$users ('a','b',1),('c','d',NULL)
,
(_utf8mb4'e' , _binary'f' , _utf8 '2' );
END

# ---- the table, in every way to write it ----

while IFS= read -r create; do
	inserts "$create" "$values" < <(printf '%b\n%s\n' "$create" "$users $row;")
done <<'END'
CREATE TABLE IF NOT EXISTS `users` (\n  `email` text,\n  `password` text,\n  `quota` int\n);
create table users (email text, password text, quota int);
CREATE TABLE `users`  (\n  `email` text  ,\n  `password` text,\n  `quota` int\n) ENGINE = InnoDB;
CREATE TABLE "users" (\r\n  "email" text,\r\n  "password" text,\r\n  "quota" int);
CREATE TABLE `users` (`email` text, `password` text, `quota` int DEFAULT '1,2)');
CREATE TABLE `mail`.`users` (`email` text, `password` enum('a','b)'), `quota` decimal(5,2) COMMENT ',');
CREATE TABLE users (email text, password text, quota int, PRIMARY KEY (email), UNIQUE KEY k (quota), KEY (a,b), INDEX i (a), FULLTEXT KEY f (a), SPATIAL KEY s (a), CONSTRAINT c CHECK (a > 1), FOREIGN KEY (a) REFERENCES b (c), CHECK (1), PERIOD FOR SYSTEM_TIME (a, b));
CREATE TABLE users (primary key (email), email text, password text, quota int);
CREATE OR REPLACE TABLE users (email text, password text, quota int) COMMENT='; CREATE';
CREATE TEMPORARY TABLE users (email text, password text, quota int);
CREATE TABLE users (email text, /* no text, */ password text, -- no text,\nquota int);
END
comes 'a column with quotes in its name' "$want" <<'END'
CREATE TABLE users (email text, `password` text, `a "b`` c` int);
INSERT INTO users (`a "b`` c`, password, email) VALUES (1, 'x', 'a@b.org');
END
is "$(plain "$db" '.schema users')" \
	'CREATE TABLE users("email", "password", "a ""b` c");' 'and it keeps its name'
# Without CREATE TABLE the columns are those that the INSERT has, or the
# tutorial's.
comes 'without CREATE TABLE' "$want
c@b.org|y|2" <<<"$users $row; $users ('c@b.org','y',2);"
comes 'without CREATE TABLE, with columns' "$want" \
	<<<"INSERT INTO users (email, password, own) VALUES $row;"
is "$(plain "$db" '.schema users')" \
	'CREATE TABLE users("email", "password", "own");' 'which are named so'
is "$(printf "%s\n" "INSERT INTO domains VALUES ('d');" \
	"INSERT INTO forwardings VALUES ('a','b');" "$users $row;" \
	"INSERT INTO transport VALUES ('t','u');" |
	sh sql/import-mysql.sh - "$dir/all.db")" \
	'taken in: 1 domains, 1 users, 1 forwardings, 1 transport' \
	'without CREATE TABLE, all four'

# ---- as other programs write it ----

comes phpMyAdmin "$want
c@b.org||0" <<'END'
-- phpMyAdmin SQL Dump
-- version 5.2.1deb1
-- https://www.phpmyadmin.net/
--
-- Host: localhost:3306
SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;

--
-- Database: `mail`
--
CREATE DATABASE IF NOT EXISTS `mail` DEFAULT CHARACTER SET utf8mb4;
USE `mail`;

DELIMITER $$
--
-- Procedures
--
CREATE DEFINER=`root`@`localhost` PROCEDURE `p` ()   BEGIN
INSERT INTO users VALUES ('p','p',1);
END$$

DELIMITER ;

-- --------------------------------------------------------

CREATE TABLE IF NOT EXISTS `users` (
  `email` varchar(80) NOT NULL,
  `password` varchar(20) NOT NULL,
  `quota` int(10) DEFAULT 10485760
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

INSERT INTO `users` (`email`, `password`, `quota`) VALUES
('a@b.org', 'x', 1),
('c@b.org', '', 0);

--
-- Indexes for dumped tables
--
ALTER TABLE `users`
  ADD PRIMARY KEY (`email`),
  ADD UNIQUE KEY `q` (`quota`);
COMMIT;

/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
END
comes HeidiSQL "$want
c@b.org||0" <<'END'
-- --------------------------------------------------------
-- Host:                         127.0.0.1
-- HeidiSQL Version:             12.3.0.6589
-- --------------------------------------------------------

/*!40101 SET NAMES utf8 */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;

CREATE DATABASE IF NOT EXISTS `mail` /*!40100 DEFAULT CHARACTER SET latin1 */ /*!80016 DEFAULT ENCRYPTION='N' */;
USE `mail`;

-- Dumping structure for table mail.users
DROP TABLE IF EXISTS `users`;
CREATE TABLE IF NOT EXISTS `users` (
  `email` varchar(80) NOT NULL,
  `password` varchar(20) NOT NULL,
  `quota` int DEFAULT NULL,
  PRIMARY KEY (`email`)
) ENGINE=InnoDB;

-- Dumping data for table mail.users: ~2 rows (approximately)
DELETE FROM `users`;
/*!40000 ALTER TABLE `users` DISABLE KEYS */;
INSERT IGNORE INTO `users` (`email`, `password`, `quota`) VALUES
	('a@b.org', 'x', 1),
	('c@b.org', '', 0);
/*!40000 ALTER TABLE `users` ENABLE KEYS */;
END
comes Navicat "$want
c@b.org||0" <<'END'
/*
 Navicat Premium Data Transfer

 Source Server         : it's
 File Encoding         : 65001
*/

SET NAMES utf8mb4;
SET FOREIGN_KEY_CHECKS = 0;

-- ----------------------------
-- Table structure for users
-- ----------------------------
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users`  (
  `email` varchar(80) CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL,
  `password` varchar(20) CHARACTER SET utf8 NOT NULL DEFAULT '',
  `quota` int(0) NULL DEFAULT NULL,
  PRIMARY KEY (`email`) USING BTREE,
  INDEX `q`(`quota`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = latin1 ROW_FORMAT = Dynamic;

-- ----------------------------
-- Records of users
-- ----------------------------
BEGIN;
INSERT INTO `users`  VALUES ('a@b.org', 'x', 1);
INSERT INTO `users` (`email`, `password`, `quota`) VALUES ('c@b.org', '', 0);
COMMIT;
SET FOREIGN_KEY_CHECKS = 1;
END
comes SQLyog "$want
c@b.org||0" <<'DUMP'
/*
SQLyog Ultimate v12.09 (64 bit)
MySQL - 5.6.26 : Database - mail
*********************************************************************
*/
/*!40101 SET NAMES utf8 */;
/*!40101 SET SQL_MODE=''*/;
CREATE DATABASE /*!32312 IF NOT EXISTS*/`mail` /*!40100 DEFAULT CHARACTER SET utf8 */;

USE `mail`;

/*Table structure for table `users` */

DROP TABLE IF EXISTS `users`;

CREATE TABLE `users` (
  `email` varchar(80) NOT NULL,
  `password` varchar(20) NOT NULL,
  `quota` int(10) DEFAULT '10485760'
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

/*Data for the table `users` */

insert  into `users`(`email`,`password`,`quota`) values ('a@b.org','x',1),('c@b.org','',0);

/* Trigger structure for table `users` */

DELIMITER $$

/*!50003 DROP TRIGGER*//*!50032 IF EXISTS */ /*!50003 `t` */$$

/*!50003 CREATE */ /*!50003 TRIGGER `t` BEFORE INSERT ON `users` FOR EACH ROW BEGIN
INSERT INTO log VALUES (1);
END */$$

DELIMITER ;
DUMP
comes 'Adminer, DBeaver, Sequel Pro' "$want
c@b.org||0
d@b.org|z|7" <<'END'
-- Adminer 4.8.1 MySQL 8.0.30 dump

SET NAMES utf8;
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `email` varchar(80) NOT NULL,
  `password` varchar(20) NOT NULL,
  `quota` int DEFAULT NULL
);
TRUNCATE `users`;
INSERT INTO `users` (`email`, `password`, `quota`) VALUES
('a@b.org',	'x',	1);
# Sequel Pro SQL dump
INSERT INTO `users` (`email`, `password`, `quota`)
VALUES
	('c@b.org','',0);
INSERT INTO mail.users (email,password,quota) VALUES
	 ('d@b.org','z',7);
-- 2024-05-07 12:00:00
END

# ---- texts and numbers ----

# stored COLUMNS: what users has after the dump.
stored() {
	{ translated; echo "SELECT $1 FROM users;"; } | sed '/^SELECT .taken in/d' |
		"$sqlite3" -safe -batch -init /dev/null :memory: 2>&1
}

# value NAME LITERAL BYTES: what that literal becomes; BYTES as printf has them.
value() {
	printf '%s%s;\n%s (%s,%s,1);\n' "$tables" "${set-SET NAMES utf8}" \
		"$users" "'a'" "$2" >"$dump"
	is "$(stored 'typeof(password), hex(password)')" "text|$(printf '%b' "$3" | od -An -v -tx1 |
			tr -d ' \n' | tr a-f A-F)" "$1"
}
value 'quotes' "'it''s \\'\\\"\"\`'" "it's '\"\"\`"
value 'the other quotes' '"it'\''s \"a\" ""b"""' "it's \"a\" \"b\""
value 'escapes' "'\\\\\\n\\r\\t\\0\\b\\Z\\%\\_\\x\\;'" \
	'\\\n\r\t\0000\b\0032\\%\\_x;'
value 'a newline, as it is' "'a
b'" 'a\nb'
value 'what looks like a character set' "',_binary ''x'''" ",_binary 'x'"
value 'what a shell would run' "'x
.shell touch \"$dir/evil\"
.exit
'" "x\n.shell touch \"$dir/evil\"\n.exit\n"
value 'a byte 1' "'a$(printf '\001')b'" 'a\0001b'
value 'nothing' "''" ''
value 'comments that are none' "'/* -- # ; */'" '/* -- # ; */'
value 'UTF-8' "'pässwörd'" 'pässwörd'
value 'a text of another character set' "_latin1'p$(printf '\344')ss'" 'päss'
value 'bytes' "_binary 'p$(printf '\344')ss'" 'p\0344ss'
value 'hex' '0x00ff27' '\0000\0377\0047'
value 'hex in quotes' "x'00fF27'" '\0000\0377\0047'
value '65,000 quotes' "'$(printf "''%.0s" {1..65000})'" \
	"$(printf "'%.0s" {1..65000})"
for set in "SET NAMES latin1" "SET NAMES 'latin1' COLLATE latin1_bin" \
	'/*!40101 SET NAMES latin1 */' 'set  names "latin1"' ''; do
	value "Windows-1252: $set" "'p$(printf '\344')ss $(printf '\200\237')'" \
		'päss €Ÿ'
done
set='SET sql_mode = "ANSI,NO_BACKSLASH_ESCAPES"'
value 'backslashes that escape nothing' "'\\n\\''\\'" "\\\\n\\\\'\\\\"
set="/*!40101 SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */"
value 'backslashes that do' "'\\n\\''" "\n'"
unset set

# number LITERAL VALUE
number() {
	printf '%s%s (%s);\n' "$tables" "$users" "'a','b',$1" >"$dump"
	is "$(stored 'quote(quota)')" "$2" "$1"
}
number 0 0
number 10485760 10485760
number -5 -5
number +5 5
number 1.50 1.5
number -.5 -0.5
number 1e3 1000.0
number 2.5E-1 0.25
number NULL NULL
number null NULL
number TRUE 1
number false 0
number "b'101'" 5
number "B'0'" 0
# What SQLite would round is a text, digit by digit.
number 999999999999999999 999999999999999999
for digits in 18446744073709551615 -9223372036854775809 1234567890123456.5 \
	0.12345678901234567 1e400 1e-400 1E+300; do
	number "$digits" "'$digits'"
done
number -0012345678901.250 -12345678901.25

# MySQL would fill in a column that is left out. One that it computes isn't in
# the INSERT of any program.
for computed in 'GENERATED ALWAYS AS (1) VIRTUAL' 'AS (quota * 2) STORED' \
	'CHARACTER SET utf8 GENERATED ALWAYS as (1)'; do
	comes "$computed" 'a|b|5|' <<END
CREATE TABLE users (email text, password text, quota decimal(5,2), \`own\` varchar(9) $computed);
INSERT INTO users (email, password, quota) VALUES ('a', 'b', 5);
END
done
refused 'no column without the word AS is computed' 3 'an INSERT without all columns of users, and defaults do not come' <<END
CREATE TABLE users (email text, password text,
  quota int DEFAULT '5' COMMENT 'as (1)');
INSERT INTO users (email, password) VALUES ('a', 'b');
END

# A binary column has bytes, whatever the character set.
for type in binary\(2\) VARBINARY\(9\) blob TINYBLOB mediumblob longblob 'bit(8)'; do
	printf '%s\n' 'SET NAMES latin1;' "CREATE TABLE users (email text,
		password text, quota int, own $type NOT NULL);" \
		"$users ('a','p$(printf '\344')','1','$(printf '\344')');" >"$dump"
	is "$(stored 'hex(password), hex(own)')" '70C3A4|E4' \
		"the bytes of a $type"
done

# ---- what can't be read is an error, with its line ----

none='a statement that is none of a dump'
hidden='a statement that dumps do not hide in a comment'
renamed='ALTER TABLE: another table becomes one of ours'
value='a value that is neither text nor number'
cut='the dump is cut off'
end='an INSERT that does not end behind its rows'
while IFS='|' read -r line what sql; do
	refused "$sql" "$line" "$what" \
		< <(printf '%s%b' "$tables" "${sql//ROW/$row}")
done <<END
9|the table users has no rows|
10|the table users has no rows|DELETE FROM users;
10|no ( where one should be|$users
10|$end|$users ROW
10|$cut|$users ('a@b.org','x
11|$cut|$users ROW;\n/* no end
10|$cut|INSERT INTO log VALUES (1
10|$cut|SET NAMES utf8
10|$hidden|/*! /* x */ INSERT INTO users VALUES ROW */;
10|$hidden|/*!40000 SET x=1; INSERT INTO users VALUES ROW */;
10|$hidden|/*! -- \\nINSERT INTO users VALUES ROW */;
10|$renamed|ALTER TABLE old RENAME TO users;
10|$renamed|ALTER TABLE old RENAME AS \`Users\`;
10|$renamed|ALTER TABLE old RENAME users;
10|$none|RENAME TABLE old TO users;
10|$none|SELECT 1;
11|$none|$users ROW;\nDUMP;
10|$none|$users ROW; --,\n.shell touch evil;
10|$none|<?xml version="1.0"?>
10|$none|UPDATE users SET quota = 1;
10|$none|LOAD DATA INFILE 'x' INTO TABLE users;
10|$none|RENAME TABLE users TO u;
10|$none|COPY users FROM stdin;
10|$none|GRANT ALL ON users TO joe;
10|$none|'users';
10|an INSERT without VALUES|INSERT INTO users SELECT * FROM u;
10|an INSERT without VALUES|INSERT INTO users SET email = 'a';
10|an INSERT without VALUES|INSERT INTO users (email, password, quota) SELECT 1;
10|a column that CREATE TABLE does not have|INSERT INTO users (email, passwd) VALUES ('a','b');
12|$end|$users\nROW\nON DUPLICATE KEY UPDATE quota = 1;
10|$end|$users ROW AS new;
10|$end|$users ROW$row;
10|no ( where one should be|$users 'a','x',1;
10|no ) where one should be|$users ('a','x' 'y',1);
10|no ) where one should be|$users ('a','x',1;
10|$value|$users ('a','x',1+1);
10|$value|$users ('a','x',now());
10|no ) where one should be|$users ('a','x',1 + 1);
10|no ) where one should be|$users ('a','x','1'2);
11|a row of 2 values for 3 columns of users|$users ROW,\n('c','y');
11|a row of 4 values for 3 columns of users|$users ROW,\n('c','y',2,3);
10|a row of 1 values for 3 columns of users|INSERT INTO users (email, password, quota) VALUES ('a');
10|an INSERT without all columns of users, and defaults do not come|INSERT INTO users (email, password) VALUES ('a','x');
10|a column that is named twice|INSERT INTO users (email, Email, password) VALUES ('a','b','x');
10|$value|$users ('a','x',DEFAULT);
10|$value|$users ('a','x',current_timestamp());
10|$value|$users ('a','x',@x);
10|$value|$users ('a','x',);
10|$value|$users ('a',x,1);
10|$value|$users ('a',.shell,1);
10|$value|$users ('a',0xabc,1);
10|$value|$users ('a',0xag,1);
10|$value|$users ('a',x'abc',1);
10|$value|$users ('a',b'2',1);
10|$value|$users ('a',1e,1);
10|$value|$users ('a',1-1,1);
10|$value|$users ('a',_latin1 0x41,1);
10|no name where one should be|INSERT INTO .users VALUES ROW;
10|a second table users|CREATE TABLE users (a int);
10|no ( where one should be|CREATE TABLE transport LIKE users;
10|a second column of that name|CREATE TABLE transport (a int, A int);
10|a CREATE TABLE without an end|CREATE TABLE transport (a int;
10|a name with control characters|CREATE TABLE transport (\`a\tb\` int);
10|DROP TABLE users, which has been read|DROP TABLE users;
10|DROP TABLE users, which has been read|DROP TABLE IF EXISTS log, \`users\`;
11|TRUNCATE users, whose rows have been read|$users ROW;\nTRUNCATE TABLE users;
11|DELETE users, whose rows have been read|$users ROW;\nDELETE FROM users;
10|DELETE: what it does is not known|DELETE u FROM users AS u;
10|ALTER TABLE users: what it does is not known|ALTER TABLE users ADD x int;
10|ALTER TABLE users: what it does is not known|ALTER TABLE users ADD COLUMN x int;
10|ALTER TABLE users: what it does is not known|ALTER TABLE users DROP quota;
10|ALTER TABLE users: what it does is not known|ALTER TABLE users RENAME TO u;
11|ALTER TABLE users: what it does is not known|ALTER TABLE users ADD KEY (a),\n CHANGE quota q int;
10|the table users of a second database: dump one alone|INSERT INTO a.users VALUES ROW; INSERT INTO b.users VALUES ROW;
11|the table users of a second database: dump one alone|USE a; $users ROW;\nUSE b; $users ROW;
11|the table transport of a second database: dump one alone|USE a; $users ROW;\nCREATE TABLE b.transport (a int);
10|a statement that dumps do not hide in a comment|/*!40000 INSERT INTO users VALUES ROW */;
10|a statement that dumps do not hide in a comment|/*! REPLACE INTO users VALUES ROW */;
10|a statement that dumps do not hide in a comment|/*M!100000 DELETE FROM users */;
11|a statement after DELIMITER that is none of a routine|DELIMITER ;;\nINSERT INTO users VALUES ROW;;\nDELIMITER ;
11|a statement after DELIMITER that is none of a routine|DELIMITER ;;\nCREATE TABLE transport (a int);;\nDELIMITER ;
11|$cut|DELIMITER ;;\nCREATE PROCEDURE p() BEGIN END;;
11|$cut|DELIMITER ;;\nCREATE PROCEDURE p() BEGIN END\n
10|a text in the character set koi8r, make the dump with --default-character-set=utf8mb4|SET NAMES koi8r; $users ('é','x',1);
END
refused 'no users' 1 'there is no table users' <<<'CREATE TABLE domains (a int);'
refused 'users is a view' 1 'there is no table users' \
	<<<"CREATE VIEW users AS SELECT 1; /*!50001 CREATE VIEW users AS SELECT 1 */;"
refused 'an empty file' 0 'there is no table users' </dev/null
refused 'other columns than before' 2 \
	'other columns than those of the INSERT before' <<END
INSERT INTO users (email, password) VALUES ('a','b');
INSERT INTO users (email, quota) VALUES ('c', 1);
END
refused 'own columns, and no names of them' 1 'a row of 4 values for 3 columns of users: without CREATE TABLE, make the dump with --complete-insert' \
	<<<"$users (1,'a','b',2);"
refused 'UTF-16' 1 'the dump is UTF-16, as PowerShell writes with >: make it with --result-file=dump.sql' \
	< <(printf '\377\376D\0U\0\n')
comes 'a byte order mark' "$want" \
	< <(printf '\357\273\277%s%s' "$tables" "$users $row;")
refused 'a long text' 10 'a value longer than a megabyte' \
	< <(printf "%s%s ('a','%01100000d',1);" "$tables" "$users" 0)
refused 'a long number' 10 'a value longer than a megabyte' \
	< <(printf "%s%s ('a',%01100000d,1);" "$tables" "$users" 1)
refused 'a number of 400 digits' 10 'a number of 400 digits' \
	< <(printf "%s%s ('a',%0400d,1);" "$tables" "$users" 1)

# ---- both awks ----

# Of every fifth dump they make the same.
for awk in mawk gawk; do
	path=$(command -v "$awk") || continue
	mkdir "$dir/$awk"
	ln -s "$path" "$dir/$awk/awk"
	for file in "$dumps"/*[05]; do
		PATH=$dir/$awk:$PATH sh sql/import-mysql.sh "$file" 2>&1
	done | cksum >"$dir/$awk.sum"
	is "$(cat "$dir"/*awk.sum | uniq | wc -l)" 1 "$awk says the same as others"
done

# ---- no text gets where SQLite or its shell would obey it ----

# Random pieces of dumps: each line that comes out begins as ours do, and no
# text ends before its quote.
pieces=(\' '"' '`' \\ ';' ',' '(' ')' '--' '-- ' '#' '/*' '*/' '/*!40101 '
	$'\n' $'\n.shell touch evil\n' $'\001' x 1 ' ' 'INSERT INTO users VALUES '
	'CREATE TABLE users (' 'NULL' '_binary ' '0x41' "('a','b',1)" 'DELIMITER '
	"''" "\\'" $'\n.open evil\n' 'DROP TABLE users;' '$$')
RANDOM=${SEED:=$RANDOM}
echo "# SEED=$SEED"
for _ in {1..30}; do
	for _ in {1..30}; do
		printf '%s' "${pieces[RANDOM % ${#pieces[@]}]}"
	done >"$dump"
	printf '%s%s %s' "$tables" "$users $row," "$(cat "$dump")" |
		sh sql/import-mysql.sh - 2>/dev/null
done >"$dir/out"
grep -avE "^(\.bail on|BEGIN;|COMMIT;|DROP TABLE import_mysql;|ROLLBACK; .*|\
(CREATE TABLE|INSERT INTO|CREATE TEMP|SELECT) .*;)\$" "$dir/out" >"$dir/strange"
ok $((!$?)) 'random pieces: each line that comes out begins as ours do'
head -n 3 "$dir/strange" | sed 's/^/# /'
ok "$(grep -qa "^INSERT INTO users" "$dir/out"; echo $?)" 'and there are some'
[ ! -e evil ] && [ ! -e sql/evil ] && [ ! -e "$dir/evil" ]
ok $? 'nothing was run'

# ---- much of it ----

# A line of 2 MB and 30,000 users, and a table that isn't wanted, in little
# memory.
{
	printf '%s%s ' "$tables" "$users"
	awk 'BEGIN { for (i = 1; i < 30000; i++)
		printf "(\047u%d@b.org\047,\047%060d\047,1),", i, i }'
	printf '%s;\nINSERT INTO log VALUES (1' "$row"
	awk 'BEGIN { for (i = 1; i < 200000; i++)
		printf ",\047it\\\047s %d, \\\\\047", i }'
	echo ');'
} >"$dump"
said='taken in: 0 domains, 30000 users, 0 forwardings, 0 transport'
is "$(ulimit -v 100000; mysql)" "$said" 'much in little memory'
# On a terminal it says how far it is, elsewhere it doesn't.
rm -f "$db"
script -qec "sh sql/import-mysql.sh '$dump' '$db'" /dev/null |
	tr '\r' '\n' | grep . >"$dir/out"
is "$(cat "$dir/out")" "import-mysql: 10000 rows
import-mysql: 20000 rows
import-mysql: 30000 rows
$said" 'progress, for a terminal'
rm -f "$db"
echo junk >>"$dump"
is "$(script -qec "sh sql/import-mysql.sh '$dump' '$db'" /dev/null |
	tr '\r' '\n' | grep . | sed 1,3d)" "import-mysql: line 12: $none
import-mysql: nothing was made" 'and a line of its own for an error'

end
