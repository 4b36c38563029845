/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of the tables: every fetching verb of every type, on every pair of values around
 * which something changes, against the same in wider numbers. What does not fit is refused, and
 * leaves the field and the result as they were.
 */
#include <afield/atomic.h>

#include "table.h"
#include "test.h"

#include <errno.h>
#include <float.h>
#include <math.h>

__extension__ typedef __int128 wide;

enum operation { ADD, SUB, AND, OR, XOR, MIN, MAX, OPERATIONS };
static const char *const verbs[] = {"fetch_add", "fetch_sub", "fetch_and", "fetch_or",
				    "fetch_xor", "fetch_min", "fetch_max"};

static wide integer_result(int operation, wide old, wide operand)
{
	switch (operation) {
	case ADD:
		return old + operand;
	case SUB:
		return old - operand;
	case AND:
		return old & operand;
	case OR:
		return old | operand;
	case XOR:
		return old ^ operand;
	case MIN:
		return operand < old ? operand : old;
	default:
		return operand > old ? operand : old;
	}
}

/* Whichever zero is there stays there, and a number comes before none. */
static double real_result(int operation, double old, double operand)
{
	switch (operation) {
	case ADD:
		return old + operand;
	case SUB:
		return old - operand;
	case MIN:
		return isnan(old) || operand < old ? operand : old;
	default:
		return isnan(old) || operand > old ? operand : old;
	}
}

static int call(const struct afield_type *type, void *field, int operation, void *result,
		const void *operand)
{
	const void *arguments[1] = {operand};

	return table_verb(type, verbs[operation])->call(type, field, result, arguments);
}

#define INTEGERS(name, T, LEAST, MOST)                                                          \
	static void name##_counts(int operation, T old, T operand)                              \
	{                                                                                       \
		const struct afield_type *type = afield_##name##_type();                        \
		wide wanted = integer_result(operation, old, operand);                          \
		bool fits = wanted >= (LEAST) && wanted <= (MOST);                              \
		T result = 77;                                                                  \
		afield_##name field;                                                            \
                                                                                                \
		afield_##name##_store(&field, old);                                             \
		TEST_CHECK(call(type, &field, operation, &result, &operand) ==                  \
			   (fits ? 0 : -ERANGE));                                               \
		TEST_CHECK(afield_##name##_load(&field) == (fits ? (T)wanted : old));           \
		TEST_CHECK(result == (fits ? old : 77));                                        \
	}                                                                                       \
	static void name##_is_right(void)                                                       \
	{                                                                                       \
		const T values[] = {LEAST,                                                      \
				    (T)((LEAST) + 1),                                           \
				    0,                                                          \
				    1,                                                          \
				    2,                                                          \
				    (T)-1,                                                      \
				    (T)-2,                                                      \
				    85,                                                         \
				    (T)((MOST) / 2),                                            \
				    (T)((MOST) / 2 + 1),                                        \
				    (T)((MOST)-1),                                              \
				    MOST};                                                      \
		const int count = sizeof(values) / sizeof(*values);                             \
                                                                                                \
		for (int operation = 0; operation < OPERATIONS; operation++)                    \
			for (int i = 0; i < count * count; i++)                                 \
				name##_counts(operation, values[i / count], values[i % count]); \
	}
INTEGERS(i8, int8_t, INT8_MIN, INT8_MAX)
INTEGERS(u8, uint8_t, 0, UINT8_MAX)
INTEGERS(i16, int16_t, INT16_MIN, INT16_MAX)
INTEGERS(u16, uint16_t, 0, UINT16_MAX)
INTEGERS(i32, int32_t, INT32_MIN, INT32_MAX)
INTEGERS(u32, uint32_t, 0, UINT32_MAX)
INTEGERS(i64, int64_t, INT64_MIN, INT64_MAX)
INTEGERS(u64, uint64_t, 0, UINT64_MAX)

/* The same number, and of zeros the same one. */
static bool is_same(double one, double two)
{
	return isnan(one) || isnan(two) ? isnan(one) && isnan(two)
					: one == two && !signbit(one) == !signbit(two);
}

#define REALS(name, T)                                                                           \
	static void name##_counts(int operation, T old, T operand)                               \
	{                                                                                        \
		T result = 77, wanted = (T)real_result(operation, old, operand);                 \
		afield_##name field;                                                             \
                                                                                                 \
		afield_##name##_store(&field, old);                                              \
		TEST_CHECK(call(afield_##name##_type(), &field, operation, &result, &operand) == \
			   0);                                                                   \
		TEST_CHECK(is_same(afield_##name##_load(&field), wanted));                       \
		TEST_CHECK(is_same(result, old));                                                \
	}                                                                                        \
	static void name##_is_right(void)                                                        \
	{                                                                                        \
		const T values[] = {(T)0.0,      (T)-0.0,      (T)1.5, (T)-2.25,   (T)0.1,       \
				    (T)INFINITY, (T)-INFINITY, (T)NAN, (T)FLT_MAX, (T)3};        \
		const int count = sizeof(values) / sizeof(*values);                              \
		const int operations[] = {ADD, SUB, MIN, MAX};                                   \
                                                                                                 \
		for (int k = 0; k < 4; k++)                                                      \
			for (int i = 0; i < count * count; i++)                                  \
				name##_counts(operations[k], values[i / count],                  \
					      values[i % count]);                                \
	}
REALS(f32, float)
REALS(f64, double)

int main(void)
{
	TEST_RUN(i8_is_right);
	TEST_RUN(u8_is_right);
	TEST_RUN(i16_is_right);
	TEST_RUN(u16_is_right);
	TEST_RUN(i32_is_right);
	TEST_RUN(u32_is_right);
	TEST_RUN(i64_is_right);
	TEST_RUN(u64_is_right);
	TEST_RUN(f32_is_right);
	TEST_RUN(f64_is_right);
	return test_done();
}
