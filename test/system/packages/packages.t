#!/usr/bin/env bash
# Debian's packages, built from the tarball: the same bytes twice, nothing for
# lintian or blhc to say, and each file where it belongs.
#
#   INSTALL=yes     installs them on this machine as well, upgrades, removes and
#                   purges them: for a system that is there for that
#   HOST_ARCH=arm64 builds them for that processor, by cross compilers; they
#                   can't be installed
# shellcheck source=test/lib/tap.sh
. test/lib/tap.sh

# What make of ours says isn't what make of theirs is to hear.
unset MAKEFLAGS MAKELEVEL MFLAGS
dist=build/dist
version=$(sed -n 's/^VERSION = //p' Makefile)
export DEB_BUILD_OPTIONS=nocheck DEBIAN_FRONTEND=noninteractive

# A fact about the processor that they are built for.
host() { # VARIABLE
	dpkg-architecture ${HOST_ARCH:+-a"$HOST_ARCH"} -f -q"DEB_HOST_$1" 2>/dev/null
}

build() {
	rm -rf "$dist"
	make deb ${HOST_ARCH:+DEB_OPTIONS="--host-arch=$HOST_ARCH -Pcross,nocheck"} \
		>"$dir/log" 2>&1
}

is "$(sed -n '1s/^mailfunc (\(.*\)) .*/\1/p' debian/changelog)" "$version" \
	"debian/changelog has the Makefile's version"

# Did the last command work? If not, what it printed.
worked() { # NAME
	local status=$?
	ok $status "$1"
	[ $status = 0 ] || sed 's/^/# /' "$dir/log"
}

# README's lines: the first two were run before this test, the third builds
# them, the others install what is built.
lines=$(perl test/lib/docs.pl 'Debian packages' sh)
is "$(head -n 3 <<<"$lines")" 'apt-get update
apt-get build-dep ./
make deb' \
	"README's lines begin with how to build them"

# ---- built ----

build
ok $? 'make deb'
[ -e "$dist/mailfunc-$version.tar.gz" ] || tail -n 30 "$dir/log" | sed 's/^/# /'
sums=$(cd "$dist" && sha256sum -- *.deb *.tar.gz)
is "$(wc -l <<<"$sums")" 5 'two packages, two for debuggers, and the tarball'
is "$(grep -c "_$(host ARCH)\.deb$" <<<"$sums")" 4 "the packages are $(host ARCH)'s"
is "$(lintian --allow-root --fail-on none "$dist"/*.changes 2>&1)" '' \
	'lintian has nothing to say'
is "$(blhc --all "$dir/log")" '' "blhc: dpkg's flags reach every compilation"

build
ok $? 'make deb, once more'
is "$(cd "$dist" && sha256sum -- *.deb *.tar.gz)" "$sums" 'the same bytes'

# ---- what is where ----

# The paths of a package's files, without the folders.
files_of() { # PACKAGE
	dpkg-deb -c "$dist/$1"_*.deb |
		sed -n 's/^[^d].* \.\(\/[^ ]*\)\( -> .*\)\?$/\1\2/p' | sort
}

triplet=$(host MULTIARCH)
is "$(files_of libsqlite3-mod-mailfunc)" "$(sort <<END
/usr/lib/$triplet/mailfunc.so -> mailfunc/mailfunc.so
/usr/lib/$triplet/mailfunc/mailfunc.so
/usr/share/doc/libsqlite3-mod-mailfunc/changelog.gz
/usr/share/doc/libsqlite3-mod-mailfunc/copyright
/usr/share/man/man7/mailfunc.7.gz
END
)" 'the extension, and its page'
files=$(files_of mailfunc)
for file in "/usr/lib/$triplet/mailfunc_busy.so -> mailfunc/mailfunc_busy.so" \
	/usr/sbin/mailuser /usr/share/bash-completion/completions/mailuser \
	/usr/share/man/man5/mailfunc-schema.5.gz \
	/usr/share/man/man8/mailuser.8.gz
do
	has "$files" "$file" "mailfunc: ${file%% *}"
done
is "$(sed -n 's,^/usr/share/doc/mailfunc/\(.*\.md\)$,\1,p' <<<"$files")" \
	"$(printf '%s\n' *.md doc/*.md test/README.md | LC_ALL=C sort)" \
	'README, the chapters of doc/ and what is beside them'
dpkg-deb -x "$dist"/mailfunc_*.deb "$dir/pages"
(cd "$dir/pages/usr/share/doc/mailfunc" &&
	perl "$top/test/tools/lint/prose.t") >"$dir/log" 2>&1
worked 'and their links lead somewhere'
is "$(sed -n 's,^/usr/share/mailfunc/,sql/,p' <<<"$files")" \
	"$(find sql -type f ! -name '*.awk' ! -name demo.sh | sort)" \
	'and all of sql/, but the demo'

# ---- for another processor ----

if [ -n "${HOST_ARCH:-}" ]; then
	for deb in "$dist"/*_"$version"_*.deb; do
		dpkg-deb -x "$deb" "$dir/root"
	done
	while IFS= read -r file; do
		is "$(readelf -h "$dir/root/$file" | sed -n 's/^ *Machine: *//p' |
			tr '[:upper:]' '[:lower:]')" "$(host GNU_CPU)" \
			"/$file is for $(host GNU_CPU)"
	done <<END
usr/lib/$triplet/mailfunc/mailfunc.so
usr/lib/$triplet/mailfunc/mailfunc_busy.so
usr/lib/$triplet/mailfunc/mailfunc_preload.so
usr/sbin/mailuser
END
	grep -qF "/usr/lib/$triplet/mailfunc.so" "$dir/root/usr/sbin/mailuser"
	ok $? 'mailuser looks for the extension where it is'
fi

# ---- installed, upgraded, removed ----

# All that a package may leave or take: not what dpkg itself writes.
everything() {
	find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp \
		-o -path /root -o -path /run -o -path '/var/cache/*' \
		-o -path '/var/lib/apt/*' -o -path '/var/lib/dpkg/*' \
		-o -path '/var/log/*' -o -path '/var/lib/systemd/*' \) \
		-prune -o ! -type d -printf '%p %s\n' | sort
}

# A package as an older version would be.
older() { # PACKAGE
	dpkg-deb -R "$dist/$1"_*.deb "$dir/$1" &&
		sed -i "s/\(^Version: \|mod-mailfunc (= \)[^)]*/\10.1.9/" \
			"$dir/$1/DEBIAN/control" &&
		dpkg-deb -b "$dir/$1" "$dir/$1.deb" >/dev/null
}

install_them() { # FILE...
	apt-get -qq install --no-install-recommends -y "$@" >"$dir/log" 2>&1 ||
		{ tail -n 20 "$dir/log" | sed 's/^/# /'; return 1; }
}

# As README says, but that nobody is there to be asked.
apt() {
	apt-get -qq -y "$@" >"$dir/log" 2>&1 ||
		{ tail -n 20 "$dir/log" | sed 's/^/# /'; return 1; }
}

if [ "${INSTALL:-}" = yes ]; then
	chmod 755 "$dir"
	before=$(everything)
	older libsqlite3-mod-mailfunc && older mailfunc
	install_them "$dir/libsqlite3-mod-mailfunc.deb" "$dir/mailfunc.deb"
	ok $? 'an older version is installed'
	(set -e; eval "$(sed 1,3d <<<"$lines")")
	ok $? 'and upgraded, by the lines of README'
	is "$(dpkg-query -Wf '${Version} ' libsqlite3-mod-mailfunc mailfunc)" \
		"$version $version " 'to this one'
	(cd / && sh "$top/debian/tests/smoke") >"$dir/log" 2>&1
	worked 'it works, away from the sources'
	# README, read on there.
	mkdir "$dir/newcomer"
	perl test/lib/docs.pl 'With mailuser' sh >"$dir/mailuser.sh"
	perl test/lib/docs.pl 'With SQL' sql >"$dir/user.sql"
	(cd "$dir/newcomer" && sh -eu ../mailuser.sh) >"$dir/log" 2>&1
	worked "README's first user"
	is "$(tail -n 1 "$dir/log")" 'the password fits' 'whose password fits'
	is "$(cd "$dir/newcomer" && sqlite3 -bail mail.db <"$dir/user.sql")" 1 \
		'and by SQL'
	is "$(cd / && sqlite3 :memory: '.load mailfunc' 'SELECT MAILFUNC_VERSION()')" \
		"$version" 'a bare name is found'
	for page in mailfunc mailuser mailfunc-schema mailfunc-config; do
		(cd / && mandoc -Tlint -W error /usr/share/man/man?/$page.?.gz)
		ok $? "the page $page is there"
	done
	is "$(dpkg --verify libsqlite3-mod-mailfunc mailfunc | grep -v '^??5?????? c' |
		grep -v /usr/share/doc/)" '' 'no file is changed'
	apt-get -qq purge -y mailfunc libsqlite3-mod-mailfunc >/dev/null 2>&1
	ok $? 'purged'
	is "$(everything | diff <(echo "$before") - | grep '^>' |
		grep -v ' /var/lib/\|/usr/share/man/.*index\|ld.so.cache')" '' \
		'and nothing is left'
fi

end
