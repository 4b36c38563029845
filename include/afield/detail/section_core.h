/* SPDX-License-Identifier: MIT */
/*
 * section_core: read sections and grace periods, on words.
 *
 * Each thread has a word that says whether it is inside a read section, and since when. Grace
 * periods are numbered. A thread that enters writes down the number that it finds; a grace period
 * takes the next number and waits until no word says "inside, since an earlier number". Who enters
 * later finds the new number, and sees everything that was unlinked before.
 *
 *	 63            16 15      0
 *	| number, at entry | depth |      depth 0: outside, whatever the number is
 *
 * A number of 48 bits never comes round, so one wait is enough; with the one bit that others keep,
 * a reader that is held up between its two steps could be taken for a new one, and every grace
 * period has to wait twice.
 *
 * When to use it: in reclaim.h, lib/ and their litmus programs. When not: to read; that is
 * AFIELD_READ_SECTION.
 *
 * The one race that matters: a reader writes its word and then loads a pointer; a writer unlinks
 * what the pointer leads to and then looks at the word. One of them must see the other. Both need a
 * fence between their two steps. The reader's is free where the kernel has membarrier: the writer
 * then has one run on every processor of the process (a heavy fence), and for the reader it is
 * enough that the compiler keeps the order (a light one).
 *
 * Source: Desnoyers et al., User-Level Implementations of Read-Copy Update, IEEE TPDS 23(2) 2012;
 * the numbering is that of its variant for quiescent states.
 *
 *                          [1] [2] [3]
 *   [1] enter, leave        -   -   -     (- concurrent with it; X needs the caller's own
 *   [2] begin               -   X   -      exclusion. Each thread enters and leaves by its own
 *   [3] is_before           -   -   -      word.)
 */
#ifndef AFIELD_DETAIL_SECTION_CORE_H
#define AFIELD_DETAIL_SECTION_CORE_H

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD__SECTION_DEPTH UINT64_C(0xffff)
#define AFIELD__SECTION_STEP UINT64_C(0x10000)

/* Written by its thread, looked at by grace periods. Zero is outside. */
typedef AFIELD_ATOMIC(uint64_t) afield__section;

struct afield__grace {
	AFIELD_ATOMIC(uint64_t) number;    /* of the newest grace period, with depth 0 */
	AFIELD_ATOMIC(uint32_t) is_fenced; /* readers run the fence themselves: no membarrier */
};

/*
 * Enters, or goes one deeper. In a signal handler too: what a handler enters it leaves, and the
 * word is as it was, or carries a newer number while it is outside.
 *   Concurrent with: everything. Progress: wait-free.
 */
static inline void afield__section_enter(afield__section *section,
					 const struct afield__grace *grace)
{
	uint64_t word = AFIELD_LOAD(section, relaxed);

	if (word & AFIELD__SECTION_DEPTH) {
		AFIELD_STORE(section, word + 1, relaxed);
		return;
	}
	/* (1) relaxed, pairs with (6), by the fences (3) and (5): who finds the number of a grace
	 * period sees what was unlinked before it. */
	word = AFIELD_LOAD(&grace->number, relaxed) + 1;
	/* (2) release, pairs with (7): a grace period that finds this section, and takes it for a
	 * newer one, has not waited for the sections before it. Weaker, what they loaded could
	 * still be in use when it is freed. */
	AFIELD_STORE(section, word, release);
	/* (3) seq_cst, pairs with (5), or with the heavy fence in lib/runtime/grace.c. Weaker, a
	 * load in the section could come before the word is written: the reader finds the old
	 * object, and the grace period finds nobody inside. */
	if (AFIELD_LOAD(&grace->is_fenced, relaxed))
		AFIELD_FENCE(seq_cst, section);
	else
		AFIELD_COMPILER_FENCE();
}

/*
 * Leaves, or comes one up.
 *   (4) release, pairs with (7). Weaker, the grace period could end before the section's last load.
 *   Concurrent with: everything. Progress: wait-free.
 */
static inline void afield__section_leave(afield__section *section)
{
	AFIELD_STORE(section, AFIELD_LOAD(section, relaxed) - 1, release);
}

static inline bool afield__section_is_open(const afield__section *section)
{
	return (AFIELD_LOAD(section, relaxed) & AFIELD__SECTION_DEPTH) != 0;
}

/*
 * Begins a grace period, and returns its number. The caller has run the heavy fence of the process,
 * unless readers are fenced: then the fence here is the pair of theirs.
 *   (5) seq_cst, pairs with (3). The number is written after the fence: a reader that finds it is
 *   one that sees what was unlinked. Written before, a reader could find the number and still load
 *   the old pointer.
 *   Concurrent with: everything but another grace period. Progress: wait-free.
 */
static inline uint64_t afield__grace_begin(struct afield__grace *grace)
{
	uint64_t number;

	AFIELD_FENCE(seq_cst, &grace->number);
	number = AFIELD_LOAD(&grace->number, relaxed) + AFIELD__SECTION_STEP;
	/* (6) relaxed, pairs with (1), by the fences (3) and (5). */
	AFIELD_STORE(&grace->number, number, relaxed);
	return number;
}

/*
 * Whether the thread of that word is inside since before the grace period: it has to be waited for.
 *   (7) acquire, pairs with (2) (4). Weaker, what a section loaded could still be in use when it is
 *   freed.
 *   Concurrent with: everything. Progress: wait-free.
 */
static inline bool afield__section_is_before(const afield__section *section, uint64_t number)
{
	uint64_t word = AFIELD_LOAD(section, acquire);

	return (word & AFIELD__SECTION_DEPTH) && word < number;
}

#endif
