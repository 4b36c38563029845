/* SPDX-License-Identifier: MIT */
/*
 * Histories of a list, for the judge: list.c as it stands, with the short list of small numbers that
 * the model has. Memory is not freed: that it is freed no earlier than it may be is what the programs
 * of rcu and tests/reclaim are about. So a section orders nothing here.
 */
#define AFIELD__MOST_SPINS 1
#include "../../../tests/support/litmus_client.h"
#include "../list.h"

#include <afield/detail/blocks.h>

/* In place of reclaim.h's and blocks.h's, for list.c. */
enum { BLOCKS = 8, BLOCK = 64 };
static _Alignas(16) char memory[CLIENTS][BLOCKS][BLOCK];
static int used[CLIENTS];
static _Thread_local int client_self;

static void *take_block(size_t size)
{
	assert(size <= BLOCK && used[client_self] < BLOCKS);
	return memory[client_self][used[client_self]++];
}

static void nothing(void)
{
}

#define afield_read_lock nothing
#define afield_read_unlock nothing
#define afield__block_new take_block
#define afield__block_free(block, bytes) ((void)(block))
#define afield__block_retire(retired, bytes, may_wait) ((void)(bytes), (void)(may_wait))
#include "../list.c"

/* In place of host.h's: there are no objects, and no host. */
bool afield_has_host(void)
{
	return false;
}
int afield__host_missing(const char *kind)
{
	return -ENOTSUP;
}
bool afield__retain_object(void *object)
{
	return false;
}
void afield__release_object(void *object)
{
}

static const struct afield_value_type byte = {.size = 1};
static struct afield__list list;

static int edit(enum afield__list_place place, const unsigned char *value, unsigned char *old)
{
	struct afield__list_edit edit = {.place = place, .values = value, .count = value != NULL};

	if (!value)
		edit.index = -1;
	return afield__list_edit(&list, &byte, &edit, old);
}

static void write_at(int self, const char *verb, enum afield__list_place place, int number)
{
	unsigned char value = (unsigned char)number;

	client_call(self, verb, number, 0);
	client_self = self;
	(void)edit(place, &value, NULL);
	client_return(self, CLIENT_NOTHING);
}

static void append(int self, int number)
{
	write_at(self, "append", AFIELD__LIST_END, number);
}

static void insert(int self, int number)
{
	write_at(self, "insert0", AFIELD__LIST_BEFORE, number);
}

static void set(int self, int number)
{
	unsigned char value = (unsigned char)number, old;
	int error;

	client_call(self, "set0", number, 0);
	client_self = self;
	error = edit(AFIELD__LIST_AT, &value, &old);
	client_return(self, error ? CLIENT_FAIL : old);
}

static void pop(int self)
{
	unsigned char old;
	int error;

	client_call(self, "pop", 0, 0);
	client_self = self;
	error = edit(AFIELD__LIST_AT, NULL, &old);
	client_return(self, error ? CLIENT_FAIL : old);
}

static void get_first(int self)
{
	unsigned char value;
	bool is_there;

	client_call(self, "get", 0, 0);
	is_there = afield__list_get(&list, &byte, 0, &value);
	client_return(self, is_there ? value : CLIENT_FAIL);
}

/* The list as the model writes it: four bits each, and behind them the count. */
struct all {
	long elements;
	int count;
};

static int see(const void *value, void *argument)
{
	struct all *all = (struct all *)argument;

	all->elements |= (long)*(const unsigned char *)value << 4 * all->count++;
	return 0;
}

static void read_all(int self)
{
	struct all all = {0, 0};

	client_call(self, "read", 0, 0);
	(void)afield__list_walk(&list, &byte, see, &all);
	client_return(self, all.elements | (long)all.count << 48);
}

static void append_and_pop(int self)
{
	append(self, self + 1);
	pop(self);
}

PROGRAM(client_each_append_and_pop)
{
	CLIENT_RUN(append_and_pop, append_and_pop);
	read_all(CLIENT_MAIN);
	client_end();
}

static void append_and_insert(int self)
{
	append(self, 1);
	insert(self, 2);
}

static void set_and_read(int self)
{
	set(self, 5);
	read_all(self);
}

PROGRAM(client_edits_and_reads)
{
	append(CLIENT_MAIN, 4);
	CLIENT_RUN(append_and_insert, set_and_read);
	read_all(CLIENT_MAIN);
	client_end();
}

static void insert_one(int self)
{
	insert(self, self + 1);
}

static void look_twice(int self)
{
	get_first(self);
	get_first(self);
}

PROGRAM(client_three)
{
	append(CLIENT_MAIN, 4);
	CLIENT_RUN(insert_one, pop, look_twice);
	read_all(CLIENT_MAIN);
	client_end();
}

CLIENT_MODEL(list)
PROGRAMS(client_each_append_and_pop, client_edits_and_reads, client_three)
