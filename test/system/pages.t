#!/usr/bin/env bash
# The manual pages have what they are about: every function, every method with
# its default, every command and option of mailuser, every argument of a script.
# They were made by make man.
# shellcheck source=test/lib/tap.sh
. test/lib/tap.sh

man=${BUILD:-build}/man

# What of the lines of standard input a page lacks, as whole words.
missing() { # PAGE
	while IFS= read -r word; do
		grep -qFw -e "$word" "$man/$1" || echo "$word"
	done
}

# ---- mailfunc(7) ----

# The shell's functions with the extension and without it.
names='SELECT DISTINCT upper(name) FROM pragma_function_list ORDER BY 1'
functions=$(comm -13 <(plain :memory: "$names") \
	<(plain :memory: '.load ./mailfunc' "$names"))
[ "$(wc -l <<<"$functions")" -gt 25 ]
ok $? 'the functions are known'
is "$(missing mailfunc.7 <<<"$functions")" '' 'mailfunc(7) has each function'
is "$(missing mailfunc.7 <<<$'crypt_each\ncrypt_methods')" '' 'and each table'

# Those that a library may lack are in the page, too.
rows=$(plain :memory: '.load ./mailfunc' "
	SELECT '.It Li ' || name || ' Ta Li ' || CASE prefix WHEN '' THEN '\\&'
	  ELSE prefix END || ' Ta ' || default_cost
	FROM crypt_methods WHERE creates AND name <> 'bf'")
[ "$(wc -l <<<"$rows")" -ge 7 ]
ok $? 'the methods are known'
is "$(while IFS= read -r row; do
	grep -qF -e "$row " "$man/mailfunc.7" || echo "$row"
done <<<"$rows")" '' 'mailfunc(7) has each method, as crypt_methods has it'

# ---- mailuser(8) ----

help=$("${BUILD:-build}/mailuser" --help)
commands=$(sed -n 's/^  \([a-z][^-].*[^ ]\)  .*/\1/p' <<<"$help" |
	sed 's/  .*//')
options=$(sed -n 's/^  --\([a-z-]*\).*/Fl -\1/p' <<<"$help")
[ "$(wc -l <<<"$commands$options")" -gt 45 ]
ok $? 'its commands and options are known'
is "$(while IFS= read -r command; do
	grep -qFx -e ".It Ic $command" "$man/mailuser.8" || echo "$command"
done <<<"$commands")" '' 'mailuser(8) has each command'
is "$(missing mailuser.8 <<<"$options")" '' 'and each option'

is "$(sed -n 's/^	{ "\([A-Z]*\)", .*offsetof.*/Ev \1/p' mailuser/settings.c |
	missing mailuser.8)" '' 'and each setting'

# ---- drawings ----

is "$(sh doc/drawings/draw.sh --check)" '' 'the drawings are of what there is'

# ---- the scripts' ----

is "$(sed -n 's/^# \([A-Z_]*\)  .*/\1/p' sql/config.sh |
	missing mailfunc-config.8)" '' 'mailfunc-config(8) has each argument'
for page in "$man"/mailfunc-*.8; do
	name=${page##*/mailfunc-}
	name=${name%.8}
	grep -q '^\.Nd [a-z]' "$page" && grep -A2 '^\.Sh SYNOPSIS' "$page" |
		grep -q "^\(\\\\&.read \)\?${name}[.]\(sh\|sql\)" &&
		grep -q "^\.It Pa /usr/share/mailfunc/${name}[.]" "$page"
	ok $? "${page##*/} says what it is about, and how to run it"
done

end
