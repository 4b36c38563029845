/* SPDX-License-Identifier: MIT */
/*
 * event: the wait, and what the tables of event types point to.
 */
#include "event.h"

#include <afield/detail/verb.h>

#include <errno.h>

/* One thread's wait: the even word that it saw. */
struct waiter {
	const struct afield__event *event;
	uint64_t seen;
};

static bool has_been_set(void *argument)
{
	const struct waiter *waiter = (const struct waiter *)argument;

	return afield__event_state(&waiter->event->word) != waiter->seen;
}

int afield__event_wait_slow(struct afield__event *event, uint64_t seen,
			    const struct timespec *deadline)
{
	struct waiter waiter = {event, seen};

	return afield_wait(&event->waiters, has_been_set, &waiter, deadline);
}

/* Every field of this kind is a struct afield__event, and so is an afield_event. */
int afield__event_load(const struct afield_type *type, const void *field, void *value)
{
	(void)type;
	*(bool *)value = afield_event_is_set((const afield_event *)field);
	return 0;
}

int afield__event_store(const struct afield_type *type, void *field, const void *value)
{
	(void)type;
	if (*(const bool *)value)
		afield_event_set((afield_event *)field);
	else
		afield_event_clear((afield_event *)field);
	return 0;
}

static int verb_set(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	(void)type, (void)result, (void)arguments;
	afield_event_set((afield_event *)field);
	return 0;
}

static int verb_clear(const struct afield_type *type, void *field, void *result,
		      const void *const *arguments)
{
	(void)type, (void)result, (void)arguments;
	afield_event_clear((afield_event *)field);
	return 0;
}

static int verb_is_set(const struct afield_type *type, void *field, void *result,
		       const void *const *arguments)
{
	(void)arguments;
	return afield__event_load(type, field, result);
}

static int verb_wait(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	struct timespec deadline;
	int error = afield_event_wait((afield_event *)field,
				      afield_deadline(*(const double *)arguments[0], &deadline));

	(void)type;
	if (error && error != -ETIMEDOUT)
		return error;
	*(bool *)result = error == 0;
	return 0;
}

const struct afield_verb afield__event_verbs[4] = {
	AFIELD_VERB("set", "Sets the event and wakes all who wait for it.", AFIELD_NOTHING,
		    verb_set),
	AFIELD_VERB("clear", "Clears the event.", AFIELD_NOTHING, verb_clear),
	AFIELD_READING_VERB("is_set", "Returns whether the event is set.", AFIELD_BOOL,
			    verb_is_set),
	{.name = "wait",
	 .doc = "Waits until the event is set; returns False when so many seconds pass first.",
	 .result = AFIELD_BOOL,
	 .parameter_count = 1,
	 .parameters = {{"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, AFIELD_ARGUMENT}},
	 .call = verb_wait,
	 .only_reads = true},
};

/* In Python the attribute is an object with the methods of threading.Event. */
static const struct afield_view view = {
	.name = "Event",
	.key = {AFIELD_NOTHING, 0, NULL},
	.verbs = afield__event_verbs,
	.verb_count = AFIELD__LENGTH(afield__event_verbs),
};
const struct afield_host_binding afield__event_host_binding = {.view = &view};
