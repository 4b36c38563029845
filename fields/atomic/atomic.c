/* SPDX-License-Identifier: MIT */
/*
 * atomic: what the tables of atomic field types point to.
 *
 * A caller that knows a field only by its table brings values by address. The functions here read
 * the size and the type code from the table, so that one of each serves every type of the kind.
 * Through the table, arithmetic that would leave the range of the type is refused with -ERANGE; the
 * typed functions of atomic.h wrap, as C11's do.
 */
#include "atomic.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* The field is its value, in an unsigned integer of its size. */
typedef AFIELD_ATOMIC(uint8_t) __attribute__((may_alias)) word8;
typedef AFIELD_ATOMIC(uint16_t) __attribute__((may_alias)) word16;
typedef AFIELD_ATOMIC(uint32_t) __attribute__((may_alias)) word32;
typedef AFIELD_ATOMIC(uint64_t) __attribute__((may_alias)) word64;

/* A value outside the field: its bits as the unsigned integer of its size, zero-extended. */
static uint64_t bits_of(size_t size, const void *value)
{
	uint64_t bits = 0;

	switch (size) {
	case 1:
		return *(const uint8_t *)value;
	case 2: {
		uint16_t half;
		memcpy(&half, value, sizeof(half));
		return half;
	}
	case 4: {
		uint32_t word;
		memcpy(&word, value, sizeof(word));
		return word;
	}
	default:
		memcpy(&bits, value, sizeof(bits));
		return bits;
	}
}

static void put_bits(size_t size, void *value, uint64_t bits)
{
	uint8_t byte = (uint8_t)bits;
	uint16_t half = (uint16_t)bits;
	uint32_t word = (uint32_t)bits;

	switch (size) {
	case 1:
		memcpy(value, &byte, sizeof(byte));
		break;
	case 2:
		memcpy(value, &half, sizeof(half));
		break;
	case 4:
		memcpy(value, &word, sizeof(word));
		break;
	default:
		memcpy(value, &bits, sizeof(bits));
	}
}

static uint64_t load_bits(size_t size, const void *field)
{
	switch (size) {
	case 1:
		return AFIELD_LOAD((const word8 *)field, seq_cst);
	case 2:
		return AFIELD_LOAD((const word16 *)field, seq_cst);
	case 4:
		return AFIELD_LOAD((const word32 *)field, seq_cst);
	default:
		return AFIELD_LOAD((const word64 *)field, seq_cst);
	}
}

static uint64_t exchange_bits(size_t size, void *field, uint64_t bits)
{
	switch (size) {
	case 1:
		return AFIELD_EXCHANGE((word8 *)field, (uint8_t)bits, seq_cst);
	case 2:
		return AFIELD_EXCHANGE((word16 *)field, (uint16_t)bits, seq_cst);
	case 4:
		return AFIELD_EXCHANGE((word32 *)field, (uint32_t)bits, seq_cst);
	default:
		return AFIELD_EXCHANGE((word64 *)field, bits, seq_cst);
	}
}

static bool compare_exchange_bits(size_t size, void *field, uint64_t *expected, uint64_t bits)
{
	uint8_t byte = (uint8_t)*expected;
	uint16_t half = (uint16_t)*expected;
	uint32_t word = (uint32_t)*expected;
	bool done;

	switch (size) {
	case 1:
		done = AFIELD_COMPARE_EXCHANGE((word8 *)field, &byte, (uint8_t)bits, seq_cst);
		*expected = byte;
		return done;
	case 2:
		done = AFIELD_COMPARE_EXCHANGE((word16 *)field, &half, (uint16_t)bits, seq_cst);
		*expected = half;
		return done;
	case 4:
		done = AFIELD_COMPARE_EXCHANGE((word32 *)field, &word, (uint32_t)bits, seq_cst);
		*expected = word;
		return done;
	default:
		return AFIELD_COMPARE_EXCHANGE((word64 *)field, expected, bits, seq_cst);
	}
}

int afield__atomic_load(const struct afield_type *type, const void *field, void *value)
{
	put_bits(type->value_type.size, value, load_bits(type->value_type.size, field));
	return 0;
}

int afield__atomic_store(const struct afield_type *type, void *field, const void *value)
{
	exchange_bits(type->value_type.size, field, bits_of(type->value_type.size, value));
	return 0;
}

static int verb_exchange(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	size_t size = type->value_type.size;

	put_bits(size, result, exchange_bits(size, field, bits_of(size, arguments[0])));
	return 0;
}

static int verb_compare_exchange(const struct afield_type *type, void *field, void *result,
				 const void *const *arguments)
{
	size_t size = type->value_type.size;
	uint64_t expected = bits_of(size, arguments[0]);

	*(bool *)result =
		compare_exchange_bits(size, field, &expected, bits_of(size, arguments[1]));
	return 0;
}

/* What one thread waits for: other bits than these. */
struct waiter {
	const void *field;
	size_t size;
	uint64_t bits;
};

static bool has_changed(void *argument)
{
	const struct waiter *waiter = (const struct waiter *)argument;

	return load_bits(waiter->size, waiter->field) != waiter->bits;
}

int afield__atomic_wait(const void *field, size_t size, const void *old,
			const struct timespec *deadline)
{
	struct waiter waiter = { field, size, bits_of(size, old) };

	return afield_wait(afield_waiters_of(field), has_changed, &waiter, deadline);
}

static int verb_wait(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	struct timespec deadline;
	int error = afield__atomic_wait(field, type->value_type.size, arguments[0],
					afield_deadline(*(const double *)arguments[1], &deadline));

	if (error && error != -ETIMEDOUT)
		return error;
	*(bool *)result = error == 0;
	return 0;
}

static int verb_notify(const struct afield_type *type, void *field, void *result,
		       const void *const *arguments)
{
	(void)type, (void)result, (void)arguments;
	afield__atomic_notify(field);
	return 0;
}

enum operation { ADD, SUB, AND, OR, XOR, MIN, MAX };

static double real_of(enum afield_type_code type_code, uint64_t bits)
{
	uint32_t low = (uint32_t)bits;

	return type_code == AFIELD_F32 ? (double)afield__float_of(low) : afield__double_of(bits);
}

static int compute_real(enum afield_type_code type_code, enum operation operation, uint64_t bits,
			uint64_t operand_bits, uint64_t *next)
{
	double old = real_of(type_code, bits);
	double operand = real_of(type_code, operand_bits);
	/* fmin and fmax may return either zero of a pair; the field then keeps its own. */
	double value = operation == ADD   ? old + operand
		       : operation == SUB ? old - operand
		       : operation == MIN ? (operand < old || isnan(old) ? operand : old)
					  : (operand > old || isnan(old) ? operand : old);

	*next = type_code == AFIELD_F32 ? afield__float_bits((float)value)
					: afield__double_bits(value);
	return 0;
}

static bool is_signed(enum afield_type_code type_code)
{
	return type_code >= AFIELD_I8 && type_code <= AFIELD_I64;
}

/* Every integer type of the kind fits in it with room to add. */
__extension__ typedef __int128 wide;

static wide integer_of(const struct afield_value_type *value_type, uint64_t bits)
{
	unsigned unused_bits = 64 - 8 * (unsigned)value_type->size;

	return is_signed(value_type->type_code)
		       ? (wide)((int64_t)(bits << unused_bits) >> unused_bits)
		       : (wide)bits;
}

static int compute_integer(const struct afield_value_type *value_type, enum operation operation,
			   uint64_t bits, uint64_t operand_bits, uint64_t *next)
{
	uint64_t mask =
		value_type->size == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * value_type->size)) - 1;
	wide old = integer_of(value_type, bits);
	wide operand = integer_of(value_type, operand_bits);
	wide value = operation == ADD   ? old + operand
		     : operation == SUB ? old - operand
		     : operation == AND ? (old & operand)
		     : operation == OR  ? (old | operand)
		     : operation == XOR ? (old ^ operand)
		     : operation == MIN ? (operand < old ? operand : old)
					: (operand > old ? operand : old);

	*next = (uint64_t)value & mask;
	return integer_of(value_type, *next) == value ? 0 : -ERANGE;
}

/*
 * Every fetching verb: compute the next value from the one seen, exchange if it is still there.
 * Lock-free; the exchange is the linearization point, or the load where nothing is written.
 */
static int fetch(const struct afield_type *type, void *field, void *result, const void *argument,
		 enum operation operation)
{
	const struct afield_value_type *value_type = &type->value_type;
	uint64_t operand = bits_of(value_type->size, argument);
	uint64_t seen = load_bits(value_type->size, field);
	uint64_t next;

	do {
		int error =
			value_type->type_code == AFIELD_F32 || value_type->type_code == AFIELD_F64
				? compute_real(value_type->type_code, operation, seen, operand,
					       &next)
				: compute_integer(value_type, operation, seen, operand, &next);
		if (error)
			return error;
	} while (!compare_exchange_bits(value_type->size, field, &seen, next));
	put_bits(value_type->size, result, seen);
	return 0;
}

#define FETCHING(verb, operation)                                                         \
	static int verb_##verb(const struct afield_type *type, void *field, void *result, \
			       const void *const *arguments)                              \
	{                                                                                 \
		return fetch(type, field, result, arguments[0], operation);               \
	}
FETCHING(fetch_add, ADD)
FETCHING(fetch_sub, SUB)
FETCHING(fetch_and, AND)
FETCHING(fetch_or, OR)
FETCHING(fetch_xor, XOR)
FETCHING(fetch_min, MIN)
FETCHING(fetch_max, MAX)

#define EXCHANGES                                                                          \
	{.name = "exchange",                                                               \
	 .doc = "Stores a value and returns the previous one.",                            \
	 .result = AFIELD_ITSELF,                                                          \
	 .parameter_count = 1,                                                             \
	 .parameters = {AFIELD_PARAMETER("value", AFIELD_ITSELF)},                         \
	 .call = verb_exchange},                                                           \
	{                                                                                  \
		.name = "compare_exchange",                                                \
		.doc = "Stores desired if the value is expected; returns whether it did.", \
		.result = AFIELD_BOOL, .parameter_count = 2,                               \
		.parameters = {AFIELD_PARAMETER("expected", AFIELD_ITSELF),                \
			       AFIELD_PARAMETER("desired", AFIELD_ITSELF)},                \
		.call = verb_compare_exchange                                              \
	}
#define WAITS                                                                                \
	{.name = "wait",                                                                     \
	 .doc = "Waits until the value is not old; returns False when so many seconds pass " \
		"first.",                                                                    \
	 .result = AFIELD_BOOL,                                                              \
	 .parameter_count = 2,                                                               \
	 .parameters = {AFIELD_PARAMETER("old", AFIELD_ITSELF),                              \
			{"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, AFIELD_ARGUMENT}},       \
	 .call = verb_wait,                                                                  \
	 .only_reads = true},                                                                \
		{.name = "notify_one",                                                       \
		 .doc = "Wakes at least one of those who wait for a change.",                \
		 .result = AFIELD_NOTHING,                                                   \
		 .call = verb_notify},                                                       \
	{                                                                                    \
		.name = "notify_all", .doc = "Wakes all who wait for a change.",             \
		.result = AFIELD_NOTHING, .call = verb_notify                                \
	}
#define FETCH(verb, text)                                                                       \
	{                                                                                       \
		.name = #verb, .doc = text " Returns the previous value.",                      \
		.result = AFIELD_ITSELF, .parameter_count = 1,                                  \
		.parameters = {AFIELD_PARAMETER("operand", AFIELD_ITSELF)}, .call = verb_##verb \
	}

const struct afield_verb afield__atomic_verbs[5] = {EXCHANGES, WAITS};
const struct afield_verb afield__atomic_integer_verbs[12] = {
	EXCHANGES,
	WAITS,
	FETCH(fetch_add, "Adds operand."),
	FETCH(fetch_sub, "Subtracts operand."),
	FETCH(fetch_and, "Keeps the bits that operand has too."),
	FETCH(fetch_or, "Sets the bits of operand."),
	FETCH(fetch_xor, "Flips the bits of operand."),
	FETCH(fetch_min, "Stores operand if it is smaller."),
	FETCH(fetch_max, "Stores operand if it is larger."),
};
const struct afield_verb afield__atomic_float_verbs[9] = {
	EXCHANGES,
	WAITS,
	FETCH(fetch_add, "Adds operand."),
	FETCH(fetch_sub, "Subtracts operand."),
	FETCH(fetch_min, "Stores operand if it is smaller."),
	FETCH(fetch_max, "Stores operand if it is larger."),
};
