#!/bin/sh
# SPDX-License-Identifier: MIT
# values.sh COMPILER STANDARD FIELDS OPTIONS...
#
# What a field of each kind may hold. A kind is found by the line that registers it, never listed.
#   - A pointer, a struct, an enumeration and an integer, however they are spelled, make a field or
#     are refused in a sentence of ours. A kind that takes one pointer takes all of them, and so with
#     the others. A kind that holds only types which its own macro makes refuses these as it can.
#   - In C++ a field is not copied and has the layout of C, and a value with code of its own is
#     refused.
#   - A PyObject * makes a field exactly where the sentence says that a reference is kept.
set -u
compiler=$1 standard=$2 fields=$3
shift 3
case $standard in c++*) language=c++ ;; *) language=c ;; esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0 fields_made=0

fail()
{
	failures=$((failures + 1))
	echo "$*"
	sed -n '/error/s/^/    /p' "$work/output" | head -n 3
}

# make FILE HEADER KIND FORM T...: one field type for each T.
make()
{
	source=$1 header=$2 kind=$3 form=$4 number=0
	shift 4
	cat > "$source" <<-END
	#include <afield/$header>
	#include <afield/record.h>
	struct job { int number; };
	struct node;
	typedef struct { double x, y; } point;
	enum colour { red, green };
	typedef enum colour paint;
	typedef void (*callback)(int);
	typedef struct job *job_pointer;
	typedef struct _object PyObject;
	#ifdef __cplusplus
	struct copied { copied(const copied &); int number; };
	struct made { made() : number(1) {} int number; };
	struct begun { int number = 1; };
	#endif
	#define LIMITS(member) member(int64_t, low) member(int64_t, high)
	AFIELD_RECORD(limits, LIMITS);
	#define FIELD_OF(name, ...) AFIELD_TYPE(name, $kind, __VA_ARGS__)
	END
	for T in "$@"; do
		number=$((number + 1))
		printf "FIELD_OF(field_$number, $form);\n" "$T" >> "$source"
	done
	echo 'int main(void) { return field_1_type()->size == 0; }' >> "$source"
	[ $language = c ] || promise_of_cxx >> "$source"
}

# A field is an aggregate that is not copied, has the layout of C, and is there before main.
promise_of_cxx()
{
	echo '#include <type_traits>'
	for i in $(seq $number); do
		cat <<-END
		static_assert(!std::is_copy_constructible<field_$i>::value, "not copied");
		static_assert(!std::is_move_constructible<field_$i>::value, "not moved");
		static_assert(!std::is_copy_assignable<field_$i>::value, "not assigned");
		static_assert(!std::is_move_assignable<field_$i>::value, "not moved into");
		static_assert(std::is_standard_layout<field_$i>::value, "as in C");
		static_assert(std::is_trivially_destructible<field_$i>::value, "as in C");
		#if __cplusplus >= 202002L
		constinit field_$i object_$i;
		#elif defined(__clang__) && __cplusplus >= 201402L
		[[clang::require_constant_initialization]] field_$i object_$i;
		#endif
		field_$i with_nothing_$i = {};
		END
	done
}

compile()
{
	LC_ALL=C "$compiler" -x $language -std="$standard" -Wall -Wextra -Wpedantic -Werror \
		-DAFIELD_SHOW_EXPANSIONS -fsyntax-only "$@" > "$work/output" 2>&1
}

# The arguments of a kind around a T, in the first form that makes a field: "" when none does.
form_of()
{
	for form in '%s' '%s, 64' 'int64_t, %s'; do
		for probe in int64_t bool double 'PyObject *'; do
			make "$work/probe" "$1" "$2" "$form" "$probe"
			compile "$work/probe" $options && { echo "$form"; return; }
		done
	done
}

# holds HEADER KIND FORM T...: 0 when all make fields, 1 when the only one is refused, in words.
holds()
{
	make "$work/field" "$@"
	if compile "$work/field" $options; then
		fields_made=$((fields_made + number))
		return 0
	fi
	[ $number -gt 1 ] || [ -n "$is_special" ] || grep -q ': error: .*afield: ' "$work/output" ||
		fail "$standard: $kind of '$4' is refused without a word of ours"
	return 1
}

# all_or_none HEADER KIND FORM T...
all_or_none()
{
	holds "$@" && return
	name=$1 kind=$2 form=$3
	shift 3
	for T in "$@"; do
		holds "$name" "$kind" "$form" "$T" &&
			fail "$standard: $kind makes a field of '$T', but not of each of: $*"
	done
}

options=$*
kinds=0 keep= keepers=
for file in $(grep -l '^#define AFIELD_KIND_' "$fields"/*/*.h); do
	for kind in $(sed -n 's/^#define AFIELD_KIND_\([a-z_0-9]*\) .*/\1/p' "$file"); do
		kinds=$((kinds + 1))
		name=$(basename "$file")
		form=$(form_of "$name" "$kind")
		if is_special= && [ -z "$form" ]; then
			is_special=yes
			echo "$kind holds types of its own"
			form='%s'
		fi
		all_or_none "$name" "$kind" "$form" 'void *' 'struct job *' 'struct node *' \
			'const struct job *' 'struct job const *' 'const char *' 'struct job **' \
			callback job_pointer 'struct limits *'
		all_or_none "$name" "$kind" "$form" point 'struct limits'
		all_or_none "$name" "$kind" "$form" uint32_t 'unsigned long'
		all_or_none "$name" "$kind" "$form" 'enum colour' paint
		holds "$name" "$kind" "$form" 'struct job *const' &&
			fail "$standard: $kind of a const pointer makes a field"
		for T in copied made begun; do
			[ $language = c ] || ! holds "$name" "$kind" "$form" $T ||
				fail "$standard: $kind of a struct that is $T makes a field"
		done
		if holds "$name" "$kind" "$form" 'PyObject *'; then
			keep="$keep $kind"
		elif grep -q 'keep one: ' "$work/output"; then
			keepers=$(sed -n 's/.*these keep one: \([a-z_, ]*\).*/\1/p' "$work/output" |
				head -n 1 | tr -d ,)
		fi
	done
done

: > "$work/output"
[ "$(echo $keep | tr ' ' '\n' | sort)" = "$(echo $keepers | tr ' ' '\n' | sort)" ] ||
	fail "$standard: the sentence names '$keepers', a PyObject * makes a field of:$keep"
echo "$kinds kinds, $fields_made fields made, $failures failures"
[ $kinds -gt 0 ] && [ $fields_made -gt 0 ] && [ $failures -eq 0 ]
