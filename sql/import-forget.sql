-- import-forget.sql: drops what the imports have made in a connection
--
-- They read it before they begin, for one that was interrupted leaves its own
-- behind, and at the end. It isn't run by itself.

DROP VIEW IF EXISTS temp.import_digest;
DROP VIEW IF EXISTS temp.import_password;
DROP TABLE IF EXISTS temp.import_user;
DROP TABLE IF EXISTS temp.import_hash;
DROP TABLE IF EXISTS temp.import_each;
DROP TABLE IF EXISTS temp.import_policy;
DROP TABLE IF EXISTS temp.import_verdict;
DROP TABLE IF EXISTS temp.import_problem;
DROP TABLE IF EXISTS temp.import_checked;
DROP TABLE IF EXISTS temp.import_option;
DROP TABLE IF EXISTS temp.import_result;
DROP VIEW IF EXISTS temp.coming_domains;
DROP VIEW IF EXISTS temp.coming_users;
DROP VIEW IF EXISTS temp.coming_forwardings;
DROP VIEW IF EXISTS temp.coming_transport;
DROP VIEW IF EXISTS temp.coming_remarks;

-- import-passwd-file.sql's

DROP VIEW IF EXISTS temp.passwd_quota;
DROP TABLE IF EXISTS temp.passwd_limit;
DROP TABLE IF EXISTS temp.passwd_extra;
DROP TABLE IF EXISTS temp.passwd_user;
DROP TABLE IF EXISTS temp.passwd_line;
DROP TABLE IF EXISTS temp.passwd_domain;
DROP TABLE IF EXISTS temp.passwd_file;

-- import-postfixadmin.sql's

DROP VIEW IF EXISTS temp.coming_domain;
DROP VIEW IF EXISTS temp.coming_alias;
DROP TABLE IF EXISTS temp.coming_alias_domain;
