#!/bin/sh
# SPDX-License-Identifier: MIT
# missing.sh SOURCE PREFIX FOLDER: what is missing stops configuration and is named by its Debian
# package; what is there is not named.
set -u
tree=$1 prefix=$2 folder=$3
consumer=$(cd "$(dirname "$0")" && pwd)/consumer
status=0

# configure SOURCE "MODULES" OPTIONS...: with no pkg-config modules in sight but these.
configure()
{
	rm -rf "$folder"
	mkdir -p "$folder/modules"
	for module in $2; do
		cp "$(pkg-config --variable=pcfiledir "$module")/$module.pc" "$folder/modules"
	done
	source=$1
	shift 2
	output=$(PKG_CONFIG_LIBDIR="$folder/modules" PKG_CONFIG_PATH= cmake -S "$source" \
		-B "$folder/build" -DCMAKE_PREFIX_PATH="$prefix" "$@" 2>&1)
	code=$?
}

# expect WHAT CODE "PACKAGES NAMED" "PACKAGES NOT NAMED"
expect()
{
	[ $code -eq 0 ] && ended=0 || ended=1
	wrong=
	[ $ended -eq "$2" ] || wrong="ended with $code"
	for package in $3; do
		echo "$output" | grep -q "apt-get install $package" || wrong="$wrong; no $package"
	done
	for package in $4; do
		echo "$output" | grep -q "apt-get install $package" && wrong="$wrong; names $package"
	done
	echo "$1: ${wrong:-as it should}"
	[ -z "$wrong" ] || { echo "$output"; status=1; }
}

without_tests="-DAFIELD_TESTS=OFF -DAFIELD_BENCH=OFF"
configure "$tree" "" $without_tests
expect "library without anything" 1 "libck-dev" ""
configure "$tree" "ck" $without_tests -DPKG_CONFIG_EXECUTABLE=/nonexistent
expect "library without pkg-config" 1 "pkg-config" ""
configure "$tree" "ck" $without_tests
expect "library with all" 0 "" "libck-dev pkg-config"
configure "$consumer" ""
expect "consumer without it" 0 "" "libck-dev"
exit $status
