/* SPDX-License-Identifier: MIT */
/*
 * A ring of one slot or two. What must hold in every execution: each element that was pushed is
 * popped once, and "full", "empty" and the count are true.
 *
 * Not for GenMC, two_pushes: under RC11, not under IMM, version 0.11 takes an array
 * on a thread's own stack for memory that is freed.
 */
#include "litmus_ring.h"

static bool accepted[2]; /* written by the thread with that number */

static void push_own(int self)
{
	accepted[self] = push((uintptr_t)self + 1);
}

/*
 * One slot. What stood in memory before a
 * push is seen after its pop; of two pushes into an empty ring one succeeds.
 */
static int letters[3]; /* plain: what a word says is there */
static uintptr_t popped[4];

static void write_and_push(int self)
{
	letters[self + 1] = self + 1;
	push_own(self);
}

static uintptr_t pop_letter(void)
{
	uintptr_t number = pop();

	assert(number <= 2);
	assert(number == 0 || letters[number] == (int)number);
	return number;
}

static void pop_two_letters(int self)
{
	popped[0] = pop_letter();
	popped[1] = pop_letter();
}

PROGRAM(two_pushes)
{
	uintptr_t sum = 0;

	begin(1, 1, 5);
	RUN(write_and_push, write_and_push, pop_two_letters);
	popped[2] = pop_letter();
	popped[3] = pop_letter();
	/* No loop of four: an outside checker goes round three times and then gives up. */
	for (int i = 0; i < 2; i++)
		sum += popped[i] * popped[i] + popped[2 + i] * popped[2 + i];
	assert(sum == (uintptr_t)(accepted[0] + 4 * accepted[1]));
	assert(accepted[0] || accepted[1]);
	assert(afield__ring_count(&ring) == 0);
}

/*
 * Into a ring of one, one thread pushes; another pushes too, and then pops. Who pushed, or was told
 * that the ring is full, finds an element, for nobody else takes any. And who is the only one to
 * pop gets what it pushed, or what was there before. A ring that claims a number first says "full",
 * and then "empty".
 */
static void push_and_pop_twice(int self)
{
	push_own(self);
	popped[0] = pop();
	assert(popped[0] != 0);
	assert(accepted[1] ? popped[0] == 2 : popped[0] == 1);
	popped[1] = pop();
}

PROGRAM(full_is_true)
{
	begin(1, 2, 0);
	RUN(push_own, push_and_pop_twice);
	if (popped[1] == 0)
		popped[1] = pop();
	assert(accepted[0] ? popped[0] == 1 || popped[1] == 1 : popped[0] == 2 && popped[1] == 0);
	assert(accepted[0] || accepted[1]);
	assert(pop() == 0);
}

/*
 * One thread takes the only element; another finds the ring empty, and then pushes. Who has found
 * the ring empty does not find it full, nor anything in it. Only the hint tells the second that the
 * first has popped.
 */
static void pop_one(int self)
{
	pop();
}

static void pop_and_push(int self)
{
	if (pop() == 0) {
		assert(afield__ring_count(&ring) == 0);
		assert(push(2));
	}
}

PROGRAM(empty_is_true)
{
	begin(1, 2, 0);
	assert(push(1));
	RUN(pop_one, pop_and_push);
}

/*
 * One thread pushes; another pushes and is the only one to pop. Who has pushed finds an element,
 * and what it pushed comes out once. The slot before its own is seen full as soon as its own is.
 */
static void push_one(int self)
{
	assert(push(1));
}

static void push_and_find(int self)
{
	uintptr_t seen;

	assert(push(2));
	seen = pop();
	assert(seen != 0);
	if (seen == 1)
		assert(pop() == 2);
}

PROGRAM(slots_fill_in_order)
{
	begin(2, 2, 0);
	RUN(push_one, push_and_find);
}

/* There is never more than one element, and the count says so although it looks at one end after
 * the other. */
static void push_pop_push(int self)
{
	assert(push(1));
	assert(pop() == 1);
	assert(push(2));
}

static void count(int self)
{
	assert(afield__ring_count(&ring) <= 1);
}

PROGRAM(count_of_one)
{
	begin(2, 2, 0);
	RUN(push_pop_push, count);
	assert(afield__ring_count(&ring) == 1);
}

PROGRAMS(two_pushes, full_is_true, empty_is_true, slots_fill_in_order, count_of_one)
