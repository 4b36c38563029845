/* SPDX-License-Identifier: MIT */
/*
 * A control: ConcurrencyKit's ring for many threads, in the history that made the ring here one of
 * our own. A push stands still between its two steps; meanwhile a push hears "full" and a pop
 * "empty". The checker must refuse that history, and accept the same one of our ring, in which the
 * first push stands still before its one step.
 */
#include <afield/check.h>
#include <afield/ring.h>

#include "packaged_ring.h"

#include "test.h"

void afield_ring_model(struct afield_model *model, int64_t capacity);

enum { PUSH, POP, SIZE = 2 }; /* of two places ConcurrencyKit uses one */

/* Two words, so that a push has a node in its hands before its element is in. */
struct wide {
	int64_t value, again;
};
AFIELD_TYPE(wide_ring, ring, struct wide, 1);

static struct afield_recorder *recorder;

static struct afield_log *log_of(unsigned thread)
{
	return afield_recorder_log(recorder, thread);
}

static void record(unsigned thread, unsigned verb, int64_t value, bool is_done)
{
	if (verb == PUSH)
		afield_record_return1(log_of(thread), is_done ? AFIELD_OK : AFIELD_FAIL);
	else
		afield_record_return1(log_of(thread), is_done ? value : AFIELD_EMPTY);
}

static enum afield_verdict verdict(void)
{
	struct afield_model model;
	struct afield_history *history;
	struct afield_report report;
	enum afield_verdict result;

	afield_ring_model(&model, 1);
	history = afield_recorder_history(recorder, &model);
	TEST_CHECK(history && afield_history_count(history) == 4);
	afield_check(history, NULL, &report);
	result = report.verdict;
	afield_report_text(&report, stdout);
	afield_report_fini(&report);
	afield_history_free(history);
	afield_recorder_reset(recorder);
	return result;
}

static void the_packaged_ring_is_refused(void)
{
	static ck_ring_t ring;
	static ck_ring_buffer_t places[SIZE];
	void **place, *value = NULL;
	unsigned ticket = 0;
	bool is_done;

	ck_ring_init(&ring, SIZE);
	afield_record_call1(log_of(0), PUSH, 1);
	place = (void **)ck_ring_enqueue_reserve_mpmc(&ring, places,
						      &ticket); /* and stands still */
	afield_record_call1(log_of(1), PUSH, 2);
	record(1, PUSH, 2, ck_ring_enqueue_mpmc(&ring, places, &ring));
	afield_record_call(log_of(1), POP);
	is_done = ck_ring_dequeue_mpmc(&ring, places, &value);
	record(1, POP, 0, is_done);
	TEST_CHECK(place != NULL && !is_done);
	*place = &ring;
	ck_ring_enqueue_commit_mpmc(&ring, ticket);
	record(0, PUSH, 1, true);
	afield_record_call(log_of(2), POP);
	record(2, POP, 1, ck_ring_dequeue_mpmc(&ring, places, &value) && value == &ring);
	TEST_CHECK(verdict() == AFIELD_NONLIN);
}

static void ours_is_accepted(void)
{
	static wide_ring ring;
	struct afield__ring *it;
	afield__ring_word *free_node;
	uint64_t node = 0;
	struct wide first = {1, 1}, second = {2, 2}, value = {0, 0};
	bool popped;

	TEST_CHECK(wide_ring_open(&ring, 1) == 0);
	it = afield__ring_of(&ring.ring);
	afield_record_call1(log_of(0), PUSH, 1);
	free_node = afield__ring_take(it, 0, &node); /* and stands still */
	afield_record_call1(log_of(1), PUSH, 2);
	record(1, PUSH, 2, wide_ring_push(&ring, second) == 0);
	afield_record_call(log_of(1), POP);
	popped = wide_ring_pop(&ring, &value);
	record(1, POP, value.value, popped);
	TEST_CHECK(popped && value.value == 2 && free_node != NULL);
	afield__ring_give(free_node, node);
	record(0, PUSH, 1, wide_ring_push(&ring, first) == 0);
	afield_record_call(log_of(2), POP);
	popped = wide_ring_pop(&ring, &value);
	record(2, POP, value.value, popped);
	TEST_CHECK(verdict() == AFIELD_LIN);
	wide_ring_fini(&ring);
}

int main(void)
{
	recorder = afield_recorder_create(3, 4, AFIELD_CLOCK_TICKET);
	if (!recorder)
		abort();
	TEST_RUN(the_packaged_ring_is_refused);
	TEST_RUN(ours_is_accepted);
	afield_recorder_free(recorder);
	return test_done();
}
