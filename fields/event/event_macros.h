/* SPDX-License-Identifier: MIT */
/*
 * event_macros: what AFIELD_TYPE(name, event, ...) writes, and the functions behind it.
 *
 * When to use it: through event.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of event.h.
 */
#ifndef AFIELD_EVENT_MACROS_H
#define AFIELD_EVENT_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>
#include <afield/wait.h>

#include <afield/detail/event_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every event is. */
struct afield__event {
	afield__event_word word;
	struct afield_waiters waiters; /* for the word to become odd */
};

/* The wait of name_wait below, when the event was not set at the first look, which saw `seen`. */
AFIELD_EXPORT int afield__event_wait_slow(struct afield__event *event, uint64_t seen,
					  const struct timespec *deadline);

static inline void afield__event_set_and_wake(struct afield__event *event)
{
	afield__event_set(&event->word);
	afield_wake(&event->waiters);
}

static inline int afield__event_wait(struct afield__event *event, const struct timespec *deadline)
{
	uint64_t seen = afield__event_state(&event->word);

	return afield__event_is_set(seen) ? 0 : afield__event_wait_slow(event, seen, deadline);
}

/* What the tables of this kind's types point to. */
AFIELD_EXPORT int afield__event_load(const struct afield_type *type, const void *field,
				     void *value);
AFIELD_EXPORT int afield__event_store(const struct afield_type *type, void *field,
				      const void *value);
AFIELD_EXPORT extern const struct afield_verb afield__event_verbs[4];
AFIELD_EXPORT extern const struct afield_host_binding afield__event_host_binding;

#ifdef __cplusplus
}
#endif

#define AFIELD__EVENT_OPERATIONS(name)                                                           \
	AFIELD__INLINE(bool name##_is_set(const name *field),                                    \
		       return afield__event_is_set(afield__event_state(&field->event.word)));    \
	AFIELD__INLINE(void name##_set(name *field), afield__event_set_and_wake(&field->event)); \
	AFIELD__INLINE(void name##_clear(name *field), afield__event_clear(&field->event.word)); \
	AFIELD__INLINE(int name##_wait(name *field, const struct timespec *deadline),            \
		       return afield__event_wait(&field->event, deadline))

#define AFIELD__EVENT_TABLE(name)                                                                  \
	AFIELD_TYPE_TABLE(name, "event", AFIELD_VALUE_OF(AFIELD_BOOL, bool), 0,                    \
			  afield__event_load, afield__event_store, NULL, afield__event_verbs,      \
			  AFIELD__LENGTH(afield__event_verbs), NULL, &afield__event_host_binding); \
	AFIELD__FINI(name)

#endif
