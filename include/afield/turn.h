/*
 * turn: a value inside its field that threads reach one after another, or readers side by side.
 *
 * locked, rwlocked and cell differ in who waits for whom, and in nothing else that a user writes:
 * the value is reached by a turn (a lock, a borrow), in a scope or a guard that ends it, or copied
 * in and out within one. That part is here, once. A kind brings the functions that begin and end a
 * turn at the struct its fields begin with, and a table of them (struct afield_turn in field.h).
 *
 * When to use it: in a kind whose value is in its field (inside.h) and is touched by who has a turn
 * alone. When not: in one that readers of the value do not have to leave (once), or that has no
 * readers but the owner (confined).
 *
 * Synchronization: that of the kind's turns; nothing here is shared but the field. A copy made
 * under a turn for reading happens after the turns of writers before it.
 */
#ifndef AFIELD_TURN_H
#define AFIELD_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "export.h"
#include "field.h"
#include "inside.h"
#include "scope.h"
#include "shape.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the tables of such types point to. Load takes the kind's first turn, store and the verb
 * `exchange` its last.
 *   Beside them, progress, ordering: as the kind's turns. They return what a turn that did not
 *   begin returns, as afield_hold_begin does, and nothing is changed then.
 */
AFIELD_EXPORT int afield_turn_load(const struct afield_type *type, const void *field, void *value);
AFIELD_EXPORT int afield_turn_store(const struct afield_type *type, void *field, const void *value);
AFIELD_EXPORT int afield_turn_exchange(const struct afield_type *type, void *field, void *result,
				       const void *const *arguments);
#define AFIELD_TURN_EXCHANGE                                                              \
	{                                                                                 \
		"exchange", "Stores value and returns the one before.", AFIELD_ITSELF, 1, \
			{AFIELD_ITSELF}, {"value"}, afield_turn_exchange,                 \
	}

/*
 * For struct afield_hosted. Traverse shows the objects in the value, or none when it cannot have a
 * turn at once. Clear empties the field and then, when its turn is over, destroys what was in it: a
 * destructor that drops references runs the host's code. It leaves a field alone that somebody has
 * at the moment, because who has it may be waiting for the collector's own thread.
 *   Beside them: everything but fini. Progress: wait-free, but for what they call.
 */
AFIELD_EXPORT int afield_turn_traverse(const struct afield_type *type, void *field,
				       int (*visit)(void *object, void *argument), void *argument);
AFIELD_EXPORT void afield_turn_clear(const struct afield_type *type, void *field);

/*
 * A turn that outlives the call that began it, for a host that hands it to its users. From begin to
 * end it is in the list of its thread, which alone touches it.
 */
struct afield_hold {
	const struct afield_type *type;
	void *at; /* the field */
	const struct afield_turn *turn;
	const void *owner; /* the host's */
	struct afield_hold *next;
};
AFIELD_EXPORT extern __thread struct afield_hold *afield__holds
	__attribute__((tls_model("initial-exec")));

/*
 * begin: begins the turn that the first three members name, and waits for it if it may, till the
 *   deadline, a time of CLOCK_MONOTONIC, or for ever when that is NULL.
 * end: ends it, in the same thread.
 * afield_holds: this thread's turns, the last one first, or NULL.
 *   Beside them: everything but fini of the field. Progress, ordering: as the turn.
 *   begin returns 0, or what the turn returned; -EDEADLK also when it would wait for a turn of this
 *   thread in its list.
 */
AFIELD_EXPORT int afield_hold_begin(struct afield_hold *hold, bool may_wait,
				    const struct timespec *deadline);
AFIELD_EXPORT void afield_hold_end(struct afield_hold *hold);
static inline struct afield_hold *afield_holds(void)
{
	return afield__holds;
}

#ifdef __cplusplus
}
#endif

/*
 * For makers. `head` is the member that the field begins with; `begin` and `end` take its address,
 * and begin returns 0 or a negative errno.
 *
 * AFIELD_TURN(name, prefix, T, head, open, begin, close, end):
 *   T   *open(name *)                         NULL when begin is not 0
 *   void close(name *)
 *   prefix_scope, and in C++ prefix_guard     scope.h
 * AFIELD_TURN_OPEN: `open` alone, for another way to begin the same turn.
 */
#define AFIELD_TURN(name, prefix, T, head, open, begin, close, end) \
	AFIELD_TURN_OPEN(name, T, head, open, begin);               \
	static inline void close(name *it)                          \
	{                                                           \
		end(&it->head);                                     \
	}                                                           \
	AFIELD_SCOPE_TYPE(prefix, name, T, open, close)

#define AFIELD_TURN_OPEN(name, T, head, open, begin)              \
	static inline T *open(name *it)                           \
	{                                                         \
		return begin(&it->head) == 0 ? &it->value : NULL; \
	}                                                         \
	AFIELD__ASSERT(1, "")

/*
 * AFIELD_TURN_VALUES(count, name, head, begin, end, begin_mut, end_mut), with a turn for reading
 * and one for writing: the value as a whole. `count` is that of inside.h.
 *   int name_update(name *, bool (*change)(T *value, void *argument), void *argument)
 *   int name_exchange(name *, T *value)
 *   int name_load(name *, T *value)      without a destructor alone
 *   int name_store(name *, T value)      without a destructor alone
 * Each returns what a turn that did not begin returned; update what change did otherwise.
 */
#define AFIELD_TURN_VALUES(count, name, head, begin, end, begin_mut, end_mut)                   \
	static inline int name##_update(                                                        \
		name *it, bool (*change)(name##_value * value, void *argument), void *argument) \
	{                                                                                       \
		int result = begin_mut(&it->head);                                              \
		if (result != 0)                                                                \
			return result;                                                          \
		result = change(&it->value, argument);                                          \
		end_mut(&it->head);                                                             \
		return result;                                                                  \
	}                                                                                       \
	static inline int name##_exchange(name *it, name##_value *value)                        \
	{                                                                                       \
		int error = begin_mut(&it->head);                                               \
		name##_value before;                                                            \
		if (error)                                                                      \
			return error;                                                           \
		before = it->value;                                                             \
		it->value = *value;                                                             \
		end_mut(&it->head);                                                             \
		*value = before;                                                                \
		return 0;                                                                       \
	}                                                                                       \
	AFIELD_UNLESS_OWNED(count, AFIELD__TURN_COPIES(name, head, begin, end),                 \
			    AFIELD__ASSERT(1, ""))

#define AFIELD__TURN_COPIES(name, head, begin, end)                  \
	static inline int name##_load(name *it, name##_value *value) \
	{                                                            \
		int error = begin(&it->head);                        \
		if (error)                                           \
			return error;                                \
		*value = it->value;                                  \
		end(&it->head);                                      \
		return 0;                                            \
	}                                                            \
	static inline int name##_store(name *it, name##_value value) \
	{                                                            \
		return name##_exchange(it, &value);                  \
	}                                                            \
	AFIELD__ASSERT(1, "")

/*
 * AFIELD_TURN_TABLE(count, name, T, kind, fini, verbs, hosted): name_type(). `kind` is a string and
 * `verbs` an array that begins with AFIELD_TURN_EXCHANGE; a type that owns something goes without.
 */
#define AFIELD_TURN_TABLE(count, name, T, kind, fini, verbs, hosted)                           \
	AFIELD_HOLDS_DECLARE(T);                                                               \
	static inline const struct afield_type *name##_type(void)                              \
	{                                                                                      \
		static const struct afield_type type = {                                       \
			#name,                                                                 \
			kind,                                                                  \
			sizeof(name),                                                          \
			AFIELD__ALIGNOF(name),                                                 \
			AFIELD_HOLDS(T),                                                       \
			AFIELD_IS_HOT,                                                         \
			AFIELD_UNLESS_OWNED(count, afield_turn_load, NULL),                    \
			AFIELD_UNLESS_OWNED(count, afield_turn_store, NULL),                   \
			fini,                                                                  \
			AFIELD_UNLESS_OWNED(count, verbs, (verbs) + 1),                        \
			sizeof(verbs) / sizeof((verbs)[0]) - AFIELD_UNLESS_OWNED(count, 0, 1), \
			&name##__inside,                                                       \
			&(hosted),                                                             \
		};                                                                             \
		return &type;                                                                  \
	}                                                                                      \
	AFIELD__ASSERT(1, "")

#endif
