/* SPDX-License-Identifier: MIT */
/*
 * flags: up to 64 named bits in one word, each of which any thread may set and clear.
 *
 * When to use it: for states that stand beside each other: open, dirty, urgent. When not: for one
 * of several states at a time (an atomic integer), for one flag alone (afield_bool), or for one
 * that threads wait for (event).
 *
 *	#define DOOR(flag)                                \
 *		flag(door, open)                          \
 *		flag(door, locked, "nobody comes in")
 *	AFIELD_FLAGS(door, DOOR);
 *	AFIELD_TYPE(door_flags, flags, door);
 *
 * A change of one bit leaves the others as they are, whoever changes them at the same moment: it is
 * one locked instruction. Several bits in one call change in one step. The field is 8 bytes, and in
 * zero no bit is set.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                            [1] [2] [3]
 *   [1] load, test            -   -   X
 *   [2] every other verb      -   -   X
 *   [3] fini                  X   X   X       (- runs concurrently, X needs exclusion)
 *
 * Orders: all operations are sequentially consistent and linearizable.
 *
 *	door_flags state = {0};
 *	door_flags_set(&state, door_open);
 *	if (!door_flags_test_and_set(&state, door_locked)) ...      // this call locked it
 *	door now = door_flags_load(&state);                         // now & door_open
 *
 * The obvious code, bit fields of a struct or `state |= open`, reads the word and writes it back: a
 * bit that another thread sets in between is lost.
 *
 * Sources: the operations are those of C11 7.17.7 and of atomic_flag.
 */
#ifndef AFIELD_FLAGS_H
#define AFIELD_FLAGS_H

#include <afield/detail/flags_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/*
 * AFIELD_FLAGS(name, LIST) at file scope, once in a translation unit. A row is flag(name, bit) or
 * flag(name, bit, "doc"), with the same name in every row. It declares
 *   typedef uint64_t name;
 *   enum { name_bit_bit, ..., };        the number of each bit, from 0, in the order of the list
 *   static const name name_bit;         for each bit: the word in which it alone is set
 *   name_members(&count), name_record   the table of names, as AFIELD_RECORD writes one
 * The user writes the semicolon.
 */
#define AFIELD_FLAGS(name, LIST)                                                               \
	typedef uint64_t name;                                                                 \
	enum { LIST(AFIELD__FLAG_NUMBER) name##__count };                                      \
	AFIELD__ASSERT(name##__count <= 64, "afield: the flags '" #name "' are more than 64"); \
	LIST(AFIELD__FLAG_CONSTANT)                                                            \
	AFIELD__RECORD_TABLE(name, name, LIST(AFIELD__FLAG_ROW))

#define AFIELD_KIND_flags (AFIELD__FLAGS)

/*
 * AFIELD_TYPE(name, flags, T), T made by AFIELD_FLAGS declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   T    name_load(const name *)
 *   bool name_test(const name *, T bits)
 *   void name_set clear toggle (name *, T bits)
 *   T    name_test_and_set(name *, T bits), name_test_and_clear
 *   void name_store(name *, T bits)
 *   void name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * `bits` is any number of the constants, joined by |; the others of the word stay as they are.
 * load: all bits at one moment.
 * test: whether all of `bits` are set.
 *   Both: beside everything but fini. Progress: wait-free. Ordering: seq_cst. Never fails.
 * set, clear, toggle: sets them, clears them, turns each into its opposite, in one step.
 * store: sets these and clears all others, in one step.
 *   All: beside everything but fini. Progress: wait-free where the processor has the instruction,
 *   as x86-64 has. Ordering: seq_cst. Never fails.
 * test_and_set, test_and_clear: the same as set and clear.
 *   Concurrent with it: everything but fini. Progress: lock-free. Ordering: seq_cst.
 *   Returns those of `bits` that were set before: of several threads that set one bit, exactly one
 *   is told 0; of several that clear it, exactly one is told that it was set.
 */
#define AFIELD__FLAGS(name, T)           \
	typedef T name##_value;          \
	typedef struct name {            \
		afield__flags_word word; \
	} name;                          \
	AFIELD__FLAGS_OPERATIONS(name);  \
	AFIELD__FLAGS_TABLE(name, T)

#endif
