#!/bin/sh
# SPDX-License-Identifier: MIT
# source.sh RULE ROOT COMPILER: prints every place that breaks the rule, and fails if there is one.
set -u
rule=$1 compiler=$3
here=$(cd "$(dirname "$0")" && pwd)
cd "$2" || exit 1

files()
{
	find include lib fields tests bench -type f "$@" 2>/dev/null | grep -v -e '/build' -e /__pycache__/ | sort
}

# The code of a C or C++ file without its comments.
code()
{
	"$compiler" -fpreprocessed -dD -E -P -x c++ "$1" 2>/dev/null
}

is_allowed()
{
	grep -v '^#' "$here/allowed" | while read -r path reason; do
		case $1 in $path*) [ -n "$reason" ] && echo yes ;; esac
	done | grep -q yes
}

# No naked fence, builtin or volatile: every access names its order and has a site.
accesses()
{
	words='(__atomic_|__sync_|atomic_(thread|signal)_fence|volatile|__volatile__|_Atomic)'
	for file in $(files -name '*.[ch]' -o -name '*.cpp'); do
		is_allowed "$file" && continue
		code "$file" | grep -E "(^|[^A-Za-z0-9_])$words" | sed "s,^,$file: ,"
	done
}

# A file that one person can hold in the head.
lengths()
{
	for file in $(files; ls CMakeLists.txt); do
		case $file in *.md | *.json | *.txt.gz) continue ;; esac
		lines=$(grep -vc SPDX-License-Identifier "$file")
		[ "$lines" -le 400 ] || echo "$file: $lines lines"
	done
}

# CPython gives 16 bytes of alignment and no more, so no field asks for a cache line.
alignment()
{
	for file in $(files -name '*.[ch]' | grep -E '^(include|fields)/'); do
		code "$file" | grep -E '(_Alignas|alignas|aligned) *\(+ *(32|64|128)' |
			sed "s,^,$file: ,"
	done
}

# There is no list of kinds: nothing outside a kind includes it, registers it or names its folder,
# and no kind includes another unless its own header says so before its first line of code.
kinds()
{
	all=
	for folder in fields/*/; do
		folder=${folder%/}
		all=$all${all:+|}${folder#fields/}
	done
	for file in $(files -name '*.[ch]' | grep -E '^(include|lib)/'); do
		code "$file" |
			grep -E "AFIELD_KIND_($all)\b|include *(<afield/|\")($all)\.h" |
			sed "s,^,$file: ,"
	done
	# A word behind a dot is the end of a file's name, one before a parenthesis is CMake's.
	grep -nE "^([^#]*[^#.[:alnum:]_])?($all)\b([^(]|$)" CMakeLists.txt lib/CMakeLists.txt tests/CMakeLists.txt
	files -name '*.[ch]' | grep '^fields/' | grep -vE '/(test|bench)/' |
		xargs grep -oHE "include.*[/<\"]($all)\.h" | while IFS=: read -r file line; do
		line=${line%.h}
		kind=${line##*[/<\"]} folder=${file%/*}
		folder=${folder#fields/} folder=${folder%%/*}
		[ "$kind" = "$folder" ] && continue
		header=fields/$folder/$folder.h
		sed '/^#/,$d' "$header" | grep -q "$kind" ||
			echo "$file: includes $kind.h, and $header does not say why"
	done
}

# Each kind's page says what can stop its operations, whatever their progress guarantees are called.
pages()
{
	for page in fields/*/; do
		page=${page%/} page=$page/${page##*/}.md
		grep -qs '\*\*What can stop it' "$page" || echo "$page: does not say what can stop it"
	done
}

# A header that a message, a comment or a page names is one that an installed afield has. So none is
# put together from a word of the user's.
headers()
{
	files | grep -E '^(include|fields)/' | xargs grep -n '<afield/"' | sed 's,$, is made up,'
	(files; ls *.md) | xargs grep -noE '<afield/[a-z_0-9/]+\.h>' | while IFS=: read -r file line name; do
		path=${name#<afield/}
		path=${path%>}
		[ -e "include/afield/$path" ] && continue
		ls fields/*/"${path#detail/}" > /dev/null 2>&1 && continue
		# An example of a kind that somebody else makes.
		case $file in tests/outside/* | tests/proving/*) continue ;; esac
		echo "$file:$line: there is no $name"
	done
}

# Every source says its licence where tools look: in the first line, or behind the interpreter's.
licence()
{
	name=$(head -n 1 LICENSE)
	(files; ls CMakeLists.txt .ci/run) |
		grep -E '\.([ch]|cpp|hpp|inc|py|pyx|sh|go|cmake|cmake\.in)$|CMakeLists\.txt$|^\.ci/run$' |
		xargs awk -v line="SPDX-License-Identifier: ${name%% *}" '
			FNR == 1 { all[FILENAME] = $0 ~ /^#!/ ? 2 : 1 }
			FILENAME in all && FNR <= all[FILENAME] && index($0, line) {
				delete all[FILENAME]
			}
			END { for (file in all) print file ": " line " is not in its first line" }'
}

# An editor sets C as clang-format does.
editor()
{
	for pair in IndentWidth:indent_size TabWidth:tab_width ColumnLimit:max_line_length; do
		format=$(sed -n "s/^${pair%:*}: //p" .clang-format)
		editor=$(awk -v key="${pair#*:}" -F ' *= *' '/^\[/ { c = /^\[\*\]$/ || /[{,]c[,}]/ }
			c && $1 == key { value = $2 } END { print value }' .editorconfig)
		[ -n "$format" ] && [ "$format" = "$editor" ] ||
			echo ".editorconfig: ${pair#*:} is '$editor', ${pair%:*} of .clang-format '$format'"
	done
}

# The README's map has every folder but those of the kinds, which stand in its other table.
map()
{
	for folder in include/afield/*/ include/afield/python/*/ lib/*/ tests/*/ fields/*/ bench/*/; do
		folder=${folder%/}
		case $folder in */__pycache__) continue ;; esac
		grep -qE "\\]\\($folder[/)]" README.md || echo "README.md: the map lacks $folder"
	done
}

# A test that cannot run is not registered (tests/support/environment.cmake); only what is found out
# while it runs is skipped, by its status.
skips()
{
	files | grep -E '\.cmake$|CMakeLists' | xargs grep -n 'SKIP_REGULAR_EXPRESSION'
}

# One word for one thing, and the field's own.
words()
{
	grep -v '^#' "$here/words" | while IFS='	' read -r word instead; do
		(files; ls *.md) | grep -v '^tests/source/words$' | xargs grep -nwE "$word" |
			sed "s/\$/ (write: $instead)/"
	done
}

case $rule in
accesses | lengths | alignment | kinds | pages | headers | editor | skips | map | words | licence) found=$($rule) ;;
*) echo "no such rule: $rule"; exit 1 ;;
esac
[ -z "$found" ] && [ "$(files -name '*.[ch]' | wc -l)" -gt 10 ] && exit 0
echo "$found"
exit 1
