/* SPDX-License-Identifier: MIT */
/*
 * Nodes that go round: there is one free node, so that a push may find none. What must hold in
 * every execution: what is popped is what was pushed last into the node.
 *
 * Not for GenMC, node_passes_through_three: under RC11, not under IMM, version 0.11 takes an array
 * on a thread's own stack for memory that is freed.
 * Not for GenMC, three_through_two_slots: the same.
 * Not for GenMC, free_nodes_grow: the same.
 */
#define LITMUS_WORDS 2
#define AFIELD__RING_FREE_NODES 1
#include "litmus_ring.h"

static bool accepted[3]; /* written by the thread with that number */

static void push_own(int self)
{
	accepted[self] = push((uintptr_t)self + 1);
}

/*
 * A node goes from one thread's push over a second thread into a third thread's push. Each element
 * that was accepted is popped once.
 */
static void run_alone(litmus_steps *steps, int self)
{
	pthread_t id;
	struct litmus_thread thread;

	litmus_start(&id, &thread, steps, self);
	pthread_join(id, NULL);
}

/* Threads that push one after the other. Then nothing is left of a lag, and nothing is refused. */
static void one_after_the_other(void)
{
	for (uint64_t i = 1; i <= 3; i++) {
		run_alone(push_own, i == 2 ? 2 : 0);
		assert(pop() == (i == 2 ? 3 : 1));
		assert(AFIELD_LOAD(&ring.tail, relaxed) == i);
		assert(AFIELD_LOAD(&ring.head, relaxed) == i);
	}
}

static uintptr_t first, second; /* written by the thread that passes on */

static void pass_on(int self)
{
	first = pop();
	if (push(2))
		second = pop();
}

PROGRAM(node_passes_through_three)
{
	uintptr_t last;

	begin(1, 1, 0);
	one_after_the_other();
	RUN(push_own, pass_on, push_own);
	last = pop();
	/* The elements 1 and 3 come out once if they went in; 2 is the second that is popped. */
	assert((first == 1) + (second == 1) + (last == 1) == accepted[0]);
	assert((first == 3) + (second == 3) + (last == 3) == accepted[2]);
	assert(first != 2 && last != 2);
	assert(second == 0 || second == 2);
	assert(pop() == 0);
}

/*
 * A ring of one slot is full. One thread pops; another pushes as soon as there is room, pops that
 * and pushes once more, by which time the node of the first element has come round. The first
 * element is popped as it was pushed.
 */
static void pop_first(int self)
{
	assert(pop() == 1);
}

static void come_round(int self)
{
	if (!push(2))
		return;
	assert(pop() == 2);
	assert(push(3));
}

PROGRAM(node_comes_round)
{
	begin(1, 1, 0);
	assert(push(1));
	RUN(pop_first, come_round);
}

/*
 * One thread pushes until three elements are in a ring of two; two others pop.
 * Each pops what was pushed, in the order in which it was, and what stood in memory before the push
 * is seen after the pop. A node comes back within these three, so that a pop may find it filled
 * anew while it reads.
 */
static int letters[4]; /* plain */
static uintptr_t seen[3][2];
static int pushed;

static void push_three(int self)
{
	for (int i = 1; i <= 3; i++) {
		letters[i] = i;
		if (!push((uintptr_t)i))
			break;
		pushed++;
	}
}

/* Thread 1 pops two, thread 2 one. */
static void pop_some(int self)
{
	for (int i = 0; i < 3 - self; i++) {
		seen[self][i] = pop();
		assert(seen[self][i] <= 3);
		assert(seen[self][i] == 0 || letters[seen[self][i]] == (int)seen[self][i]);
	}
}

PROGRAM(three_through_two_slots)
{
	uintptr_t rest[2], sum = 0;

	begin(2, 2, 5);
	RUN(push_three, pop_some, pop_some);
	assert(pushed >= 2);
	assert(seen[1][1] == 0 || seen[1][0] < seen[1][1]);
	rest[0] = pop();
	rest[1] = pop();
	/* The squares of the elements tell which there were. */
	for (int i = 0; i < 2; i++)
		sum += seen[1][i] * seen[1][i] + seen[2][i] * seen[2][i] + rest[i] * rest[i];
	assert(sum == (pushed == 3 ? 14 : 5));
}

/*
 * Two threads find the only free node taken; each makes a further set of them, and pushes. One set
 * is added, nobody sees it before it is made, and what is pushed from it is popped.
 */
static struct afield__ring_free_node more_words[2][2];
static afield_word more_nodes[2][4];
static struct afield__ring_free_nodes more[2];
static bool added[2]; /* written by the thread with that number */

static void grow_and_push(int self)
{
	more[self].count = 2;
	more[self].words = more_words[self];
	more[self].nodes = more_nodes[self];
	afield__ring_fill(&ring, 1, &more[self]);
	added[self] = afield__ring_add(&ring, 1, &more[self]);
	push_own(self);
}

PROGRAM(free_nodes_grow)
{
	uint64_t node;
	uintptr_t sum;

	begin(2, 2, 0);
	assert(afield__ring_take(&ring, 0, &node)); /* a thread that died in a push */
	RUN(grow_and_push, grow_and_push);
	assert(added[0] + added[1] == 1);
	assert(accepted[0] || accepted[1]);
	sum = pop();
	sum += pop();
	assert(sum == (uintptr_t)(accepted[0] + 2 * accepted[1]));
}

/*
 * A ring of one slot is full, and its only free node is lost. One thread pops it, makes a further
 * set and pushes from that; another pops meanwhile. It may find the new node's number in the slot
 * whose tag it has seen full before, and then finds the set as well.
 */
static void pop_grow_and_push(int self)
{
	if (pop() != 0)
		grow_and_push(self);
}

static void pop_any(int self)
{
	first = pop();
}

PROGRAM(node_of_a_new_set)
{
	uint64_t node;

	begin(1, 1, 0);
	assert(push(3));
	assert(afield__ring_take(&ring, 0, &node)); /* a thread that died in a push */
	RUN(pop_grow_and_push, pop_any);
	second = pop();
	assert(first == 0 || first == 3 || first == 1);
	assert(first != 3 || !second);
}

PROGRAMS(node_passes_through_three, node_comes_round, three_through_two_slots, free_nodes_grow,
	 node_of_a_new_set)
