/* SPDX-License-Identifier: MIT */
/*
 * copies: the copies of afield in one process find each other.
 *
 * A process may have several: two extensions that link it statically, a shared one beside them, two
 * shared ones of different wheels. Each has its own readers, grace periods and threads, and needs
 * nothing of the others. One thing they must agree on is the numbers of threads (thread.h): a field
 * may be reached through two copies, and a lock that one took must not be taken for its own by a
 * thread to which the other gave the same number. And on how many forks there were, which each
 * counts, and one that is loaded later asks for.
 *
 * Symbols will not do: a loader keeps those of modules apart (RTLD_LOCAL), and a linker hides them.
 * So each copy leaves a note in its module (an ELF note of the name "afield"), which says where its
 * functions are; a copy that is loaded looks through the notes of all modules (dl_iterate_phdr) and
 * asks the first that was there before it. Modules with afield are never unloaded.
 *
 * Synchronization: concurrent with everything. Loaders run the constructors of modules one by one.
 */
#ifndef AFIELD_LIB_COPIES_H
#define AFIELD_LIB_COPIES_H

#include <stdbool.h>
#include <stdint.h>

/* Constant, and the same in every version of afield whose notes have the same type. */
struct afield__numbering {
	uint64_t (*own_id)(void);
	bool (*is_gone)(uint64_t id);
	uint64_t (*identity)(uint64_t id);
	uint64_t (*generation)(void);
};

/* The numbering of the copy that was first, or NULL when that is this one. */
const struct afield__numbering *afield__copies_numbering(void);

/* thread.c: this copy's own. */
extern const struct afield__numbering afield__own_numbering;

#endif
