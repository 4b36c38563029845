#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh all|ordered source output compiler flag...: compiles the source to assembly twice, as it
# is and with -DRAW, and says whether each function of the first is, instruction by instruction, the
# function of the same name in the second: in all of them, or in those alone that are atomic or
# ordered, wherever their operands lie. Local labels are numbered anew in each function.
which=$1
source=$2
output=$3
shift 3
"$@" -std=c11 -O2 -S -o "$output.ours.s" "$source" || exit 2
"$@" -std=c11 -O2 -S -o "$output.raw.s" -DRAW "$source" || exit 2
exec awk -v which="$which" '
	BEGIN {
		atomic = "^(lock|xchg|mfence|ldar|ldapr|stlr|cas|swp|ldadd|ldclr|ldset|ldeor|dmb|fence|lr[.]|sc[.]|amo|sync|lwsync|isync|l[bhwd]arx|st[bhwd]cx)"
	}
	FNR == 1 { file++; name = ""; is_code = 1 }
	/^[ \t]*\.(text|data|bss|section)/ { is_code = /\.text/; next }
	!is_code { next } # tables
	/^[A-Za-z_][A-Za-z0-9_]*:/ {
		name = substr($1, 1, index($1, ":") - 1)
		labels = 0
		split("", number)
		if (file == 1)
			names[++count] = name
		seen[file, name] = 1
		next
	}
	/^[ \t]*\.size/ { name = "" }
	/^[ \t]*[.#\/]/ && !/^\.L[A-Za-z]*[0-9_]+:/ { next } # directives and comments
	/^\.L(FB|FE|VL|func_|tmp|BB[0-9]+_0:)/ { next }      # labels for the debugger
	name == "" { next }
	{
		sub(/[ \t]*(#|\/\/).*/, "")
		gsub(/[ \t]+/, " ")
		if (which == "ordered") {
			if ($1 !~ atomic)
				next
			$0 = $1 == "lock" ? $1 " " $2 : $1
			if (body[file, name] ~ ("(^|\n)" $0 "\n$"))
				next # once more in a loop that was unrolled
		}
		while (match($0, /\.L[A-Za-z]*[0-9_]+/)) {
			label = substr($0, RSTART, RLENGTH)
			if (!(label in number))
				number[label] = ++labels
			$0 = substr($0, 1, RSTART - 1) "@" number[label] substr($0, RSTART + RLENGTH)
		}
		body[file, name] = body[file, name] $0 "\n"
		if ($0 !~ /:$/)
			total[file]++
	}
	END {
		for (i = 1; i <= count; i++) {
			name = names[i]
			if (!seen[2, name] || (body[1, name] == "" && which == "all")) {
				printf "%s: not found in both files\n", name
				bad++
			} else if (body[1, name] != body[2, name]) {
				printf "%s differs. ours:\n%sraw:\n%s", name, body[1, name], body[2, name]
				bad++
			}
		}
		printf "%d functions, %d instructions, %d functions differ\n", count, total[1], bad
		exit count == 0 || total[1] == 0 || bad > 0
	}
' "$output.ours.s" "$output.raw.s"
