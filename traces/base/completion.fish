function __PROGRAM_complete
	set -l words (commandline -opc)
	set -l current (commandline -ct)
	for line in (command $words[1] --complete $words[2..] "$current" 2>/dev/null)
		switch $line
			case :files
				__fish_complete_path $current
			case :dirs
				__fish_complete_directories $current
			case :commands
				__fish_complete_command
			case '*'
				echo $line
		end
	end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
