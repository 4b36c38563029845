/* SPDX-License-Identifier: MIT */
/*
 * What a thread leaves behind that is gone: its owner queue, for another owner, and messages that it
 * has not opened, for somebody else to open. It has ended, or a fork has left it in the parent.
 */
#include <afield/detail/owner_queue.h>
#include <afield/thread.h>
#include <afield/wait.h>

#include "../../lib/runtime/self.h"
#include "asleep.h"
#include "child.h"
#include "gone.h"

#include <errno.h>
#include <sys/syscall.h>

static struct afield__self *record; /* of the thread that is gone; written by it */

/* Messages that say in which order they were opened. */
enum { MESSAGES = 6 };
static struct letter {
	struct afield_message message;
	int place; /* or 0 */
} letters[MESSAGES];
static int opened;

static void open_letter(struct afield_message *message)
{
	((struct letter *)(void *)message)->place = ++opened;
}

static void send(struct afield_owner_queue *queue, int number)
{
	letters[number].message.open = open_letter;
	TEST_CHECK(afield_hand_over(queue, &letters[number].message));
}

/* Two owners that open nothing, each held until it is told. */
static struct afield_owner_queue *queues[2];
static pthread_barrier_t are_there, may_end;
static void *own(void *queue)
{
	*(struct afield_owner_queue **)queue = afield_owner_queue_retain();
	pthread_barrier_wait(&are_there);
	pthread_barrier_wait(&may_end);
	return NULL;
}

/* The first gets 0, 1 and 2, the second 3 and 4, and this thread 5 if it has a queue. */
static bool has_own;
static bool finds_beside_owners(int (*look)(void *unused))
{
	pthread_t owners[2];
	bool is_good;

	memset(letters, 0, sizeof(letters));
	pthread_barrier_init(&are_there, NULL, 3);
	pthread_barrier_init(&may_end, NULL, 3);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&owners[i], NULL, own, &queues[i]))
			abort();
	pthread_barrier_wait(&are_there);
	for (int i = 0; i < 5; i++)
		send(queues[i > 2], i);
	if (has_own)
		send(AFIELD_LOAD(&afield__self->queue, relaxed), 5);
	is_good = child_finds(look, NULL);
	pthread_barrier_wait(&may_end);
	for (int i = 0; i < 2; i++) {
		pthread_join(owners[i], NULL);
		afield_owner_queue_release(queues[i]);
	}
	opened = 0;
	return is_good;
}

/* All of them, each once, and those of one owner in the order in which they were sent. */
static int are_opened(void)
{
	int sum = 0;

	for (int i = 0; i < 5; i++)
		sum += letters[i].place;
	if (opened != 5 || sum != 1 + 2 + 3 + 4 + 5)
		return 1;
	return letters[0].place < letters[1].place && letters[1].place < letters[2].place &&
			       letters[3].place < letters[4].place
		       ? 0
		       : 2;
}

static int a_barrier_opens_them(void *unused)
{
	(void)unused;
	return afield_barrier() == 0 ? are_opened() : 3;
}

static int a_new_owner_opens_them(void *unused)
{
	(void)unused;
	return afield_owner_queue_retain() ? are_opened() : 3;
}

/* Both queues are free when nobody holds them, and one who comes gets one, which is as a new one. */
static int a_new_owner_gets_a_queue(void *unused)
{
	struct afield_owner_queue *queue;
	uint64_t openings;

	(void)unused;
	for (int i = 0; i < 2; i++)
		afield_owner_queue_release(queues[i]);
	queue = afield_owner_queue_retain();
	if (queue != queues[0] && queue != queues[1])
		return 3;
	openings = AFIELD_LOAD(&queue->openings, relaxed);
	send(queue, 5);
	afield_open_messages();
	return letters[5].place == 6 && AFIELD_LOAD(&queue->openings, relaxed) == openings + 2 ? 0
											       : 4;
}

/* This thread has a queue, with a message. */
static int an_owner_gets_them(void *unused)
{
	(void)unused;
	afield_open_messages();
	if (letters[5].place != 1 || opened != 6)
		return 3;
	opened = 5;
	for (int i = 0; i < 5; i++)
		letters[i].place--;
	return are_opened();
}

static void messages_are_opened_in_the_child(void)
{
	TEST_CHECK(finds_beside_owners(a_barrier_opens_them));
	TEST_CHECK(finds_beside_owners(a_new_owner_opens_them));
	TEST_CHECK(finds_beside_owners(a_new_owner_gets_a_queue));
}

static void an_owner_that_forks_opens_them(void)
{
	struct afield_owner_queue *queue = afield_owner_queue_retain();

	has_own = true;
	TEST_CHECK(finds_beside_owners(an_owner_gets_them));
	has_own = false;
	afield_owner_queue_release(queue);
	afield_open_messages();
}

/* A fork while an owner opens: the child does not wait for it, and the queue's next owner is not
 * taken for one that is opening. */
static struct afield_owner_queue *opening;
static void stay_in_opening(struct afield_message *unused)
{
	(void)unused;
	child_hold();
}

static void *open_and_stay(void *unused)
{
	static struct afield_message message = {NULL, stay_in_opening, NULL};

	opening = afield_owner_queue_retain();
	TEST_CHECK(afield_hand_over(opening, &message));
	afield_open_messages();
	return unused;
}

static int does_not_wait(void *unused)
{
	(void)unused;
	if (AFIELD_LOAD(&opening->openings, relaxed) % 2 != 0 || opening->depth != 0)
		return 1;
	return afield_barrier() == 0 ? 0 : 2;
}

static void nobody_waits_for_who_was_opening(void)
{
	TEST_CHECK(child_finds_beside(open_and_stay, does_not_wait, NULL));
	afield_owner_queue_release(opening);
}

/* A fork in a message of one's own: it goes on in the child. */
static int barrier_in_child = -1;
static int is_still_opening(void *unused)
{
	(void)unused;
	return afield_barrier() == -EDEADLK ? 0 : 1;
}

static void fork_in_opening(struct afield_message *unused)
{
	(void)unused;
	barrier_in_child = child_finds(is_still_opening, NULL);
}

static void who_forks_while_it_opens_is_opening(void)
{
	static struct afield_message message = {NULL, fork_in_opening, NULL};
	struct afield_owner_queue *queue = afield_owner_queue_retain();

	TEST_CHECK(afield_hand_over(queue, &message));
	afield_open_messages();
	TEST_CHECK(barrier_in_child == 1);
	TEST_CHECK(afield_barrier() == 0);
	afield_owner_queue_release(queue);
}

/*
 * A thread that is gone while it opens, without a word to anybody: who waits for it goes on as soon
 * as somebody finds out. It is not joined: its stack would be the next thread's, with what the C
 * library has not taken from it.
 */
static AFIELD_ATOMIC(int) step;
static void step_await(int number)
{
	while (AFIELD_LOAD(&step, seq_cst) != number)
		usleep(100);
}

static void be_gone(struct afield_message *unused)
{
	(void)unused;
	AFIELD_STORE(&step, 1, seq_cst);
	step_await(2);
	syscall(SYS_exit, 0);
}

static void *open_and_be_gone(void *id)
{
	static struct afield_message message = {NULL, be_gone, NULL};

	*(uint64_t *)id = afield_thread_id();
	opening = afield_owner_queue_retain();
	TEST_CHECK(afield_hand_over(opening, &message));
	afield_open_messages();
	return NULL;
}

static void *wait_for_openings(void *unused)
{
	TEST_CHECK(afield_barrier() == 0);
	return unused;
}

static void nobody_waits_for_who_is_gone(void)
{
	struct afield_waiters *waiters;
	pthread_t owner, waiter;
	uint64_t id = 0;

	if (pthread_create(&owner, NULL, open_and_be_gone, &id))
		abort();
	step_await(1);
	waiters = afield_waiters_of(&opening->openings);
	if (pthread_create(&waiter, NULL, wait_for_openings, NULL))
		abort();
	while (AFIELD_LOAD(&waiters->count, seq_cst) == 0)
		usleep(100);
	TEST_CHECK(AFIELD_LOAD(&opening->holders, relaxed) == 3); /* its own, this, the waiter's */
	usleep(10000); /* it is asleep: who is not looks without being woken */
	AFIELD_STORE(&step, 2, seq_cst);
	while (afield_thread_identity(id) != 0)
		usleep(100);
	pthread_join(waiter, NULL);
	TEST_CHECK(AFIELD_LOAD(&opening->holders, relaxed) == 1);
	TEST_CHECK(AFIELD_LOAD(&opening->openings, relaxed) % 2 == 0);
	TEST_CHECK(!afield_hand_over(opening, &letters[0].message));
	afield_owner_queue_release(opening);
}

/* A barrier that opens what a thread has left, and one that comes meanwhile: it waits for that. */
static void *leave_a_message(void *message)
{
	(void)afield_hand_over(afield_owner_queue_retain(), (struct afield_message *)message);
	record = afield__self_get();
	afield_owner_queue_release(AFIELD_LOAD(&record->queue, relaxed));
	AFIELD_STORE(&step, 5, seq_cst);
	syscall(SYS_exit, 0);
	return NULL;
}

static AFIELD_ATOMIC(bool) is_opened;
static void open_slowly(struct afield_message *unused)
{
	(void)unused;
	TEST_CHECK(afield_barrier() == -EDEADLK); /* it would wait for itself */
	AFIELD_STORE(&step, 3, seq_cst);
	step_await(4);
	AFIELD_STORE(&is_opened, true, seq_cst);
}

static AFIELD_ATOMIC(pid_t) second;
static void *wait_for_the_first(void *unused)
{
	AFIELD_STORE(&second, (pid_t)syscall(SYS_gettid), seq_cst);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(AFIELD_LOAD(&is_opened, seq_cst));
	AFIELD_STORE(&second, -1, seq_cst);
	return unused;
}

static void barriers_wait_for_one_another(void)
{
	static struct afield_message message = {NULL, open_slowly, NULL};
	pthread_t gone, first, other;

	if (pthread_create(&gone, NULL, leave_a_message, &message))
		abort();
	step_await(5);
	while (!afield__self_is_over(record))
		usleep(100);
	if (pthread_create(&first, NULL, wait_for_openings, NULL))
		abort();
	step_await(3);
	if (pthread_create(&other, NULL, wait_for_the_first, NULL))
		abort();
	while (AFIELD_LOAD(&second, seq_cst) >= 0 && !is_asleep(AFIELD_LOAD(&second, seq_cst)))
		usleep(100);
	AFIELD_STORE(&step, 4, seq_cst);
	pthread_join(first, NULL);
	pthread_join(other, NULL);
}

/* The messages of a thread that ends may make other threads, which get other queues. */
static struct afield_owner_queue *ending;
static void *own_another(void *unused)
{
	TEST_CHECK(afield_owner_queue_retain() != ending);
	afield_owner_queue_release(AFIELD_LOAD(&afield__self->queue, relaxed));
	return unused;
}

static void *fork_beside(void *unused)
{
	opening = ending;
	TEST_CHECK(child_finds(does_not_wait, NULL));
	return unused;
}

static void have_another_owner(struct afield_message *unused)
{
	(void)unused;
	in_a_thread(own_another, NULL);
	in_a_thread(fork_beside, NULL);
	opened++;
}

static void *end_with_a_message(void *unused)
{
	static struct afield_message message = {NULL, have_another_owner, NULL};

	ending = afield_owner_queue_retain();
	TEST_CHECK(afield_hand_over(ending, &message));
	return unused;
}

static void a_queue_is_its_owners_to_the_last_message(void)
{
	in_a_thread(end_with_a_message, NULL);
	TEST_CHECK(opened == 1);
	TEST_CHECK(AFIELD_LOAD(&ending->holders, relaxed) == 1);
	afield_owner_queue_release(ending);
	opened = 0;
}

int main(void)
{
	TEST_RUN(messages_are_opened_in_the_child);
	TEST_RUN(nobody_waits_for_who_was_opening);
	TEST_RUN(nobody_waits_for_who_is_gone);
	TEST_RUN(barriers_wait_for_one_another);
	TEST_RUN(a_queue_is_its_owners_to_the_last_message);
	TEST_RUN(an_owner_that_forks_opens_them);
	TEST_RUN(who_forks_while_it_opens_is_opening);
	return test_done();
}
