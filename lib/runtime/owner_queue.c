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
#include "self.h"

static pthread_key_t key;
static bool has_key;
static AFIELD_ATOMIC(struct afield_owner_queue *) newest_queue; /* the list of all; only grows */

void afield_owner_queue_release(struct afield_owner_queue *queue)
{
	/* Release: pairs with the exchange in reuse. Weaker, the next owner could begin before the
	 * close of the previous one, or write the depth that end_openings still writes. */
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

/* The record names the queue until it is closed: a child that is forked before finds it there. */
static struct afield_message *leave(struct afield_owner_queue *queue)
{
	struct afield_message *newest = afield__owner_queue_close(queue);

	AFIELD_STORE(&afield__self->queue, NULL, relaxed);
	return newest;
}

/* A thread ends. What its messages do may need an owner queue again: that is another one, and this
 * function runs again for it. */
static void end_thread(void *opaque)
{
	struct afield_owner_queue *queue = (struct afield_owner_queue *)opaque;

	open_all(queue, leave);
	afield_owner_queue_release(queue);
}

/*
 * The messages of owners that did not come to open them: they were orphaned by a fork, or ended
 * when the system ran no more destructors of thread-specific data. The next thread that gets an
 * owner queue opens them, or a barrier.
 */
static AFIELD_ATOMIC(struct afield_message *) orphans;

/* Acquire: pairs with the push in afield__owner_queue_orphan. Release: as that of
 * afield__owner_queue_take, for a barrier that finds none because of this. */
static struct afield_message *take_orphans(struct afield_owner_queue *unused)
{
	(void)unused;
	return AFIELD_EXCHANGE(&orphans, NULL, acq_rel);
}

/* The owner is gone, and opens nothing any more. Acquire: pairs with the owner's last note. */
static void end_openings(struct afield_owner_queue *queue)
{
	uint64_t number = AFIELD_LOAD(&queue->openings, acquire);

	queue->depth = 0;
	if (number % 2 == 0)
		return;
	AFIELD_STORE(&queue->openings, number + 1, release);
	afield_wake_after_store(afield_waiters_of(&queue->openings));
}

void afield__owner_queue_orphan(struct afield_owner_queue *queue)
{
	struct afield_message *newest = afield__owner_queue_close(queue), *last = newest;

	end_openings(queue);
	if (newest && newest != afield__owner_queue_mark(queue)) {
		while (last->next)
			last = last->next;
		last->next = AFIELD_LOAD(&orphans, relaxed);
		/* Release: pairs with the exchange that takes; weaker, it would find no message. */
		while (!AFIELD_COMPARE_EXCHANGE_WEAK(&orphans, &last->next, newest, release))
			;
	}
	afield_owner_queue_release(queue);
}

/* The thread that forked opens what was orphaned; without a queue, it leaves that to others. An
 * owner that was closing its queue is no longer in its record, but in the list. */
void afield__owner_queues_child(void)
{
	const struct afield__self *self = afield__self;
	bool is_record = afield__is_record(self);
	struct afield_owner_queue *own = is_record ? AFIELD_LOAD(&self->queue, relaxed) : NULL;
	uint64_t id = is_record ? AFIELD_LOAD(&self->id, relaxed) : 0;
	struct afield_owner_queue *queue = AFIELD_LOAD(&newest_queue, acquire);

	for (; queue; queue = queue->older)
		if (AFIELD_LOAD(&queue->thread, relaxed) != id)
			end_openings(queue);
	if (own) {
		struct afield_message *message = afield__owner_queue_reverse(take_orphans(own));

		while (message) {
			struct afield_message *next = message->next;

			(void)afield__owner_queue_put(own, message);
			message = next;
		}
	}
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
	if (AFIELD_LOAD(&orphans, relaxed))
		open_all(queue, take_orphans);
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
	/* Acquire, here and in the exchange that fails: pairs with the release of each holder, the
	 * owner too. Who finds that nobody is left sees what the owner has opened; weaker, a barrier
	 * could return before that is seen. */
	uint64_t holders = AFIELD_LOAD(&queue->holders, acquire);

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

	if (opening.number % 2 != 0)
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

/* An owner that has ended with its queue open: the record is given up, and with it the queue. */
static bool find_orphan(struct afield__self *self, void *own)
{
	if (self != own && AFIELD_LOAD(&self->queue, relaxed))
		(void)afield__self_is_over(self);
	return false;
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
	afield__self_each(find_orphan, afield__self_get());
	afield__owner_queue_open(take_orphans(NULL));
	each_of_others(keep_modules);
	end_looking();
	pthread_setcancelstate(cancel_state, NULL);
	afield_open_messages();
	each_of_others(await_opening);
	return 0;
}
