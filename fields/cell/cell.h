/* SPDX-License-Identifier: MIT */
/*
 * cell: a struct that is borrowed, shared or exclusively, and an overlap is an error.
 *
 * When to use it: where two threads at one value are a mistake that somebody should hear of, or
 * where a class is ported that relied on PyO3's borrow check. When not: where overlap is ordinary,
 * as it is when many threads share an object. Then locked or rwlocked let a thread wait its turn,
 * seqlock and rcu need no lock at all; and the kind cell_wait below waits by itself.
 *
 *   AFIELD_TYPE(config_cell, cell, struct config);                copied by load and store, too
 *   AFIELD_TYPE(config_cell, cell, struct config, config_free);   owned: fini frees it
 *   AFIELD_TYPE(config_cell, cell, struct config, config_free, config_visit);
 *                                                 it keeps objects of the host, too
 *                                                 (inline_value.h)
 *   AFIELD_TYPE(config_cell, cell_wait, struct config);           the same, but who comes by the
 *                                                                 table (Python) waits
 *
 * Any number of threads may have the value shared, or one exclusively. A try that is in the way of
 * a borrow fails at once, and for no other reason. Who has the exclusive borrow can be asked. The
 * field is 24 bytes and the value.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                                                      [1] [2] [3] [4] [5] [6]
 *   [1] try_borrow, load                                -   f   -   w   -   X
 *   [2] try_borrow_mut, store, exchange, update         f   f   f   f   -   X   (f fails beside a
 *   [3] borrow_wait                                     -   f   -   w   -   X    borrow of the
 *   [4] borrow_mut_wait                                 f   f   w   w   -   X    other, w waits
 *   [5] holder, borrow_count                            -   -   -   -   -   X    for its end, X
 *   [6] fini                                            X   X   X   X   X   X    needs exclusion)
 *
 * Orders: an exclusive borrow happens before every later borrow, and after every earlier one. All
 * operations are linearizable: a borrow that fails does so because another is there.
 *
 *	static config_cell field;
 *	AFIELD_BORROWED_MUT(config_cell, config, &field)
 *	{
 *		config->limit = 5;
 *	}
 *	AFIELD_BORROWED(config_cell, config, &field)
 *	{
 *		seen = config->limit;
 *	}
 *
 * Limits: a thread that waits for an exclusive borrow while it has a shared one waits for itself;
 * only exclusive holders are known by thread. Waiting threads are not served in order, and a cell
 * that is always borrowed by somebody is never borrowed exclusively. In the child of a fork,
 * borrows that were there before stay, because only those of the thread that forked will end, and a
 * shared one does not say whose it is. They are not waited for (-EOWNERDEAD) when no others are in
 * the way, until name_reset_orphans takes them back. A cell has at most 2^24 shared borrows at
 * once, and a process at most 2^41 threads in its life.
 *
 * Sources: the borrow flag of Rust's RefCell and of PyO3's classes, which this is for threads;
 * cell_core.h has the protocol, which is another.
 */
#ifndef AFIELD_CELL_H
#define AFIELD_CELL_H

#include <afield/detail/cell_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_cell (AFIELD__CELL)
#define AFIELD_KIND_cell_wait (AFIELD__CELL_WAIT)

/*
 * AFIELD_TYPE(name, cell, T), (name, cell, T, destructor), (..., destructor, visit) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   const T *name_try_borrow(name *)          T *name_try_borrow_mut(name *)
 *   int      name_borrow_wait(name *, const T **value)
 *   int      name_borrow_mut_wait(name *, T **value)
 *   void     name_release(name *)             void name_release_mut(name *)
 *   uint64_t name_holder(const name *)        uint64_t name_borrow_count(const name *)
 *   int      name_reset_orphans(name *)
 *   int      name_update(name *, bool (*change)(T *value, void *argument), void *argument)
 *   int      name_exchange(name *, T *value)
 *   int      name_load(name *, T *value)      without a destructor alone
 *   int      name_store(name *, T value)      without a destructor alone
 *   AFIELD_BORROWED(name, pointer, field) { ... }
 *   AFIELD_BORROWED_MUT(name, pointer, field) { ... }
 *   class name_borrow_guard, name_borrow_mut_guard   in C++
 *   void     name_fini(name *)
 *   const struct afield_type *name_type(void)
 * AFIELD_TYPE(name, cell_wait, ...): the same, and load and store of the table wait.
 *
 * try_borrow: the value, for reading beside other readers, until name_release.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: acquire.
 *   Returns NULL while there is an exclusive borrow, this thread's own included.
 * try_borrow_mut: the value alone, until name_release_mut.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: acquire.
 *   Returns NULL while there is any borrow, this thread's own included.
 * borrow_wait, borrow_mut_wait: the same at *value, when the borrow that is in the way has ended.
 *   Concurrent with them: everything but fini. Progress: blocking; detached from the host while
 *   they sleep.
 *   Ordering: acquire.
 *   Return 0; -EDEADLK when this thread has the exclusive borrow; -EOWNERDEAD when nothing
 *   is in the way but what a fork left behind: the exclusive borrow of a thread that is not here,
 *   or shared ones from before the fork; -EINTR when the host ended the wait. *value is unchanged
 *   then.
 * release, release_mut: end a borrow. Any thread may do it, in place of the one that began it. The
 * field must live until they return.
 *   Concurrent with them: everything but fini. Progress: wait-free when nobody waits, otherwise one
 *   system call. Ordering: release. There is such a borrow.
 * holder: the number (thread.h) of the thread that has the exclusive borrow, or 0. borrow_count:
 * how many shared borrows there are. Both may be out of date when they return.
 *   Concurrent with them: everything but fini. Progress: wait-free. Ordering: none. Never fails.
 * reset_orphans: takes back the borrows orphaned by a fork: the exclusive one of a thread that
 * is not here, which may have done half of a change, or all shared ones from before the fork. If
 * the thread that forked has one of these, it ends it first, and before anybody in the child
 * borrows: an end does not tell which borrow it was. What it has by the table (Python) is kept by
 * itself.
 *   Concurrent with: everything but fini. Progress: lock-free. Ordering: release.
 *   Returns 1 when there were such borrows, otherwise 0; -EPERM when they are shared ones, and
 *   another thread than the one that forked calls it.
 * update: calls change with the value itself, borrowed exclusively. `change` does not leave
 * by longjmp; an exception of C++ ends the borrow, and the value is as change left it.
 *   Concurrent with it: everything but fini. Progress: wait-free, but for change. Ordering:
 *   acq_rel.
 *   Returns 1 or 0, as change returned true or false, or -EBUSY while there is any borrow.
 * load, store, exchange: copy the value out, replace it by a copy, swap it with *value.
 *   Concurrent with them: everything but fini. Progress: wait-free. Ordering: acq_rel.
 *   Return 0, or -EBUSY while a borrow is in the way: for load an exclusive one, for the others
 *   any. Nothing is changed then.
 * AFIELD_BORROWED, AFIELD_BORROWED_MUT: a block with the borrow, left by any way, which is skipped
 * where the try fails.
 */
#define AFIELD__CELL(name, ...)                                                                    \
	AFIELD__CELL_(AFIELD__COUNT(__VA_ARGS__), afield__cell_host_binding, name, __VA_ARGS__, ~, \
		      ~)
#define AFIELD__CELL_WAIT(name, ...)                                                    \
	AFIELD__CELL_(AFIELD__COUNT(__VA_ARGS__), afield__cell_wait_host_binding, name, \
		      __VA_ARGS__, ~, ~)
#define AFIELD__CELL_(count, binding, name, T, ...)                                        \
	typedef T name##_value;                                                            \
	typedef struct name {                                                              \
		struct afield__cell cell;                                                  \
		name##_value value AFIELD_ZERO; /* borrows protect it */                   \
	} name;                                                                            \
	AFIELD_INLINE_VALUE(count, name, T, __VA_ARGS__);                                  \
	AFIELD_GUARDED(name, name##_borrow, const name##_value, cell, name##_try_borrow,   \
		       afield__cell_begin, name##_release, afield__cell_end);              \
	AFIELD_GUARDED(name, name##_borrow_mut, name##_value, cell, name##_try_borrow_mut, \
		       afield__cell_begin_mut, name##_release_mut, afield__cell_end_mut);  \
	AFIELD__CELL_WAITS(name, const name##_value, borrow);                              \
	AFIELD__CELL_WAITS(name, name##_value, borrow_mut);                                \
	AFIELD__CELL_QUESTIONS(name);                                                      \
	AFIELD_GUARDED_RESET(name, cell, afield__cell_reset_orphans);                      \
	AFIELD_GUARDED_VALUES(count, name, cell, afield__cell_begin, afield__cell_end,     \
			      afield__cell_begin_mut, afield__cell_end_mut);               \
	AFIELD_GUARDED_TABLE(count, name, T, "cell", afield__cell_fini, afield__cell_verbs, binding)

#define AFIELD_BORROWED(name, pointer, field) AFIELD_SCOPE(name##_borrow, pointer, field)
#define AFIELD_BORROWED_MUT(name, pointer, field) AFIELD_SCOPE(name##_borrow_mut, pointer, field)

#endif
