/* SPDX-License-Identifier: MIT */
/*
 * liburcu's cds_lfq: why the queue kind has an algorithm of its own. Two things that it does and
 * ours does not, by the same script for both:
 *
 * - It gives a node up while the tail still leads to it. An enqueuer has appended to T and stands
 *   before it moves the tail. T is dequeued and handed to call_rcu, as its documentation asks. A
 *   second enqueuer opens its section after that, finds T by the tail, and stands. When the first
 *   one goes on, the grace period ends: it began before the second section and does not wait for
 *   it. T is freed while the second enqueuer is about to read and write it.
 * - Its dequeue allocates when it takes the last node, and ends the process when it cannot.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/queue.h>

#include "failing.h"
#include "steps.h"
#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

#include <urcu/urcu-bp.h>

#include <urcu/rculfqueue.h>

/* A queue of either kind, and what the script does with it. */
struct kind {
	const char *name;
	void (*start)(void);
	void (*append)(int node); /* in a section */
	int (*take)(void);        /* in a section; the node that may be freed, or -1 */
};

enum { M, N, T, NODES }; /* T is not the first: that address is the array's own */

/* Theirs: a node carries its value, and the node that was taken may be freed. */
static struct cds_lfq_queue_rcu lfq;
static struct cds_lfq_node_rcu lfq_nodes[NODES];

static void lfq_start(void)
{
	cds_lfq_init_rcu(&lfq, urcu_bp_call_rcu);
	for (int i = 0; i < NODES; i++)
		cds_lfq_node_init_rcu(&lfq_nodes[i]);
}
static void lfq_append(int node)
{
	cds_lfq_enqueue_rcu(&lfq, &lfq_nodes[node]);
}
static int lfq_take(void)
{
	struct cds_lfq_node_rcu *node = cds_lfq_dequeue_rcu(&lfq);

	return node ? (int)(node - lfq_nodes) : -1;
}

/* Ours: in place of a node it is a ring of one slot that is linked, closed and given up. */
static struct afield__queue_words ours;
static struct segment {
	struct afield__queue_segment links;
	afield_pair slot;
} our_segments[NODES];

static void our_start(void)
{
	memset(&ours, 0, sizeof(ours));
	memset(our_segments, 0, sizeof(our_segments));
}
static void our_append(int node)
{
	struct segment *segment = &our_segments[node];
	struct afield__ring *ring = &segment->links.ring;
	struct afield__queue_segment *at;
	uintptr_t value = 1;

	ring->capacity = ring->slot_count = ring->word_count = 1;
	ring->slots = &segment->slot;
	TEST_CHECK(afield__ring_push_words(ring, 0, &value, 1) == 0);
	TEST_CHECK(afield__queue_push_words(&ours, 0, &value, 1, &segment->links, &at) ==
		   AFIELD__QUEUE_LINKED);
}
static int our_take(void)
{
	struct afield__queue_segment *old;
	uintptr_t value;

	while (afield__queue_pop_words(&ours, &value, 1, &old) != -ENODATA)
		if (old)
			return (int)((struct segment *)(void *)old - our_segments);
	return -1;
}

static const struct kind theirs_kind = {"cds_lfq", lfq_start, lfq_append, lfq_take};
static const struct kind our_kind = {"afield", our_start, our_append, our_take};
static const struct kind *kind;

#if STEPS_WORK
static void enter_once(void)
{
	urcu_bp_read_lock();
	urcu_bp_read_unlock();
}

static void append(void *node)
{
	urcu_bp_read_lock();
	kind->append((int)(intptr_t)node);
	urcu_bp_read_unlock();
}

/* The first enqueuer has appended to T. */
static enum steps_answer has_appended(struct steps *steps, const greg_t *registers)
{
	const void *next = kind == &our_kind ? our_segments[T].links.next.afield__value
					     : (void *)lfq_nodes[T].next;

	(void)steps;
	(void)registers;
	return next ? STEPS_HOLD : STEPS_GO;
}

/* The second one has found T. */
static enum steps_answer has_found(struct steps *steps, const greg_t *registers)
{
	(void)steps;
	return steps_holds(registers,
			   kind == &our_kind ? (void *)&our_segments[T] : (void *)&lfq_nodes[T])
		       ? STEPS_HOLD
		       : STEPS_GO;
}

static int is_freed; /* __atomic */
static void note_free(struct rcu_head *head)
{
	(void)head;
	__atomic_store_n(&is_freed, 1, __ATOMIC_SEQ_CST);
}

static void begin(struct steps *steps, int node,
		  enum steps_answer (*hook)(struct steps *, const greg_t *))
{
	memset(steps, 0, sizeof(*steps));
	steps->prepare = enter_once;
	steps->body = append;
	steps->argument = (void *)(intptr_t)node;
	steps->hook = hook;
	steps_start(steps);
}

/* Whether T was freed under the second enqueuer. */
static bool is_freed_in_use(const struct kind *which)
{
	static struct rcu_head head;
	struct steps first, second;
	bool is_held, result;
	int taken;

	kind = which;
	kind->start();
	append((void *)(intptr_t)T);
	__atomic_store_n(&is_freed, 0, __ATOMIC_SEQ_CST);
	begin(&first, N, has_appended);
	TEST_CHECK(steps_wait(&first));
	urcu_bp_read_lock();
	taken = kind->take();
	urcu_bp_read_unlock();
	TEST_CHECK(taken == T);
	urcu_bp_call_rcu(&head, note_free);
	usleep(100000); /* the grace period has begun, and waits for the first */
	TEST_CHECK(!__atomic_load_n(&is_freed, __ATOMIC_SEQ_CST));
	begin(&second, M, has_found);
	is_held = steps_wait(&second);
	steps_join(&first);
	for (int i = 0; i < 200 && !__atomic_load_n(&is_freed, __ATOMIC_SEQ_CST); i++)
		usleep(10000);
	result = is_held && __atomic_load_n(&is_freed, __ATOMIC_SEQ_CST);
	printf("%s: T is %sfound by a section that opened after it was given up, and %sfreed in "
	       "it\n",
	       kind->name, is_held ? "" : "not ", result ? "" : "not ");
	steps_join(&second);
	urcu_bp_barrier();
	return result;
}

static void who_frees_what_is_found(void)
{
	TEST_CHECK(is_freed_in_use(&theirs_kind));
	TEST_CHECK(!is_freed_in_use(&our_kind));
}
#else
static void who_frees_what_is_found(void)
{
}
#endif

/* In a child, with no memory to be had: how it ends when the last value is taken. */
static int take_the_last(const struct kind *which)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		which->start();
		which->append(T);
		failing = 1;
		fclose(stderr);
		(void)which->take();
		_exit(0);
	}
	TEST_CHECK(child > 0 && waitpid(child, &status, 0) == child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void who_ends_the_process(void)
{
	int signal = take_the_last(&theirs_kind);

	printf("without memory, taking the last value: cds_lfq ends by signal %d\n", signal);
	TEST_CHECK(signal == SIGABRT || signal == SIGSEGV);
	TEST_CHECK(take_the_last(&our_kind) == 0);
}

int main(void)
{
	TEST_RUN(who_ends_the_process);
	TEST_RUN(who_frees_what_is_found);
	return test_done();
}
