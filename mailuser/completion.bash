# Completion of mailuser's commands and options for bash: mailuser itself says
# what may come next.

_mailuser() {
	local current=${COMP_WORDS[COMP_CWORD]} words=() word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $word == -* ]] || words+=("$word")
	done
	COMPREPLY=()
	while IFS= read -r word; do
		COMPREPLY+=("$word")
	done < <(compgen -W "$("${COMP_WORDS[0]}" --complete -- \
		"${words[@]}" 2>/dev/null)" -- "$current")
}
complete -o default -F _mailuser mailuser
