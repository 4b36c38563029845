/* SPDX-License-Identifier: MIT */
/*
 * lib/runtime/owner_queue.c itself: owners that begin and end, others that leave something for them,
 * and barriers. What must hold in every execution:
 * each message is opened once, by a thread that sees all that was done before; whose barrier has
 * returned knows of each message that it had handed over, which has been opened, or whose module
 * stays loaded; and nobody waits on.
 *
 * Not for GenMC: it unrolls loops to fewer rounds than a barrier makes.
 * Not for relacy: it has no seq_cst fence and no C11 atomics beside its own.
 */
#include "../support/litmus.h"

#include <afield/detail/owner_queue.h>
#include <afield/thread.h>
#include <afield/wait.h>

#include <stdatomic.h>

/* gcc warns that its ThreadSanitizer sees no fences; the explorer does. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wtsan"
#endif

/*
 * In place of wait.c: one hall for all words. Plain C11, which has no mutants; who waits is counted
 * before its last look, and who is not woken spins forever, which is a failure.
 */
static atomic_uint counted, woken;
void afield_wait_uninterrupted(struct afield_waiters *waiters, bool (*is_ready)(void *argument),
			       void *argument)
{
	if (is_ready(argument))
		return;
	atomic_fetch_add(&counted, 1);
	for (;;) {
		unsigned before = atomic_load_explicit(&woken, memory_order_acquire);

		if (is_ready(argument))
			break;
		while (atomic_load_explicit(&woken, memory_order_relaxed) == before)
			AFIELD_SPIN();
	}
	atomic_fetch_sub_explicit(&counted, 1, memory_order_relaxed);
}

static void wake_all(void)
{
	if (atomic_load(&counted) != 0)
		atomic_fetch_add_explicit(&woken, 1, memory_order_release);
}
/* A wake behind a release store looks for who waits behind a fence, as that of wait.h. */
static void wake_after_store(void)
{
	atomic_thread_fence(memory_order_seq_cst);
	wake_all();
}
#define afield_waiters_of(word) ((void)(word), NULL)
#define afield_wake(waiters) ((void)(waiters), wake_all())
#define afield_wake_after_store(waiters) ((void)(waiters), wake_after_store())

/* A program's threads have the numbers 1 to 3, and main 4. */
enum { THREADS = 4 };
static __thread uint64_t number; /* of this thread; 0 in one that has no record */
static struct afield__self records[THREADS];
static uint64_t gone; /* a thread that a fork orphaned; written by main alone */

#define afield_thread_id() number
#define afield_thread_is_gone(thread) ((thread) == gone && gone != 0)

/* The system's part: main makes the key, and each thread calls its own destructor. */
#define pthread_once(once, make) ((void)(once))
#define pthread_key_create(key, destructor) ((void)(key), (void)(destructor), 0)
#define pthread_setspecific(key, value) ((void)(key), (void)(value), 0)
#define pthread_setcancelstate(state, before) ((void)(before))
#include "../../lib/runtime/owner_queue.c"

/* The rest of the library. */
__thread struct afield__self *afield__self AFIELD__STATIC_TLS;
struct afield__self *afield__self_make(void)
{
	return NULL;
}
bool afield__self_each(bool (*visit)(struct afield__self *self, void *argument), void *argument)
{
	for (int i = 0; i < THREADS; i++)
		if (visit(&records[i], argument))
			return true;
	return false;
}
bool afield__self_is_over(struct afield__self *self)
{
	return false;
}

/* What is on the way. */
static struct value {
	struct afield_message message;
	int content;
	int ends;          /* how often it has ended: plain */
	int kept[THREADS]; /* its module, by whom, at most once */
} values[2];

static void end_value(struct afield_message *message)
{
	struct value *value = (struct value *)(void *)message;

	assert(value->content == 1 && value->ends == 0);
	value->ends++;
}

void afield__keep_loaded(const void *address)
{
	struct value *value = (struct value *)(uintptr_t)address;

	assert(value->kept[number - 1] == 0);
	value->kept[number - 1] = 1;
}

static struct afield_message *send(int which)
{
	struct value *value = &values[which];

	value->content = 1;
	value->message.open = end_value;
	value->message.code = value;
	return &value->message;
}

static struct afield_owner_queue *owned; /* by one that main is at first */

static void be(int self)
{
	number = (uint64_t)self + 1;
	afield__self = &records[self];
}

static struct afield_owner_queue *begin_owner(int self)
{
	be(self);
	return afield_owner_queue_retain();
}

/* Main is one of the threads, before they run. */
static struct afield_owner_queue *prepare_owner(int self)
{
	has_key = true;
	return begin_owner(self);
}

/* Main again, when all is over. The library never frees a queue. */
static void free_queues(void)
{
	struct afield_owner_queue *queue = AFIELD_LOAD(&newest_queue, relaxed);

	while (queue) {
		struct afield_owner_queue *older = queue->older;

		free(queue);
		queue = older;
	}
}

static void assert_none_is_held(void)
{
	struct afield_owner_queue *queue = AFIELD_LOAD(&newest_queue, relaxed);

	for (; queue; queue = queue->older)
		assert(AFIELD_LOAD(&queue->holders, relaxed) == 0);
}

static void have_barrier(int self)
{
	be(self);
	assert(afield__owner_queues_barrier() == 0);
}

/* Two threads come, get a queue, use it, and end: one after the other with one queue, or each with
 * one of its own. What each hands over to itself has arrived, and nothing else. */
static void come_and_go(int self)
{
	struct afield_owner_queue *queue = begin_owner(self);

	assert(AFIELD_LOAD(&queue->thread, relaxed) == number);
	assert(afield_hand_over(queue, send(self)));
	afield_open_messages();
	assert(values[self].ends == 1);
	afield_owner_queue_release(queue);
	end_thread(queue);
	assert(!AFIELD_LOAD(&afield__self->queue, relaxed));
}

static void two_come_and_go(void)
{
	RUN(come_and_go, come_and_go);
	assert(values[0].ends == 1 && values[1].ends == 1);
	assert_none_is_held();
	free_queues();
}

PROGRAM(owners_come_and_go)
{
	has_key = true;
	two_come_and_go();
}

PROGRAM(two_want_one_queue)
{
	owned = prepare_owner(2);
	afield_owner_queue_release(owned);
	end_thread(owned);
	two_come_and_go();
}

/* A barrier beside the first of all owners, and with its message in hand. */
static void come_and_end(int self)
{
	struct afield_owner_queue *queue = begin_owner(self);

	assert(afield_hand_over(queue, send(self)));
	afield_owner_queue_release(queue);
	end_thread(queue);
}

PROGRAM(barrier_and_first_owner)
{
	has_key = true;
	RUN(come_and_end, have_barrier);
	assert(values[0].ends == 1);
	assert_none_is_held();
	free_queues();
}

/* An owner ends while another thread has something for it: the owner gets it, or the other one keeps
 * it, and sees what the owner did before. */
static int owner_is_done; /* plain */
static void end_owner(int self)
{
	be(self);
	owner_is_done = 1;
	end_thread(owned);
}

static void hand_over(int self)
{
	be(self);
	if (!afield_hand_over(owned, send(0))) {
		assert(owner_is_done);
		values[0].message.open(&values[0].message);
	}
	afield_owner_queue_release(owned);
}

PROGRAM(value_outlives_its_owner)
{
	owned = prepare_owner(0);
	RUN(end_owner, hand_over);
	assert(values[0].ends == 1);
	assert(AFIELD_LOAD(&owned->holders, relaxed) == 0);
	free_queues();
}

/* A barrier beside an owner that opens what was there before, and then ends. */
static void open_and_end(int self)
{
	be(self);
	afield_open_messages();
	afield_owner_queue_release(owned);
	end_thread(owned);
}

static void look(int self)
{
	have_barrier(self);
	assert(values[0].kept[self] || values[0].ends == 1);
}

PROGRAM(barrier_and_owner)
{
	owned = prepare_owner(0);
	assert(afield_hand_over(owned, send(0)));
	RUN(open_and_end, look);
	assert(values[0].ends == 1);
	free_queues();
}

/* Two barriers: neither finds the queue empty because the other has the message in hand. */
PROGRAM(two_barriers)
{
	owned = prepare_owner(2);
	assert(afield_hand_over(owned, send(0)));
	RUN(look, look);
	be(2);
	afield_open_messages();
	assert(values[0].ends == 1);
	free_queues();
}

/* The thread that looks is one that a fork orphaned. */
PROGRAM(barriers_of_a_child)
{
	owned = prepare_owner(2);
	assert(afield_hand_over(owned, send(0)));
	gone = THREADS;
	AFIELD_STORE(&looker, gone, relaxed);
	RUN(look, look);
	assert(AFIELD_LOAD(&looker, relaxed) == 0);
	free_queues();
}

/* An owner is found to be gone, with two messages that it has not opened, while a barrier waits for
 * it and another thread comes for a queue. */
static struct afield_owner_queue *others; /* of a second one */
static void find_gone(int self)
{
	be(self);
	if (self == 0)
		owner_is_done = 1; /* what is known of it */
	afield__owner_queue_orphan(self == 0 ? owned : others);
}

static void come(int self)
{
	struct afield_owner_queue *queue = begin_owner(self);

	afield_open_messages();
	assert(queue->depth == 0);
}

static void orphan_two(void)
{
	owned = prepare_owner(2);
	afield_owner_queue_release(owned);
	assert(afield_hand_over(owned, send(0)));
	assert(afield_hand_over(owned, send(1)));
}

static void open_the_rest(void)
{
	be(3);
	assert(afield__owner_queues_barrier() == 0);
	assert(values[0].ends == 1 && values[1].ends == 1);
}

PROGRAM(who_comes_opens_orphans)
{
	orphan_two();
	RUN(find_gone, come);
	open_the_rest();
	free_queues();
}

static void see_it_done(int self)
{
	have_barrier(self);
	assert(owner_is_done);
}

PROGRAM(barrier_opens_orphans)
{
	orphan_two();
	afield__owner_queue_begin(owned); /* in the middle of its opening */
	RUN(find_gone, see_it_done);
	open_the_rest();
	free_queues();
}

/* Orphans are opened by who comes: a barrier that finds none waits for that. */
static void see_both_ended(int self)
{
	have_barrier(self);
	assert(values[0].ends == 1 && values[1].ends == 1);
}

PROGRAM(barrier_waits_for_who_comes)
{
	orphan_two();
	afield__owner_queue_orphan(owned);
	RUN(come, see_both_ended);
	free_queues();
}

/* Two owners are found to be gone at once. */
PROGRAM(two_are_gone)
{
	others = prepare_owner(2);
	owned = prepare_owner(3);
	afield_owner_queue_release(others);
	afield_owner_queue_release(owned);
	assert(afield_hand_over(owned, send(0)));
	assert(afield_hand_over(others, send(1)));
	RUN(find_gone, find_gone);
	AFIELD_STORE(&records[3].queue, NULL, relaxed);
	open_the_rest();
	free_queues();
}

PROGRAMS(owners_come_and_go, two_want_one_queue, barrier_and_first_owner, value_outlives_its_owner,
	 barrier_and_owner, two_barriers, barriers_of_a_child, who_comes_opens_orphans,
	 barrier_opens_orphans, barrier_waits_for_who_comes, two_are_gone)
