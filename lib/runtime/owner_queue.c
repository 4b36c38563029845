/* SPDX-License-Identifier: MIT */
/*
 * owner_queue: each thread's own, made when it is first held and closed when the thread ends; and
 * what afield_barrier does with all of them.
 */
#include <afield/detail/owner_queue.h>
#include <afield/thread.h>
#include <afield/wait.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "loaded.h"

static pthread_key_t key;
static bool has_key;
static AFIELD_ATOMIC(struct afield_owner_queue *) newest_queue; /* the list of all; only grows */

void afield_owner_queue_release(struct afield_owner_queue *queue)
{
	/* Release: pairs with the exchange in reuse. Weaker, the next owner could write the thread
	 * that a holder of before still reads. */
	AFIELD_FETCH_SUB(&queue->holders, 1, release);
}

/* What a message does may be a cancellation point, at which this thread would end with the others
 * in its hands: it is not cancelled from the first of them to the last. */
static void open_all(struct afield_owner_queue *queue,
		     struct afield_message *(*take)(struct afield_owner_queue *queue))
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	afield__owner_queue_begin(queue);
	afield__owner_queue_open(take(queue));
	if (afield__owner_queue_end(queue)) /* who waits for it goes on */
		afield_wake_after_store(afield_waiters_of(&queue->openings));
	pthread_setcancelstate(cancel_state, NULL);
}

/* A thread ends. What its messages do may need an owner queue again: that is another one, and this
 * function runs again for it. */
static void end_thread(void *opaque)
{
	struct afield_owner_queue *queue = (struct afield_owner_queue *)opaque;

	AFIELD_STORE(&afield__self->queue, NULL, relaxed); /* the record in which it is noted */
	open_all(queue, afield__owner_queue_close);
	afield_owner_queue_release(queue);
}

/* Relaxed: who holds an owner queue for a value has seen the number, with the value; who looks in
 * needs it only of a thread that is opening, and sees it with that. */
static bool is_gone(const struct afield_owner_queue *queue)
{
	return afield_thread_is_gone(AFIELD_LOAD(&queue->thread, relaxed));
}

/* In a child process nobody else will open what the parent's threads had not. Once for each. */
static void end_for_gone(struct afield_owner_queue *queue)
{
	struct afield_message *newest = afield__owner_queue_close(queue);

	if (newest == afield__owner_queue_mark(queue))
		return;
	afield__owner_queue_open(newest);
	afield_owner_queue_release(queue);
}

static void make_key(void)
{
	has_key = pthread_key_create(&key, end_thread) == 0;
}

/* One that nobody holds, now held once, or NULL. */
static struct afield_owner_queue *reuse(void)
{
	/* Acquire: pairs with the push in make, or an owner queue could be seen that is not made
	 * yet. */
	struct afield_owner_queue *queue = AFIELD_LOAD(&newest_queue, acquire);

	for (; queue; queue = queue->older) {
		uint64_t nobody = 0;

		/* Acquire: see the release. */
		if (AFIELD_COMPARE_EXCHANGE(&queue->holders, &nobody, 1, acquire))
			return queue;
	}
	return NULL;
}

static struct afield_owner_queue *make(void)
{
	struct afield_owner_queue *queue = (struct afield_owner_queue *)calloc(1, sizeof(*queue));

	if (!queue)
		return NULL;
	AFIELD_STORE(&queue->holders, 1, relaxed);
	AFIELD_STORE(&queue->newest, afield__owner_queue_mark(queue), relaxed);
	queue->older = AFIELD_LOAD(&newest_queue, relaxed);
	/* Release: pairs with the loads of the list. */
	while (!AFIELD_COMPARE_EXCHANGE_WEAK(&newest_queue, &queue->older, queue, release))
		;
	return queue;
}

static struct afield_owner_queue *begin(struct afield__self *self)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct afield_owner_queue *queue;

	pthread_once(&once, make_key);
	if (!has_key || !self)
		return NULL;
	queue = reuse();
	if (!queue)
		queue = make();
	if (!queue)
		return NULL;
	if (pthread_setspecific(key, queue)) {
		afield_owner_queue_release(queue);
		return NULL;
	}
	AFIELD_STORE(&queue->thread, afield_thread_id(), relaxed);
	AFIELD_STORE(&queue->newest, NULL, relaxed); /* the value's field publishes it */
	AFIELD_STORE(&self->queue, queue, relaxed);
	return queue;
}

struct afield_owner_queue *afield_owner_queue_retain(void)
{
	struct afield__self *self = afield__self_get();
	struct afield_owner_queue *queue = self ? AFIELD_LOAD(&self->queue, relaxed) : NULL;

	if (!queue)
		queue = begin(self);
	if (queue)
		AFIELD_FETCH_ADD(&queue->holders, 1, relaxed);
	return queue;
}

bool afield_hand_over(struct afield_owner_queue *queue, struct afield_message *message)
{
	if (is_gone(queue))
		end_for_gone(queue);
	return afield__owner_queue_put(queue, message);
}

void afield__open_messages_slow(struct afield_owner_queue *queue)
{
	open_all(queue, afield__owner_queue_take);
}

/*
 * The number of the thread that looks into the owner queues, one at a time: else a barrier could
 * find an owner queue empty because another has the messages in hand.
 */
static AFIELD_ATOMIC(uint64_t) looker;

static bool may_look(void *unused)
{
	uint64_t seen = AFIELD_LOAD(&looker, seq_cst);

	(void)unused;
	/* Acquire: what the previous one put back is seen. A fork may have left one behind. */
	return (seen == 0 || afield_thread_is_gone(seen)) &&
	       AFIELD_COMPARE_EXCHANGE(&looker, &seen, afield_thread_id(), seq_cst);
}

static void end_looking(void)
{
	AFIELD_STORE(&looker, 0, seq_cst);
	afield_wake(afield_waiters_of(&looker));
}

/* Not of one that nobody holds: it has no messages, and may get another owner at any moment. */
static bool hold(struct afield_owner_queue *queue)
{
	uint64_t holders = AFIELD_LOAD(&queue->holders, relaxed);

	/* Acquire: pairs with the last release of an owner before; its mark is seen. */
	while (holders != 0)
		if (AFIELD_COMPARE_EXCHANGE_WEAK(&queue->holders, &holders, holders + 1, acquire))
			return true;
	return false;
}

/* What waits for a living owner goes back. If that ends meanwhile, the messages are this
 * thread's. */
static void keep_modules(struct afield_owner_queue *queue)
{
	struct afield_message *message =
		afield__owner_queue_reverse(afield__owner_queue_load(queue));

	while (message) {
		struct afield_message *next = message->next;

		afield__keep_loaded(message->code);
		if (!afield__owner_queue_put(queue, message))
			message->open(message);
		message = next;
	}
}

/* An owner that is opening, and the number that will have changed when it has. */
struct opening {
	struct afield_owner_queue *queue;
	uint64_t number;
};

static bool is_over(void *opaque)
{
	const struct opening *opening = (const struct opening *)opaque;

	/* Acquire, by seq_cst: pairs with the end of the opening. */
	return AFIELD_LOAD(&opening->queue->openings, seq_cst) != opening->number;
}

static void await_opening(struct afield_owner_queue *queue)
{
	struct opening opening = {queue, AFIELD_LOAD(&queue->openings, acquire)};

	if (opening.number % 2 != 0 && !is_gone(queue))
		afield_wait_uninterrupted(afield_waiters_of(&queue->openings), is_over, &opening);
}

static void each_of_others(void (*visit)(struct afield_owner_queue *queue))
{
	const struct afield__self *self = afield__self_get();
	const struct afield_owner_queue *own = self ? AFIELD_LOAD(&self->queue, relaxed) : NULL;
	struct afield_owner_queue *queue = AFIELD_LOAD(&newest_queue, acquire);

	for (; queue; queue = queue->older) {
		if (queue == own || !hold(queue))
			continue;
		visit(queue);
		afield_owner_queue_release(queue);
	}
}

static void look_in(struct afield_owner_queue *queue)
{
	if (is_gone(queue))
		end_for_gone(queue);
	else
		keep_modules(queue);
}

/* Whether this thread is opening messages, perhaps the last of an owner queue that was its own. */
static bool is_opening(void)
{
	struct afield_owner_queue *queue = AFIELD_LOAD(&newest_queue, acquire);
	uint64_t self = afield_thread_id();

	while (queue && (AFIELD_LOAD(&queue->thread, relaxed) != self ||
			 AFIELD_LOAD(&queue->openings, relaxed) % 2 == 0))
		queue = queue->older;
	return queue || AFIELD_LOAD(&looker, relaxed) == self;
}

int afield__owner_queues_barrier(void)
{
	int cancel_state;

	if (is_opening())
		return -EDEADLK;
	if (!AFIELD_LOAD(&newest_queue, relaxed))
		return 0;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state); /* as in open_all */
	afield_wait_uninterrupted(afield_waiters_of(&looker), may_look, NULL);
	each_of_others(look_in);
	end_looking();
	pthread_setcancelstate(cancel_state, NULL);
	afield_open_messages();
	each_of_others(await_opening);
	return 0;
}
