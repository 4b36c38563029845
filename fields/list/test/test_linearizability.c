/* SPDX-License-Identifier: MIT */
/*
 * list: histories of its operations, walks included, are those of a list. A twin that changes the
 * array in place, as a writer would who forgot that readers are there, is caught.
 */
#include <afield/check.h>
#include <afield/list.h>

#include "history.h"
#include "test.h"

enum { OPERATIONS = 6, MOST = 12 };
enum { APPEND, INSERT, POP, SET, READ, ASSIGN, GET };

AFIELD_TYPE(small_list, list, unsigned char);

const struct afield_model *afield_list_model(void);

enum mode { EDITING, ASSIGNING, BROKEN };

/* The model has room for twelve: who adds gives a credit, who takes out gets one. */
struct subject {
	small_list list;
	enum mode mode;
	unsigned credits[MOST];
};

/* All elements as the model counts them. */
static uint64_t read_all(small_list *list)
{
	uint64_t all = 0, count = 0;

	AFIELD_LIST_EACH(small_list, each, list)
	all |= (uint64_t)(__atomic_load_n(each.item, __ATOMIC_RELAXED) & 15) << 4 * count++;
	return all | count << 48;
}

/* The twin: two elements change one after the other, and readers see the step between. */
static void assign_in_place(small_list *list, unsigned char value)
{
	AFIELD_LIST_EACH(small_list, each, list)
	{
		__atomic_store_n((unsigned char *)(uintptr_t)each.item, value, __ATOMIC_RELAXED);
		for (int i = 0; i < 50; i++)
			AFIELD_SPIN();
	}
}

static void assign(struct subject *it, struct afield_log *log, unsigned char value)
{
	const unsigned char values[] = {value, value, value};

	afield_record_call1(log, ASSIGN, (afield_value)(value * 0x111) | INT64_C(3) << 48);
	if (it->mode == BROKEN)
		assign_in_place(&it->list, value);
	else
		TEST_CHECK(small_list_assign(&it->list, values, 3) == 0);
	afield_record_return(log);
}

static void one(struct subject *it, struct afield_log *log, unsigned verb, unsigned char value)
{
	unsigned char old = 0;
	bool is_there;

	switch (verb) {
	case APPEND:
		afield_record_call1(log, APPEND, value);
		TEST_CHECK(small_list_append(&it->list, value) == 0);
		afield_record_return(log);
		return;
	case INSERT:
		afield_record_call1(log, INSERT, value);
		TEST_CHECK(small_list_insert(&it->list, 0, value) == 0);
		afield_record_return(log);
		return;
	case SET:
		afield_record_call1(log, SET, value);
		is_there = small_list_exchange(&it->list, 0, value, &old) == 0;
		afield_record_return1(log, is_there ? old : AFIELD_FAIL);
		return;
	case GET:
		afield_record_call1(log, GET, value % 3);
		is_there = small_list_load(&it->list, value % 3, &old);
		afield_record_return1(log, is_there ? old : AFIELD_FAIL);
		return;
	default:
		afield_record_call(log, READ);
		afield_record_return1(log, (afield_value)read_all(&it->list));
	}
}

static void edit(struct subject *it, struct afield_log *log, unsigned thread, unsigned turn,
		 unsigned char value)
{
	static const unsigned verbs[] = {APPEND, READ, POP, INSERT, GET, POP, SET, READ};
	unsigned verb = verbs[turn % 8];
	unsigned char old;

	if ((verb == APPEND || verb == INSERT) && it->credits[thread]-- == 0) {
		it->credits[thread] = 0;
		verb = READ;
	}
	if (verb != POP) {
		one(it, log, verb, value);
		return;
	}
	afield_record_call(log, POP);
	if (small_list_erase(&it->list, -1, &old) == 0) {
		afield_record_return1(log, old);
		it->credits[thread]++;
	} else {
		afield_record_return1(log, AFIELD_FAIL);
	}
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	static const unsigned verbs[] = {READ, SET, READ, GET};
	struct subject *it = (struct subject *)subject;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		unsigned turn = i + 3 * round + thread;
		unsigned char value = (unsigned char)(1 + (thread * 5 + i + round) % 15);

		if (it->mode == EDITING)
			edit(it, log, thread, turn, value);
		else if (turn % 3 == 0 && thread % 2 == 0)
			assign(it, log, value);
		else
			one(it, log, it->mode == BROKEN ? READ : verbs[turn % 4], value);
	}
}

static enum afield_verdict check(enum mode mode, unsigned threads, unsigned round_count,
				 enum afield_clock clock)
{
	const unsigned char values[] = {1, 1, 1};
	const afield_value ones = INT64_C(0x111) | INT64_C(3) << 48;
	struct afield_rounds rounds;
	enum afield_verdict verdict;
	struct subject it;

	memset(&it, 0, sizeof(it));
	it.mode = mode;
	for (unsigned i = 0; i < threads; i++)
		it.credits[i] = MOST / threads;
	if (mode == BROKEN)
		TEST_CHECK(small_list_assign(&it.list, values, 3) == 0);
	rounds = history_rounds(threads, round_count, OPERATIONS, clock, work, &it);
	verdict = history_verdict(&rounds, afield_list_model(), mode == BROKEN ? &ones : NULL,
				  mode == BROKEN ? NULL : "list");
	small_list_fini(&it.list);
	return verdict;
}

static void every_operation_is_linearizable(void)
{
	unsigned round_count = (unsigned)test_scaled(500);

	for (unsigned threads = 2; threads <= 4; threads++)
		for (int clock = 0; clock < 2; clock++) {
			enum afield_clock which = clock ? AFIELD_CLOCK_TICKET : AFIELD_CLOCK_AUTO;

			TEST_CHECK(check(EDITING, threads, round_count, which) == AFIELD_LIN);
			TEST_CHECK(check(ASSIGNING, threads, round_count, which) == AFIELD_LIN);
		}
}

static void a_change_in_place_is_caught(void)
{
	int caught = 0;

	for (struct test_tries tries = {0}; !caught && test_try(&tries);)
		caught = check(BROKEN, 4, 200, AFIELD_CLOCK_AUTO) == AFIELD_NONLIN;
	TEST_CHECK(caught);
}

int main(void)
{
	TEST_RUN(every_operation_is_linearizable);
	TEST_RUN(a_change_in_place_is_caught);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
