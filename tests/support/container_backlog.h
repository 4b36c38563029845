/* SPDX-License-Identifier: MIT */
/*
 * container_backlog: above the backlog's limit, who takes values out of a container (container.h)
 * waits, and who must not wait goes on. Meanwhile a reader sees to it that nothing is reclaimed.
 *
 *	backlog_begin();             // first
 *	backlog_holds(fill_and_pop);
 *	backlog_lets(fill_and_drop);
 *
 * What runs retires more than two pieces of memory, and leaves the field empty.
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_CONTAINER_BACKLOG_H
#define AFIELD_TESTS_CONTAINER_BACKLOG_H

#include <afield/host.h>

#include "container.h"
#include "reader.h"

static int backlog_waits, backlog_is_done; /* __atomic */

static inline void *backlog_detach(void)
{
	__atomic_store_n(&backlog_waits, 1, __ATOMIC_SEQ_CST);
	return &backlog_waits;
}

static inline void backlog_attach(void *token)
{
	TEST_CHECK(token == &backlog_waits);
}

static inline void backlog_begin(void)
{
	static const struct afield_host host = {backlog_detach, backlog_attach, NULL, NULL,
						NULL,           NULL,           NULL};

	TEST_CHECK(afield_set_host(&host));
}

static inline void *backlog_run(void *run)
{
	(*(void (**)(void))run)();
	__atomic_store_n(&backlog_is_done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static inline void backlog_fill(struct reader *reader)
{
	TEST_CHECK(afield_barrier() == 0);
	afield_set_backlog_limit(1);
	reader->depth = 1;
	reader_park(reader);
}

static inline void backlog_end(void)
{
	afield_set_backlog_limit(0);
	TEST_CHECK(afield_barrier() == 0);
}

static inline void backlog_holds(void (*run)(void))
{
	struct reader reader;
	pthread_t thread;

	backlog_fill(&reader);
	backlog_waits = backlog_is_done = 0;
	if (pthread_create(&thread, NULL, backlog_run, &run))
		abort();
	while (!__atomic_load_n(&backlog_waits, __ATOMIC_SEQ_CST) &&
	       !__atomic_load_n(&backlog_is_done, __ATOMIC_SEQ_CST))
		pause_ms(1);
	TEST_CHECK(__atomic_load_n(&backlog_waits, __ATOMIC_SEQ_CST));
	reader_leave(&reader);
	pthread_join(thread, NULL);
	backlog_end();
}

/* A wait would have no end. */
static inline void backlog_lets(void (*run)(void))
{
	struct reader reader;

	backlog_fill(&reader);
	run();
	TEST_CHECK(afield_backlog() > 2);
	reader_leave(&reader);
	backlog_end();
}

#endif
