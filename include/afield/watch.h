/* SPDX-License-Identifier: MIT */
/*
 * watch: a running field's operations, sampled and checked for linearizability.
 *
 * A watch is a thread that now and then has every operation of one field written down for a moment
 * (a window), and asks the checker (check.h) whether the field can have done that, whatever was in
 * it before. If it cannot, the field is broken, or memory is: the watch reports the history.
 *
 * When to use it: in production and in long tests, where the interleavings are that no test has.
 * When not: in place of a kind's own tests, which see every operation; for a field that is used by
 * its table besides (from Python): a watch does not see that, and would take it for a mistake.
 *
 *	#include <afield/queue.h>
 *	#include <afield/watch.h>
 *	AFIELD_WATCHED(jobs, queue, struct job *);           // in place of AFIELD_TYPE
 *
 *	struct afield_watch *watch = jobs_watch(&waiting, 1000, afield_watch_write, "jobs.history");
 *	...
 *	afield_watch_stop(watch);
 *
 * AFIELD_WATCHED is AFIELD_TYPE, the same instructions, unless the program is compiled with
 * -DAFIELD_WATCH. Then the verbs have the same names, look at one pointer when they begin and when
 * they end, and the program is linked with libafield-check. All files that use the field are
 * compiled alike.
 *
 * What is exact: a report is a violation. Both ends of a window are events in an order that agrees
 * with happens-before (watch_core.h); what the field held at the start is not known, and every
 * possibility is allowed for. This rests on three promises:
 *   - All operations are made by the verbs. (fini, and the last use before it, come when the watch
 *     has been stopped.)
 *   - The values of a queue, stack or ring are distinct: nobody pushes a value while an equal one
 *     is inside or on its way out, as nobody does with pointers to what he owns. Values of more
 *     than eight bytes are known by a hash of 64 bits. Where values repeat, a serial number in the
 *     struct makes them distinct.
 *   - No operation is held up for more than two seconds between its linearization and its return.
 *     A process that is stopped as a whole holds none up.
 * What is not seen: anything that happens outside of windows.
 *
 * Synchronization:
 *                              [1] [2] [3]
 *   [1] the field's verbs       -   -   -     (- runs concurrently, X needs the caller's own
 *   [2] watch, count            -   -   X      exclusion)
 *   [3] stop                    -   X   X
 *
 * Forks: a child has neither the thread nor a window, and may begin a watch of its own. A watch that
 * it inherits counts nothing and is stopped as ever.
 */
#ifndef AFIELD_WATCH_H
#define AFIELD_WATCH_H

#include <afield/check.h>
#include <afield/field.h>
#include <afield/detail/watch_verbs.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield_watch;

struct afield_watch_counts {
	uint64_t windows;    /* that were checked, with whatever verdict */
	uint64_t operations; /* in them */
	uint64_t unknown;    /* windows for which the checker had not the time, or no model */
	uint64_t skipped;    /* windows without memory, without room, or without an operation */
	uint64_t violations; /* windows that were reported */
};

/*
 * What is done with a violation. The history is the callee's until it returns. It is called in the
 * watch's thread, and may call everything but the stop of this watch.
 */
typedef void afield_watch_report(const struct afield_history *history, void *argument);

/*
 * A ready report: writes the history to the file whose name is the argument, from which afield-check
 * reads and refutes it. A later violation takes the place of an earlier one. What cannot be written
 * is not.
 */
AFIELD_CHECK_API void afield_watch_write(const struct afield_history *history, void *path);

/*
 * Begins to watch a field: what name_watch calls. A window of some thousand operations, or of 10
 * milliseconds, and its check are followed by a rest `one_in` - 1 times as long; 0 is the same as 1.
 * One window is open in a process at a time: several watches take turns.
 *   Concurrent with it: everything but fini of the field. Progress: that of pthread_create and
 *   malloc. Ordering: none.
 *   Returns NULL when there is no memory or no thread, or no `report`.
 */
AFIELD_CHECK_API struct afield_watch *afield_watch_start(const struct afield_watch_type *type,
							 const void *field, unsigned one_in,
							 afield_watch_report *report,
							 void *argument);

/*
 * Ends the watch, and waits for its thread: as a rule for milliseconds, for two seconds and a report
 * when a window looks broken. NULL is no watch.
 *   Concurrent with it: the field's verbs. Progress: blocking. Ordering: none. Never fails.
 */
AFIELD_CHECK_API void afield_watch_stop(struct afield_watch *watch);

/*
 * What the watch has done so far. All zero for NULL.
 *   Concurrent with it: everything but stop. Progress: blocking, for an instant. Ordering: none.
 */
AFIELD_CHECK_API void afield_watch_count(struct afield_watch *watch,
					 struct afield_watch_counts *counts);

#ifdef __cplusplus
}
#endif

/*
 * AFIELD_WATCHED(name, kind, T, ...) declares what AFIELD_TYPE(name, kind, T, ...) does and
 *   struct afield_watch *name_watch(const name *, unsigned one_in, afield_watch_report *, void *)
 * which is afield_watch_start for this type, and NULL without -DAFIELD_WATCH. The kinds that can be
 * watched have a header <kind>_watch.h, which says what of their verbs is written down. With it the
 * table's name is name__plain.
 */
#ifdef AFIELD_WATCH
#define AFIELD_WATCHED(name, kind, ...)                                                         \
	AFIELD_TYPE(name##__plain, kind, __VA_ARGS__);                                          \
	AFIELD__MAY_BE_UNUSED                                                                   \
	AFIELD__WATCH_MAKE(AFIELD__IS_KIND(AFIELD_WATCH_KIND_##kind), AFIELD_WATCH_KIND_##kind, \
			   name, kind)                                                          \
	AFIELD__MAY_BE_UNUSED_END
#else
#define AFIELD_WATCHED(name, kind, ...)                                                      \
	AFIELD_TYPE(name, kind, __VA_ARGS__);                                                \
	AFIELD__MAY_BE_UNUSED                                                                \
	AFIELD__INLINE(struct afield_watch *name##_watch(const name *field, unsigned one_in, \
							 afield_watch_report *report,        \
							 void *argument),                    \
		       return ((void)field, (void)one_in, (void)report, (void)argument,      \
			       (struct afield_watch *)NULL))                                 \
	AFIELD__MAY_BE_UNUSED_END
#endif

#define AFIELD__WATCH_MAKE(known, maker, name, kind) AFIELD__WATCH_MAKE_(known, maker, name, kind)
#define AFIELD__WATCH_MAKE_(known, maker, name, kind) AFIELD__WATCH_MAKE_##known(maker, name, kind)
#define AFIELD__WATCH_MAKE_1(maker, name, kind) AFIELD__UNWRAP maker(name)
#define AFIELD__WATCH_MAKE_0(maker, name, kind)                                           \
	AFIELD__ASSERT(0, "afield: '" #name "' is of the kind '" #kind "', which cannot " \
			  "be watched; write AFIELD_TYPE in place of AFIELD_WATCHED")

#endif
