/* SPDX-License-Identifier: MIT */
/*
 * Histories of a confined value, for the judge: confined.c as it stands. Two threads want the value,
 * and each asks whose it is. The way home is what litmus.c is about, so nobody here has a queue.
 */
#include "../../../tests/support/litmus_client.h"
#include "../confined.h"

/* In place of calloc, of thread.h's and of owner_queue.h's, for confined.c. */
enum { BLOCK = 128 };
static _Alignas(16) char memory[CLIENTS][BLOCK];
static _Thread_local int client_self; /* threads are numbers from 1 */
static struct afield_owner_queue queues[CLIENTS];

static void *take_block(size_t count, size_t size)
{
	assert(count == 1 && size <= BLOCK);
	return memory[client_self];
}

#undef calloc
#undef free
#define calloc take_block
#define free(block) ((void)(block))
#define afield_thread_id() ((uint64_t)client_self + 1)
#define afield_open_messages() ((void)0)
#define afield_thread_is_gone(thread) ((void)(thread), false)
#include "../confined.c"

struct afield_owner_queue *afield_owner_queue_retain(void)
{
	return &queues[client_self];
}
void afield_owner_queue_release(struct afield_owner_queue *queue)
{
}
bool afield_hand_over(struct afield_owner_queue *queue, struct afield_message *message)
{
	return false;
}
void afield_inline_value_fini(const struct afield_type *type, void *field)
{
}

static const struct afield_type type = {.value_type = {.size = 1}};
static struct afield__confined confined;

static void claim(int self)
{
	client_call(self, "claim", self + 1, 0);
	client_self = self;
	client_return(self, afield__confined_claim(&type, &confined) ? CLIENT_FAIL : CLIENT_OK);
}

static void store(int self)
{
	unsigned char value = (unsigned char)(self + 5);

	client_call(self, "store", self + 1, value);
	client_self = self;
	client_return(self,
		      afield__confined_store(&type, &confined, &value) ? CLIENT_FAIL : CLIENT_OK);
}

static void load(int self)
{
	unsigned char value = 0;

	client_call(self, "load", self + 1, 0);
	client_self = self;
	client_return(self, afield__confined_load(&type, &confined, &value) ? CLIENT_FAIL : value);
}

static void ask(int self)
{
	client_call(self, "owner", 0, 0);
	client_return(self, (long)afield__confined_owner(&confined));
}

static void claim_and_ask(int self)
{
	claim(self);
	ask(self);
}

static void store_and_load(int self)
{
	store(self);
	load(self);
}

static void load_and_ask(int self)
{
	load(self);
	ask(self);
}

PROGRAM(client_both_claim)
{
	CLIENT_RUN(claim_and_ask, claim_and_ask);
	ask(CLIENT_MAIN);
	client_end();
}

PROGRAM(client_both_store)
{
	CLIENT_RUN(store_and_load, store_and_load);
	client_end();
}

PROGRAM(client_one_stores)
{
	CLIENT_RUN(store_and_load, load_and_ask);
	client_end();
}

CLIENT_MODEL(confined)
PROGRAMS(client_both_claim, client_both_store, client_one_stores)
