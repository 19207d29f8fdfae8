_PROGRAM()
{
	local cur=${COMP_WORDS[COMP_CWORD]} line
	[[ $cur == '=' ]] && cur=
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
		:dirs) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
		:commands) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
		*) COMPREPLY+=("${line%%$'\t'*}") ;;
		esac
	done < <("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _PROGRAM PROGRAM
