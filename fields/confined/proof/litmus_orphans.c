/* SPDX-License-Identifier: MIT */
/*
 * confined.c itself: in the child of a fork, two threads adopt a value whose owner is gone. What
 * must hold in every execution: one of them has it then, in its own queue; the other is told that
 * there is nothing to adopt, and keeps nothing; and the queue of the one who is gone is let go once. Beside that, what one thread sees of claims and ends.
 *
 * Not for GenMC: a block stands in memory of another type.
 * Not for relacy: confined.c is C.
 */
#include "../../../tests/support/litmus.h"
#include "../confined.h"

enum { GONE = 2, LIVING = 3, THREADS };
static _Thread_local int self_number; /* 0 and 1 adopt */
static struct afield_owner_queue queues[THREADS];
static int holds[THREADS]; /* of each queue; plain */
static bool is_out;        /* of memory */
static _Alignas(16) char memory[128];
static bool is_taken; /* the memory */

static void *take_block(size_t count, size_t size)
{
	assert(count == 1 && size <= sizeof(memory) && !is_taken);
	is_taken = true;
	return memory;
}
static void give_back(void *block)
{
	assert(block == memory && is_taken);
	is_taken = false;
}

#undef calloc
#undef free
#define calloc take_block
#define free give_back
#define afield_thread_id() ((uint64_t)self_number + 1)
#define afield_open_messages() ((void)0)
#define afield_thread_is_gone(thread) ((thread) == GONE + 1)
#include "../confined.c"

struct afield_owner_queue *afield_owner_queue_retain(void)
{
	if (is_out)
		return NULL;
	holds[self_number]++;
	return &queues[self_number];
}
void afield_owner_queue_release(struct afield_owner_queue *queue)
{
	holds[queue - queues]--;
}
static struct afield_message *sent;
bool afield_hand_over(struct afield_owner_queue *queue, struct afield_message *message)
{
	assert(queue == &queues[LIVING] && !sent);
	sent = message;
	return true;
}
static int ends; /* of the value */
void afield_inline_value_fini(const struct afield_type *type, void *field)
{
	ends++;
}

static void destroy(void *value)
{
}
static const struct afield_inline_value inside = {.destroy = destroy};
static const struct afield_type type = {.value_type = {.size = 1}, .detail = &inside};
static struct afield__confined confined;
static int results[2]; /* written by the thread with that number */

static void claim_as(int thread)
{
	self_number = thread;
	assert(afield__confined_claim(&type, &confined) == 0);
	assert(holds[thread] == 1);
}

static void adopt(int self)
{
	self_number = self;
	results[self] = afield__confined_reset_orphans(&confined);
}

static void assert_owner_is(int thread)
{
	assert(afield__confined_owner(&confined) == (uint64_t)thread + 1);
	assert(afield__confined_block(&confined)->owner == &queues[thread]);
	for (int i = 0; i < THREADS; i++)
		assert(holds[i] == (i == thread));
}

PROGRAM(two_adopt)
{
	claim_as(GONE);
	RUN(adopt, adopt);
	assert(results[0] + results[1] == 1 && results[0] * results[1] == 0);
	assert_owner_is(results[0] ? 0 : 1);
}

/* Nobody is gone, there is no value, or there is no memory for a queue. */
PROGRAM(nothing_is_adopted)
{
	adopt(0);
	assert(results[0] == 0);
	claim_as(LIVING);
	adopt(0);
	assert(results[0] == 0);
	assert_owner_is(LIVING);
}

PROGRAM(memory_is_out)
{
	self_number = GONE;
	is_out = true;
	assert(afield__confined_claim(&type, &confined) == -ENOMEM && !is_taken);
	is_out = false;
	claim_as(GONE);
	is_out = true;
	adopt(0);
	assert(results[0] == -ENOMEM);
	assert_owner_is(GONE);
}

/* One that another thread drops goes home, with the module of its type, and ends there. */
PROGRAM(value_goes_home)
{
	claim_as(LIVING);
	self_number = 0;
	afield__confined_fini(&confined);
	assert(sent && sent->code == &type && ends == 0 && is_taken);
	assert(!afield__confined_block(&confined));
	self_number = LIVING;
	sent->open(sent);
	assert(ends == 1 && !is_taken && holds[LIVING] == 0);
}

PROGRAMS(two_adopt, nothing_is_adopted, memory_is_out, value_goes_home)
