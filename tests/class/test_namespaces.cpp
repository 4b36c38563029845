/* SPDX-License-Identifier: MIT */
// Records, field types and classes in namespaces: each finds the record of its struct, wherever the
// struct and the field type stand, and a struct of the same name elsewhere has a record of its own.
#include <afield/atomic.h>
#include <afield/class.h>
#include <afield/locked.h>
#include <afield/queue.h>
#include <afield/record.h>
#include <afield/seqlock.h>

#include "test.h"

#define LIMITS(member) member(int64_t, low) member(int64_t, high)
AFIELD_RECORD(limits, LIMITS);

namespace bank
{
#define BANK_LIMITS(member) member(double, rate)
AFIELD_RECORD(limits, BANK_LIMITS);
AFIELD_TYPE(numbers, queue, int);
AFIELD_TYPE(limits_seq, seqlock, struct limits);
AFIELD_TYPE(outer_seq, seqlock, struct ::limits);
struct plain {
	int number;
};
AFIELD_TYPE(plain_locked, locked, struct plain);

namespace branch
{
AFIELD_TYPE(limits_queue, queue, limits);
#define DESK(field)                \
	field(afield_i64, hits)    \
	field(limits_seq, limits)  \
	field(limits_queue, queue) \
	field(numbers, count)
AFIELD_CLASS(desk, DESK);
} // namespace branch
} // namespace bank

namespace
{
#define HIDDEN(member) member(bool, flag) member(float, weight)
AFIELD_RECORD(hidden, HIDDEN);
AFIELD_TYPE(hidden_seq, seqlock, hidden);
} // namespace

AFIELD_TYPE(bank_limits_seq, seqlock, bank::limits);
AFIELD_TYPE(limits_seq, seqlock, limits);

static const char *first_member(const struct afield_type *type)
{
	size_t count = 0;

	if (type->value_type.type_code != AFIELD_STRUCT || !type->value_type.record)
		return "none";
	return type->value_type.record->members(&count)[0].name;
}

static void each_struct_has_its_own_record(void)
{
	static const struct {
		const struct afield_type *type;
		const char *first;
		const char *reason;
	} expected[] = {
		{limits_seq_type(), "low", "the global struct from the global namespace"},
		{bank::limits_seq_type(), "rate", "the struct of the namespace"},
		{bank::outer_seq_type(), "low", "the global struct, named in a namespace"},
		{bank::branch::limits_queue_type(), "rate", "the struct of an outer namespace"},
		{bank_limits_seq_type(), "rate", "the struct of a namespace, named outside"},
		{hidden_seq_type(), "flag", "a struct that no other file sees"},
		{bank::plain_locked_type(), "none", "a struct that nobody has described"},
		{bank::numbers_type(), "none", "an integer beside a record"},
	};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		TEST_CHECK(strcmp(first_member(expected[i].type), expected[i].first) == 0);
		printf("  %-6s %s\n", first_member(expected[i].type), expected[i].reason);
	}
	TEST_CHECK(bank::numbers_type()->value_type.type_code == AFIELD_I32);
}

static void a_class_of_a_namespace_works(void)
{
	static bank::branch::desk desk;
	bank::limits in = {0.5}, out = {0};
	int number = 0;

	bank::limits_seq_store(&desk.limits, in);
	TEST_CHECK(bank::limits_seq_load(&desk.limits).rate == 0.5);
	TEST_CHECK(bank::branch::limits_queue_push(&desk.queue, in) == 0);
	TEST_CHECK(bank::branch::limits_queue_pop(&desk.queue, &out) && out.rate == 0.5);
	TEST_CHECK(bank::numbers_push(&desk.count, 7) == 0);
	TEST_CHECK(bank::numbers_pop(&desk.count, &number) && number == 7);
	TEST_CHECK(bank::branch::desk_class()->row_count == 4);
	bank::branch::desk_fini(&desk);
}

int main(void)
{
	TEST_RUN(each_struct_has_its_own_record);
	TEST_RUN(a_class_of_a_namespace_works);
	return test_done();
}
