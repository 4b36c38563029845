/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: what is pushed is popped, once, in each thread's
 * order. Who waits forever is woken.
 */
#include <afield/queue.h>

#include "soak.h"

AFIELD_TYPE(value_queue, queue, struct soak_value *, soak_value_drop);

static value_queue field;

static void push(struct soak_thread *thread)
{
	struct soak_value *value = soak_value_new(thread);

	if (value_queue_push(&field, value) != 0)
		soak_value_free(value);
}

static void pop(struct soak_thread *thread)
{
	struct soak_value *value;

	(void)thread;
	if (value_queue_pop(&field, &value))
		soak_value_free(value);
}

static void pop_wait(struct soak_thread *thread)
{
	struct timespec deadline;
	struct soak_value *value;
	int error = value_queue_pop_wait(&field, &value, soak_deadline(thread, &deadline));

	SOAK_CHECK(error == 0 || error == -ETIMEDOUT);
	if (error == 0)
		soak_value_free(value);
}

static void count(struct soak_thread *thread)
{
	/* It is never long for long. */
	while (value_queue_count(&field) > 100 && !thread->is_bounded)
		pop(thread);
	(void)value_queue_is_empty(&field);
}

static void finish(struct soak_thread *thread)
{
	(void)thread;
	value_queue_fini(&field);
	memset(&field, 0, sizeof(field));
}

static struct soak_operation operations[] = {
	{"push", push, 0},   {"pop", pop, 0}, {"pop_wait", pop_wait, 0},
	{"count", count, 0}, {NULL, NULL, 0},
};
extern const struct soak_kind soak_queue;
const struct soak_kind soak_queue = {"queue", operations, push, NULL, NULL, finish};
