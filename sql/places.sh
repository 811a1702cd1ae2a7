# shellcheck shell=sh
# places.sh: who else than root may put another file in the place of one?
#
# config.sh, publish.sh and doctor.sh read it; it isn't run by itself.

# In a user's own namespace, a test's for instance, the folders of the
# machine's root belong to a number that stands for whoever isn't known there.
not_known_here=0
case $(cat /proc/self/uid_map 2>/dev/null) in
*' 4294967295') ;;
*) not_known_here=$(cat /proc/sys/kernel/overflowuid 2>/dev/null || echo 0) ;;
esac

# Each folder above an absolute path, up to the root.
folders_above() { # PATH
	above=$1
	while [ "$above" != / ]; do
		above=${above%/*}
		: "${above:=/}"
		echo "$above"
	done
}

# Those above a path, as it is written and as links lead it, that belong to
# somebody else or may be written by others. Where these may only rename what
# is their own, as in /tmp, root's is safe. One that isn't there is nobody's.
open_folders() { # PATH
	{
		folders_above "$1"
		folders_above "$(readlink -m "$1")"
	} | sort -u | while read -r folder; do
		find -L "$folder" -maxdepth 0 \( ! -uid 0 \
			! -uid "$not_known_here" -o -perm /022 ! -perm -1000 \) \
			2>/dev/null
	done
}
