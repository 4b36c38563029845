/* SPDX-License-Identifier: MIT */
/*
 * flags: recorded runs are those of a word of bits; and the test would notice if they were not: a
 * bit that is set in two steps is caught.
 */
#include <afield/flags.h>

#include "history.h"
#include "test.h"

const struct afield_model *afield_flags_model(void);

#define TRIO(flag) flag(trio, one) flag(trio, two) flag(trio, three)
AFIELD_FLAGS(trio, TRIO);
AFIELD_TYPE(trio_flags, flags, trio);

enum {
	SNAPSHOT,
	TEST,
	SET,
	CLEAR,
	TOGGLE,
	STORE,
	TEST_AND_SET,
	TEST_AND_CLEAR,
	VERBS,
	OPERATIONS = 16
};

static bool is_torn; /* the broken twin: set and clear are a load and a store */

static void change(trio_flags *field, unsigned verb, trio bits)
{
	trio seen;

	if (is_torn && (verb == SET || verb == CLEAR)) {
		seen = trio_flags_load(field);
		trio_flags_store(field, verb == SET ? seen | bits : seen & ~bits);
		return;
	}
	switch (verb) {
	case SET:
		trio_flags_set(field, bits);
		return;
	case CLEAR:
		trio_flags_clear(field, bits);
		return;
	case TOGGLE:
		trio_flags_toggle(field, bits);
		return;
	default:
		trio_flags_store(field, bits);
	}
}

static int64_t ask(trio_flags *field, unsigned verb, trio bits)
{
	switch (verb) {
	case TEST:
		return trio_flags_test(field, bits);
	case TEST_AND_SET:
		return (int64_t)trio_flags_test_and_set(field, bits);
	default:
		return (int64_t)trio_flags_test_and_clear(field, bits);
	}
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	trio_flags *flags = (trio_flags *)subject;
	unsigned state = 1 + thread + round * 97;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		unsigned drawn = (state = state * 1103515245 + 12345) >> 16;
		unsigned verb = drawn % VERBS;
		trio bits = 1 + drawn / 64 % 7;
		int64_t result;

		if (verb == SNAPSHOT) {
			afield_record_call(log, verb);
			result = (int64_t)trio_flags_load(flags);
			afield_record_return1(log, result);
		} else if (verb == TEST || verb >= TEST_AND_SET) {
			afield_record_call1(log, verb, (int64_t)bits);
			result = ask(flags, verb, bits);
			afield_record_return1(log, result);
		} else {
			afield_record_call1(log, verb, (int64_t)bits);
			change(flags, verb, bits);
			afield_record_return(log);
		}
	}
}

static enum afield_verdict check(unsigned threads, enum afield_clock clock, unsigned count,
				 bool is_quiet)
{
	trio_flags field;
	struct afield_rounds rounds;
	const afield_value none = 0;

	memset(&field, 0, sizeof(field));
	rounds = history_rounds(threads, count, OPERATIONS, clock, work, &field);
	return history_verdict(&rounds, afield_flags_model(), &none, is_quiet ? NULL : "flags");
}

static void bits_are_linearizable(void)
{
	is_torn = false;
	history_portions(check, 800);
}

static void torn_bits_are_caught(void)
{
	is_torn = true;
	history_catches(check, 200);
}

int main(void)
{
	TEST_RUN(bits_are_linearizable);
	TEST_RUN(torn_bits_are_caught);
	return test_done();
}
