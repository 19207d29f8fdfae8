#compdef PROGRAM
_PROGRAM()
{
	local -a found
	local line
	for line in "${(@f)$("${words[1]}" --complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
		case $line in
		:files) _files ;;
		:dirs) _files -/ ;;
		:commands) _command_names -e ;;
		?*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
		esac
	done
	(($#found)) && _describe word found
}
_PROGRAM "$@"
