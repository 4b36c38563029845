#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds a free-threaded CPython 3.13 from Debian's source package, for the tests that want an
# interpreter without a GIL. Debian ships no such interpreter as a binary package.
#
#	build-freethreaded.sh [PREFIX]
#
# PREFIX is where it is installed; without one it is a folder in the user's cache. A PREFIX that
# holds a working interpreter already is left alone. The system's apt configuration is read (mirror,
# proxies) and never written. Root is needed only to install missing build dependencies.
# AFIELD_DEBIAN_MIRROR, when set, is used in place of the mirror that apt uses.
set -eu -o pipefail

cache=${XDG_CACHE_HOME:-$HOME/.cache}/afield
work=$cache/python3.13t-work
log=$work/build.log

# Debian 12 has the keys of trixie in this keyring from debian-archive-keyring 2023.3+deb12u2 on,
# and bookworm's key, which signs trixie too, before that. No key comes from anywhere else.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

needed="build-essential pkg-config libssl-dev zlib1g-dev libffi-dev"
optional="libsqlite3-dev liblzma-dev libbz2-dev"

say() { echo "build-freethreaded: [${SECONDS}s] $*"; }
die() { echo "build-freethreaded: error: $*" >&2; exit 1; }

# Prints those of the named packages that are not installed.
missing() {
	for name in "$@"; do
		dpkg-query -W -f='${Status}\n' "$name" 2>&1 | grep -q ' installed$' || echo "$name"
	done
}

# Runs one step with its output in the log, and shows the end of it on failure.
logged() {
	"$@" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; die "'$1' failed; all of it is in $log"; }
}

# An interrupted installation lacks the headers or zlib, which are copied last.
is_complete() {
	[ -x "$python" ] && "$python" -I -c '
import ctypes, os, ssl, sys, sysconfig, zlib
assert not sys._is_gil_enabled()
assert os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))'
}

[[ $# -le 1 && ${1-.} != -* && ${1-.} ]] || die "usage: $0 [PREFIX]"
prefix=$(realpath -m -- "${1-$cache/python3.13t}")
python=$prefix/bin/python3.13t
use="use it with: AFIELD_PYTHONS=\"$python\" cmake -S . -B build, then build and test as always"

is_complete 2>/dev/null && { say "$python is there already; $use"; exit 0; }

[ -r "$keyring" ] || die "$keyring not found; this needs Debian and its debian-archive-keyring"
[[ $prefix$work != *[[:space:]]* ]] || die "the build cannot take the blanks in $prefix or $work"
mkdir -p "$prefix" "$work"/{state,lists/partial,cache/archives/partial}
[ -w "$prefix" ] || die "$prefix is not writable"

# shellcheck disable=SC2086 # the lists are split on purpose, here and below
lacking=$(missing $needed $optional | xargs)
if [ -n "$lacking" ] && [ "$(id -u)" = 0 ]; then
	say "installing $lacking"
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $lacking ||
		die "apt-get cannot install $lacking; does 'apt-get update' help?"
elif [ -n "$lacking" ]; then
	# shellcheck disable=SC2086
	[ -z "$(missing $needed)" ] || die "as root, first: apt-get install $lacking"
	say "going on without $lacking"
fi

# Origin and label keep third-party archives and the security archive out.
# shellcheck disable=SC2016 # apt-get expands REPO_URI
mirror=${AFIELD_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
	'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed '/^cdrom:/d' | sed -n 1p)}
[ -n "$mirror" ] || die "apt knows no mirror of Debian yet; run 'apt-get update' as root first"

rm -rf "$work/source" "$work"/*.dsc "$log"
cd "$work"
echo "deb-src [signed-by=$keyring] $mirror trixie main" >sources.list

# From the system come only the proxies and other ways of fetching; hooks, sources, lists and
# downloads stay out, and signature checks stay on.
cat >apt.conf <<END
$(apt-config dump | grep '^Acquire::')
Acquire::AllowInsecureRepositories "false";
APT::Update::Error-Mode "any";
Dir::Etc { Main "/dev/null"; Parts "/dev/null"; SourceParts "/dev/null"; };
Dir::Etc::SourceList "$work/sources.list";
Dir { State "$work/state"; State::Lists "$work/lists"; Cache "$work/cache"; };
END
export APT_CONFIG=$work/apt.conf

say "fetching the source of python3.13 from ${AFIELD_DEBIAN_MIRROR:-the mirror that apt uses}"
apt-get -q update || die "no trusted index of trixie; is a mirror or a key missing? (see above)"
apt-get -q source --only-source --download-only python3.13 || die "cannot fetch the source"

# dpkg-source cannot check the signature of the .dsc, but apt has checked its sum against the signed
# index. Debian's patches are fixes, and Debian's folder layout. The layout patches go: they are for
# /usr, and with them sysconfig does not find the lib/python3.13t of a free-threaded build.
say "unpacking; the log is $log"
logged dpkg-source --skip-patches -x ./*.dsc source
layout='deb-locations|distutils-install-layout|sysconfig-debian-schemes|ensurepip-disabled'
sed -i -E "/^($layout)\.diff$/d" source/debian/patches/series
logged dpkg-source --before-build source
cd source

say "configuring"
logged ./configure --prefix="$prefix" --disable-gil --disable-test-modules \
	--without-static-libpython --without-ensurepip
say "compiling; this takes some minutes"
logged nice make -j"$(nproc)"
say "installing into $prefix"
logged nice make altinstall

is_complete || die "$python does not run as it should; the log is $log"
rm -rf "$work/source"
say "done: $("$python" -I -VV)"
say "$use"
