#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh PREFIX FOLDER COMPILER PYTHON [EXAMPLE...]: does what the first comment of each C file
# tells its reader to do, for all examples or those named, in copies below FOLDER. A `cc` that takes
# warnings for errors, a `python3` and its python3.pc stand before those of the system; what is
# installed in PREFIX is found by its afield.pc. PYTHON may be empty for examples without Python.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=$1 folder=$2 compiler=$(command -v "$3") python=$4
shift 4
[ $# -gt 0 ] || set -- tally porting streams database gauge
package=$(find "$prefix" -name afield.pc)
[ -n "$package" ] || { echo "no afield.pc in $prefix"; exit 1; }
package=$(cd "$(dirname "$package")" && pwd)

# The lines of the first comment that are set in by a tab.
commands()
{
	sed -n '/\*\//{/SPDX/!q;}; s/^ \*	//p' "$1"
}

# program NAME COMMAND: puts a program before those of the system.
program()
{
	printf '#!/bin/sh\nexec %s "$@"\n' "$2" > "$tools/$1"
	chmod +x "$tools/$1"
}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd) tools=$(cd "$folder" && pwd)/tools
rm -rf "$tools"
mkdir "$tools"
program cc "'$compiler' -Wall -Wextra -Werror"
if [ -n "$python" ]; then
	python=$(command -v "$python")
	program python3 "'$python'"
	"$python" - > "$tools/python3.pc" <<-END
		from sysconfig import get_path, get_python_version
		print("Name: python3\nDescription: Python\nVersion:", get_python_version())
		print("Cflags: -I" + get_path("include"))
	END
fi
PATH=$tools:$PATH PKG_CONFIG_PATH=$tools:$package LD_LIBRARY_PATH=${package%/*}
export PATH PKG_CONFIG_PATH LD_LIBRARY_PATH

for example in "$@"; do
	rm -rf "${folder:?}/$example"
	cp -r "$here/$example" "$folder"
	cd "$folder/$example"
	for source in *.c; do
		commands "$source" > commands
		grep -q '^cc .*pkg-config' commands || { echo "$source: says no command"; exit 1; }
		sh -eux commands
	done
done
