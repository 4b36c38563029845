/* SPDX-License-Identifier: MIT */
/*
 * self: what the library keeps for each thread, behind one word of thread-local storage.
 *
 * A shared object that is opened at run time has little room for thread-local storage that is as
 * fast as a program's own. So a copy of afield takes one pointer of it, and everything that belongs
 * to a thread lies behind: a record, taken from a pool when the thread first uses afield.
 *
 * Nobody is told when a thread ends: a hook for that takes a lock or memory, and a signal handler
 * may be the first to read. A record names its thread by the system's number, and whoever needs a
 * record asks the system which of the threads are still there (lib/runtime/self.c).
 *
 * When to use it: in the library, and in headers that are inlined for speed. When not: elsewhere.
 *
 * Synchronization: see the members.
 */
#ifndef AFIELD_DETAIL_SELF_H
#define AFIELD_DETAIL_SELF_H

#include <stdbool.h>
#include <stdint.h>

/* Brings __GLIBC__. */
#include <limits.h>

#include <afield/detail/export.h>
#include <afield/detail/retired_list.h>
#include <afield/detail/magazine_core.h>
#include <afield/detail/section_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield_owner_queue;
struct afield_held_lock;

/* Read locks that one thread has at once and that know whose they are. */
enum { AFIELD__MOST_READS = 32 };

/*
 * All of it is relaxed but `section`, `owner` and `retired`. The members belong to the thread alone,
 * and are atomic because another thread has them when this one is gone: the system says when, and no
 * access of ours is between the two.
 */
struct afield__self {
	afield__section section; /* its thread writes, grace periods read */
	AFIELD_ATOMIC(uint64_t)
	owner;                      /* self.c: a count of its owners and the number of the newest */
	AFIELD_ATOMIC(uint64_t) id; /* thread.h; written by its thread, read by who asks for it */
	AFIELD_ATOMIC(uint64_t) pthread; /* pthread_self; the same */
	AFIELD_ATOMIC(struct afield_owner_queue *) queue;
	AFIELD_ATOMIC(struct afield_held_lock *) held_locks;
	AFIELD_ATOMIC(uint64_t) refused_by; /* the number of the thread that was last in the way */
	AFIELD_ATOMIC(uintptr_t) stack;     /* its lowest address, and its size or 0: thread.h */
	AFIELD_ATOMIC(size_t) stack_size;
	AFIELD_ATOMIC(void *) detached;  /* the state of Python that it gave up without a host */
	AFIELD_ATOMIC(bool) is_hostless; /* the library's own thread, which no host knows */
	/* These stay when the record gets another owner. The first list is that of objects with a
	 * callback, the others are of blocks. */
	struct afield__retired_list retired[1 + AFIELD__BLOCK_SIZES];
	struct afield__tally tally;
	struct afield__returned returned[AFIELD__BLOCK_SIZES];
	AFIELD_ATOMIC(unsigned) stores;   /* in a row, of rcu */
	AFIELD_ATOMIC(bool) gives_at_end; /* its magazines, by a destructor: magazine.c */
	AFIELD_ATOMIC(unsigned) read_count;
	AFIELD_ATOMIC(void *) reads[AFIELD__MOST_READS];
	struct afield__magazine
		magazines[AFIELD__MAGAZINE_SIZES]; /* the next owner inherits them */
};

/*
 * This thread's record. A number below AFIELD__NO_RECORD is none: how many sections are open in a
 * thread for which there was no memory, 0 in one that has not used afield.
 *
 * One instruction reads it, in any module, with the model initial-exec. musl loads no module that
 * uses it, and there it is a call.
 */
#if defined(__GLIBC__)
#define AFIELD__STATIC_TLS __attribute__((tls_model("initial-exec")))
#else
#define AFIELD__STATIC_TLS
#endif
AFIELD_EXPORT extern __thread struct afield__self *afield__self AFIELD__STATIC_TLS;

#define AFIELD__NO_RECORD 65536u
static inline bool afield__is_record(const struct afield__self *self)
{
	return (uintptr_t)self >= AFIELD__NO_RECORD;
}

/*
 * This thread's record, made if need be. In a signal handler too.
 *   Concurrent with: everything. Progress: lock-free. Ordering: none.
 *   Returns NULL when out of memory.
 */
AFIELD_EXPORT struct afield__self *afield__self_make(void);
static inline struct afield__self *afield__self_get(void)
{
	struct afield__self *self = afield__self;

	return __builtin_expect(afield__is_record(self), 1) ? self : afield__self_make();
}

#ifdef __cplusplus
}
#endif

#endif
