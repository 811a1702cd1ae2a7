# shellcheck shell=sh
# templates.sh: the templates beside it, for what was chosen
#
# config.sh, which fills them in, and doctor.sh, which compares with them, read
# it; it isn't run by itself.

# Sets map and cf, what stands around a map's name in main.cf; and kind, which
# comments there are about.
# shellcheck disable=SC2034 # for those who read this file
name_maps() { # sqlite|postgresql|cdb|lmdb [PUBLISHED]
	kind=sqlite cf=.cf
	case $1 in
	sqlite) map=proxy:sqlite:/etc/postfix/sqlite-virtual_ ;;
	postgresql) map=proxy:pgsql:/etc/postfix/pgsql-virtual_ ;;
	*) map=$1:$2/ cf='' kind=maps ;;
	esac
}

# A template with the maps named, and without what is for other choices: that
# stands between "@BEGIN NAME=VALUE" and "@END". What else is to be done is on
# standard input, in sed's language: as an argument, ps would show it.
lines_for() { # FILE NAME=VALUE...
	file=$1
	shift
	{
		for choice; do
			echo "/^@BEGIN $choice\$/d"
		done
		cat <<-END
		/^@BEGIN /,/^@END\$/d
		/^@END\$/d
		s|@MAP(\\([a-z0-9_]*\\))@|$map\\1$cf|g
		END
		cat
	} | sed -f - "$file"
}
