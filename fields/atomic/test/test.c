/* SPDX-License-Identifier: MIT */
/*
 * atomic in one thread: every verb of every ready-made type does what C11 says, through the typed
 * functions and through the table.
 */
#include <afield/atomic.h>
#include <afield/class.h>

#include "table.h"
#include "test.h"

#include <errno.h>
#include <math.h>

AFIELD_TYPE(node_link, atomic, struct node *);
AFIELD_TYPE(ticks, atomic_integer, unsigned long);

#define INTEGER_VERBS(name, T, low, high)                                                    \
	static void name##_verbs(void)                                                       \
	{                                                                                    \
		afield_##name field;                                                         \
		T expected = 7;                                                              \
                                                                                             \
		memset(&field, 0, sizeof(field));                                            \
		TEST_CHECK(afield_##name##_load(&field) == 0);                               \
		afield_##name##_store(&field, 5);                                            \
		TEST_CHECK(afield_##name##_exchange(&field, 6) == 5);                        \
		TEST_CHECK(!afield_##name##_compare_exchange(&field, &expected, 1));         \
		TEST_CHECK(expected == 6);                                                   \
		TEST_CHECK(afield_##name##_compare_exchange_acq_rel(&field, &expected, 12)); \
		TEST_CHECK(afield_##name##_fetch_add(&field, 3) == 12);                      \
		TEST_CHECK(afield_##name##_fetch_sub_release(&field, 1) == 15);              \
		TEST_CHECK(afield_##name##_fetch_and_relaxed(&field, 6) == 14);              \
		TEST_CHECK(afield_##name##_fetch_or(&field, 1) == 6);                        \
		TEST_CHECK(afield_##name##_fetch_xor_acquire(&field, 2) == 7);               \
		TEST_CHECK(afield_##name##_fetch_max(&field, 4) == 5);                       \
		TEST_CHECK(afield_##name##_fetch_min_acq_rel(&field, 3) == 5);               \
		TEST_CHECK(afield_##name##_fetch_max(&field, high) == 3);                    \
		TEST_CHECK(afield_##name##_fetch_add(&field, 1) == high);                    \
		TEST_CHECK(afield_##name##_load_acquire(&field) == low); /* it wraps */      \
		TEST_CHECK(sizeof(field) == sizeof(T));                                      \
	}
INTEGER_VERBS(i8, int8_t, INT8_MIN, INT8_MAX)
INTEGER_VERBS(i16, int16_t, INT16_MIN, INT16_MAX)
INTEGER_VERBS(i32, int32_t, INT32_MIN, INT32_MAX)
INTEGER_VERBS(i64, int64_t, INT64_MIN, INT64_MAX)
INTEGER_VERBS(u8, uint8_t, 0, UINT8_MAX)
INTEGER_VERBS(u16, uint16_t, 0, UINT16_MAX)
INTEGER_VERBS(u32, uint32_t, 0, UINT32_MAX)
INTEGER_VERBS(u64, uint64_t, 0, UINT64_MAX)
INTEGER_VERBS(size, size_t, 0, SIZE_MAX)

#define FLOAT_VERBS(name, T)                                                                  \
	static void name##_verbs(void)                                                        \
	{                                                                                     \
		afield_##name field;                                                          \
		T expected = -0.0;                                                            \
                                                                                              \
		memset(&field, 0, sizeof(field));                                             \
		TEST_CHECK(afield_##name##_load(&field) == 0);                                \
		TEST_CHECK(!afield_##name##_compare_exchange(&field, &expected, 1));          \
		TEST_CHECK(!signbit(expected)); /* bits are compared: -0.0 is not 0.0 */      \
		TEST_CHECK(afield_##name##_compare_exchange(&field, &expected, 1));           \
		TEST_CHECK(afield_##name##_fetch_add(&field, (T)0.5) == 1);                   \
		TEST_CHECK(afield_##name##_fetch_sub_relaxed(&field, (T)0.25) == (T)1.5);     \
		TEST_CHECK(afield_##name##_fetch_max(&field, 1) == (T)1.25);                  \
		TEST_CHECK(afield_##name##_fetch_min(&field, 1) == (T)1.25);                  \
		afield_##name##_store(&field, (T)NAN);                                        \
		TEST_CHECK(isnan(afield_##name##_fetch_max(&field, 2))); /* replaces a NaN */ \
		TEST_CHECK(afield_##name##_fetch_min(&field, (T)NAN) == 2);                   \
		TEST_CHECK(afield_##name##_exchange(&field, 3) == 2);                         \
		TEST_CHECK(afield_##name##_load(&field) == 3);                                \
	}
FLOAT_VERBS(f32, float)
FLOAT_VERBS(f64, double)

static void bool_verbs(void)
{
	afield_bool field;
	bool expected = true;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(!afield_bool_exchange(&field, true));
	TEST_CHECK(afield_bool_load_relaxed(&field));
	TEST_CHECK(afield_bool_compare_exchange(&field, &expected, false));
	TEST_CHECK(!afield_bool_load(&field));
}

struct node {
	int value;
};

static void pointer_verbs(void)
{
	struct node first = {1}, second = {2};
	struct node *expected = NULL;
	node_link link;

	memset(&link, 0, sizeof(link));
	TEST_CHECK(node_link_compare_exchange(&link, &expected, &first));
	TEST_CHECK(node_link_exchange_acq_rel(&link, &second) == &first);
	TEST_CHECK(node_link_load_acquire(&link)->value == 2);
}

static int64_t doubled(int64_t old, void *argument)
{
	return old * *(int64_t *)argument;
}

static void update_applies_a_function(void)
{
	afield_i64 field;
	int64_t factor = 2;

	memset(&field, 0, sizeof(field));
	afield_i64_store(&field, 21);
	TEST_CHECK(afield_i64_update(&field, doubled, &factor) == 21);
	TEST_CHECK(afield_i64_load(&field) == 42);
}

/* Somebody else writes while the function runs: it runs once more, with what they wrote. */
static afield_i64 shared_number;
static afield_f64 shared_level;
static int64_t one_more(int64_t old, void *times)
{
	TEST_CHECK(old == (*(int *)times == 0 ? 7 : 10)); /* what the field has had, and no other */
	if (++*(int *)times == 1)
		afield_i64_store(&shared_number, 10);
	return old + 1;
}
static double half_more(double old, void *times)
{
	TEST_CHECK(old == (*(int *)times == 0 ? 7 : 10));
	if (++*(int *)times == 1)
		afield_f64_store(&shared_level, 10);
	return old + 0.5;
}

static void update_loses_nothing(void)
{
	int times = 0;

	afield_i64_store(&shared_number, 7);
	afield_f64_store(&shared_level, 7);
	TEST_CHECK(afield_i64_update(&shared_number, one_more, &times) == 10 && times == 2);
	TEST_CHECK(afield_i64_load(&shared_number) == 11);
	times = 0;
	TEST_CHECK(afield_f64_update(&shared_level, half_more, &times) == 10 && times == 2);
	TEST_CHECK(afield_f64_load(&shared_level) == 10.5);
}

/* Calls a verb through the table with arguments of the field's own type. */
static int call(const struct afield_type *type, void *field, const char *verb, void *result,
		const void *first, const void *second)
{
	const void *arguments[2] = {first, second};

	return table_verb(type, verb)->call(type, field, result, arguments);
}

static void table_checks_the_range(void)
{
	afield_i8 small;
	afield_u64 large;
	int8_t operand = 1, result = 55, value = INT8_MAX;
	uint64_t one = 1, before = 55;

	memset(&small, 0, sizeof(small));
	memset(&large, 0, sizeof(large));
	TEST_CHECK(afield_i8_type()->store(afield_i8_type(), &small, &value) == 0);
	TEST_CHECK(call(afield_i8_type(), &small, "fetch_add", &result, &operand, NULL) == -ERANGE);
	TEST_CHECK(result == 55 && afield_i8_load(&small) == INT8_MAX);
	TEST_CHECK(call(afield_i8_type(), &small, "fetch_sub", &result, &operand, NULL) == 0);
	TEST_CHECK(result == INT8_MAX && afield_i8_load(&small) == INT8_MAX - 1);
	TEST_CHECK(call(afield_u64_type(), &large, "fetch_sub", &before, &one, NULL) == -ERANGE);
	TEST_CHECK(before == 55 && afield_u64_load(&large) == 0);
	operand = -3;
	TEST_CHECK(call(afield_i8_type(), &small, "fetch_min", &result, &operand, NULL) == 0);
	TEST_CHECK(afield_i8_load(&small) == -3);
	operand = 12;
	TEST_CHECK(call(afield_i8_type(), &small, "fetch_xor", &result, &operand, NULL) == 0);
	TEST_CHECK(afield_i8_load(&small) == (-3 ^ 12));
}

static void table_reads_and_writes(void)
{
	afield_f64 level;
	double value = 2.5, operand = 0.5, result = 0, desired = 9;
	bool done = false;

	memset(&level, 0, sizeof(level));
	TEST_CHECK(afield_f64_type()->store(afield_f64_type(), &level, &value) == 0);
	TEST_CHECK(call(afield_f64_type(), &level, "fetch_add", &result, &operand, NULL) == 0);
	TEST_CHECK(result == 2.5);
	operand = 3;
	TEST_CHECK(call(afield_f64_type(), &level, "compare_exchange", &done, &operand, &desired) ==
		   0);
	TEST_CHECK(done);
	TEST_CHECK(afield_f64_type()->load(afield_f64_type(), &level, &value) == 0 && value == 9);
	TEST_CHECK(afield_f64_type()->value_type.type_code == AFIELD_F64);
	TEST_CHECK(ticks_type()->value_type.type_code == AFIELD_U64);
	TEST_CHECK(afield_bool_type()->value_type.type_code == AFIELD_BOOL);
	TEST_CHECK(node_link_type()->value_type.type_code == AFIELD_OPAQUE);
}

/* Of every size: the verb does it, and leaves the neighbours of the field and the result alone. */
#define TABLE_VERBS(name, T)                                                                    \
	static void name##_by_the_table(void)                                                   \
	{                                                                                       \
		const struct afield_type *type = afield_##name##_type();                        \
		afield_##name fields[3];                                                        \
		T value = 5, other = 6, result = 9;                                             \
		T around[] = {9, 9, 9};                                                         \
		bool done = true;                                                               \
                                                                                                \
		memset(fields, 0, sizeof(fields));                                              \
		TEST_CHECK(type->store(type, &fields[1], &value) == 0);                         \
		TEST_CHECK(type->load(type, &fields[1], &result) == 0 && result == 5);          \
		TEST_CHECK(call(type, &fields[1], "exchange", &result, &other, NULL) == 0);     \
		TEST_CHECK(result == 5 && afield_##name##_load(&fields[1]) == 6);               \
		TEST_CHECK(call(type, &fields[1], "compare_exchange", &done, &value, &other) == \
			   0);                                                                  \
		TEST_CHECK(!done && afield_##name##_load(&fields[1]) == 6);                     \
		TEST_CHECK(call(type, &fields[1], "compare_exchange", &done, &other, &value) == \
			   0);                                                                  \
		TEST_CHECK(done &&afield_##name##_load(&fields[1]) == 5);                       \
		TEST_CHECK(call(type, &fields[1], "fetch_add", &result, &other, NULL) == 0);    \
		TEST_CHECK(result == 5 && afield_##name##_load(&fields[1]) == 11);              \
		TEST_CHECK(call(type, &fields[1], "fetch_max", &result, &other, NULL) == 0);    \
		TEST_CHECK(result == 11 && afield_##name##_load(&fields[1]) == 11);             \
		TEST_CHECK(call(type, &fields[1], "fetch_min", &result, &other, NULL) == 0);    \
		TEST_CHECK(result == 11 && afield_##name##_load(&fields[1]) == 6);              \
		TEST_CHECK(afield_##name##_load(&fields[0]) == 0);                              \
		TEST_CHECK(afield_##name##_load(&fields[2]) == 0);                              \
		TEST_CHECK(type->load(type, &fields[1], &around[1]) == 0);                      \
		TEST_CHECK(around[0] == 9 && around[1] == 6 && around[2] == 9);                 \
	}
TABLE_VERBS(i8, int8_t)
TABLE_VERBS(u16, uint16_t)
TABLE_VERBS(i32, int32_t)
TABLE_VERBS(u64, uint64_t)
TABLE_VERBS(f32, float)
TABLE_VERBS(f64, double)

#define SAMPLE(field)                                                    \
	field(afield_i64, hits)                                          \
	field(afield_i64, misses, AFIELD_READONLY, "Never written here") \
	field(afield_bool, is_open, 0, "Whether it is open", "open")
AFIELD_CLASS(sample, SAMPLE);

static void class_describes_its_rows(void)
{
	char text[1024];
	size_t length = afield_describe(sample_class(), text, sizeof(text));

	TEST_CHECK(length == strlen(text));
	TEST_CHECK(afield_describe(sample_class(), NULL, 0) == length);
	TEST_CHECK(strstr(text, "class sample: 3 fields, 24 bytes") != NULL);
	TEST_CHECK(strstr(text, "warning: hits and is_open are hot and share line 0") != NULL);
	TEST_CHECK(strstr(text, "Never written here") != NULL);
	TEST_CHECK(afield_row(sample_class(), "is_open")->offset == offsetof(sample, is_open));
	TEST_CHECK(strcmp(afield_row(sample_class(), "is_open")->python_name, "open") == 0);
	TEST_CHECK(afield_row(sample_class(), "closed") == NULL);
}

int main(void)
{
	TEST_RUN(bool_verbs);
	TEST_RUN(i8_verbs);
	TEST_RUN(i16_verbs);
	TEST_RUN(i32_verbs);
	TEST_RUN(i64_verbs);
	TEST_RUN(u8_verbs);
	TEST_RUN(u16_verbs);
	TEST_RUN(u32_verbs);
	TEST_RUN(u64_verbs);
	TEST_RUN(size_verbs);
	TEST_RUN(f32_verbs);
	TEST_RUN(f64_verbs);
	TEST_RUN(pointer_verbs);
	TEST_RUN(update_applies_a_function);
	TEST_RUN(update_loses_nothing);
	TEST_RUN(i8_by_the_table);
	TEST_RUN(u16_by_the_table);
	TEST_RUN(i32_by_the_table);
	TEST_RUN(u64_by_the_table);
	TEST_RUN(f32_by_the_table);
	TEST_RUN(f64_by_the_table);
	TEST_RUN(table_checks_the_range);
	TEST_RUN(table_reads_and_writes);
	TEST_RUN(class_describes_its_rows);
	return test_done();
}
