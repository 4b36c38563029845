/* SPDX-License-Identifier: MIT */
/*
 * watch_verbs: what the verbs of a watched type are made of, in a program that is compiled with
 * -DAFIELD_WATCH.
 *
 * When to use it: in a kind's <kind>_watch.h. When not: to watch a field; that is watch.h.
 *
 *	struct afield__watch_token token = {NULL, 0};
 *	AFIELD__WATCH_BEGIN(token, field, verb, 1, AFIELD__WATCH_BITS(&value), 0);
 *	... the operation itself ...
 *	AFIELD__WATCH_END(token, field, verb, is_kept, 1, AFIELD__WATCH_BITS(&value), 0, 0, 0, 0);
 *
 * Synchronization: these run concurrent with everything.
 */
#ifndef AFIELD_DETAIL_WATCH_VERBS_H
#define AFIELD_DETAIL_WATCH_VERBS_H

#include <string.h>

#include <afield/check.h>
#include <afield/detail/macros.h>
#include <afield/detail/watch_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* How a history of a kind is made of its operations: lib/check/watch_history.c. */
enum afield__watch_shape {
	AFIELD__WATCH_ROW,  /* models queue and stack: values that are added and removed */
	AFIELD__WATCH_ONE,  /* register, integer ...: one value, not known at the start */
	AFIELD__WATCH_SUM,  /* counter */
	AFIELD__WATCH_KEYED /* register, for each key; the first argument is the key */
};

/* The verbs, as the models have them: those of rows, of sums, of registers and of integers. What a
 * model does not have comes last, and those of maps are none of a model. */
enum { AFIELD__WATCH_ADD, AFIELD__WATCH_REMOVE, AFIELD__WATCH_PEEK };
enum { AFIELD__WATCH_SUM_ADD, AFIELD__WATCH_SUM_READ, AFIELD__WATCH_SUM_RESET };
enum {
	AFIELD__WATCH_MAP_LOAD,
	AFIELD__WATCH_MAP_EXCHANGE,
	AFIELD__WATCH_MAP_REMOVE,
	AFIELD__WATCH_MAP_INSERT,
	AFIELD__WATCH_MAP_COMPARE,
	AFIELD__WATCH_MAP_CLEAR
};
enum {
	AFIELD__WATCH_READ,
	AFIELD__WATCH_WRITE,
	AFIELD__WATCH_CAS,
	AFIELD__WATCH_RMW,
	AFIELD__WATCH_UPDATE
};
enum {
	AFIELD__WATCH_load,
	AFIELD__WATCH_store,
	AFIELD__WATCH_exchange,
	AFIELD__WATCH_compare_exchange,
	AFIELD__WATCH_compare_exchange_weak,
	AFIELD__WATCH_fetch_add,
	AFIELD__WATCH_fetch_sub,
	AFIELD__WATCH_fetch_and,
	AFIELD__WATCH_fetch_or,
	AFIELD__WATCH_fetch_xor,
	AFIELD__WATCH_fetch_min,
	AFIELD__WATCH_fetch_max
};

/* What a watch knows of a field type: how its values are written, and by which model it is judged. */
struct afield_watch_type {
	const char *name;
	const char *model;
	enum afield__watch_shape shape;
	unsigned signed_size; /* of values that are negative when their highest bit is set */
};

/* The window that is open in this process, or NULL. Its watch writes it. */
AFIELD_CHECK_API extern afield__watch_pointer afield__watch_current;

AFIELD_CHECK_API uint64_t afield__watch_hash(const void *value, size_t size);
AFIELD_CHECK_API struct afield__watch_token
afield__watch_begin_slow(struct afield__watch_window *window, const void *field, uint32_t verb,
			 uint16_t argument_count, uint64_t first, uint64_t second);
AFIELD_CHECK_API void afield__watch_end_slow(const void *field, struct afield__watch_token token,
					     uint32_t verb, bool is_kept, uint16_t argument_count,
					     uint64_t first, uint64_t second, uint16_t result_count,
					     uint64_t result, uint64_t other);

/* The bytes of a value, or a hash of them. */
AFIELD__ALWAYS_INLINE uint64_t afield__watch_bits(const void *value, size_t size)
{
	uint64_t bits = 0;
	uint32_t half = 0;
	uint16_t quarter = 0;
	uint8_t byte = 0;

	if (size == sizeof(byte)) {
		memcpy(&byte, value, sizeof(byte));
		return byte;
	}
	if (size == sizeof(quarter)) {
		memcpy(&quarter, value, sizeof(quarter));
		return quarter;
	}
	if (size == sizeof(half)) {
		memcpy(&half, value, sizeof(half));
		return half;
	}
	if (size > sizeof(bits))
		return afield__watch_hash(value, size);
	memcpy(&bits, value, size);
	return bits;
}

#ifdef __cplusplus
}
#endif

#define AFIELD__WATCH_BITS(pointer) afield__watch_bits(pointer, sizeof(*(pointer)))

/*
 * Around an operation. Arguments and results are 64 bits each, and looked at in a window alone. An
 * operation that is not kept has changed nothing, and its result says nothing.
 *   Progress: wait-free. Ordering: none that the operation needs.
 */
#define AFIELD__WATCH_BEGIN(token, field, verb, argument_count, first, second)                   \
	do {                                                                                     \
		struct afield__watch_window *found = afield__watch_find(&afield__watch_current); \
		if (__builtin_expect(found != NULL, 0))                                          \
			(token) = afield__watch_begin_slow(found, field, verb, argument_count,   \
							   first, second);                       \
	} while (0)
#define AFIELD__WATCH_END(token, field, verb, is_kept, argument_count, first, second,              \
			  result_count, result, other)                                             \
	do {                                                                                       \
		if (__builtin_expect(                                                              \
			    (token).window || afield__watch_is_there(&afield__watch_current), 0))  \
			afield__watch_end_slow(field, token, verb, is_kept, argument_count, first, \
					       second, result_count, result, other);               \
	} while (0)

/*
 * What every watched type has: its names for those of the plain one, and name_watch.
 */
#define AFIELD__WATCH_TYPE(name, model, shape, signed_size)                                       \
	typedef name##__plain_value name##_value;                                                 \
	typedef name##__plain name;                                                               \
	AFIELD__CONSTANT(struct afield_watch_type name##__watch_type) = {#name, model, shape,     \
									 signed_size};            \
	AFIELD__INLINE(const struct afield_type *name##_type(void), return name##__plain_type()); \
	AFIELD__INLINE(void name##_fini(name *field), name##__plain_fini(field));                 \
	AFIELD__INLINE(                                                                           \
		struct afield_watch *name##_watch(const name *field, unsigned one_in,             \
						  afield_watch_report *report, void *argument),   \
		return afield_watch_start(&name##__watch_type, field, one_in, report, argument))

/* A verb that is not written down. */
#define AFIELD__WATCH_PASS(result, name, verb, declaration, ...) \
	AFIELD__INLINE(result name##_##verb declaration, return name##__plain_##verb(__VA_ARGS__))

/* The bodies of the verbs of a row: one that adds `value`, and one that takes a value to *value and
 * is done when `is_done` holds of what it returns. One that is not kept then has found nothing. */
#define AFIELD__WATCH_ADDS(operation)                                                           \
	struct afield__watch_token token = {NULL, 0};                                           \
	int error;                                                                              \
	AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_ADD, 1, AFIELD__WATCH_BITS(&value), 0); \
	error = operation;                                                                      \
	AFIELD__WATCH_END(token, field, AFIELD__WATCH_ADD, error == 0, 1,                       \
			  AFIELD__WATCH_BITS(&value), 0, 0, 0, 0);                              \
	return error
#define AFIELD__WATCH_REMOVES(T, operation, is_done, is_kept)                                      \
	struct afield__watch_token token = {NULL, 0};                                              \
	T got;                                                                                     \
	AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_REMOVE, 0, 0, 0);                          \
	got = operation;                                                                           \
	AFIELD__WATCH_END(token, field, AFIELD__WATCH_REMOVE, is_kept, 0, 0, 0, (is_done) ? 1 : 0, \
			  (is_done) ? AFIELD__WATCH_BITS(value) : 0, 0);                           \
	return got

/* The two ends of a row, and the one that waits. */
#define AFIELD__WATCH_ENDS(name)                                                                 \
	static inline AFIELD__MUST_CHECK int name##_push(name *field, name##_value value)        \
	{                                                                                        \
		AFIELD__WATCH_ADDS(name##__plain_push(field, value));                            \
	}                                                                                        \
	static inline bool name##_pop(name *field, name##_value *value)                          \
	{                                                                                        \
		AFIELD__WATCH_REMOVES(bool, name##__plain_pop(field, value), got, true);         \
	}                                                                                        \
	static inline bool name##_is_empty(const name *field)                                    \
	{                                                                                        \
		struct afield__watch_token token = {NULL, 0};                                    \
		bool is_empty;                                                                   \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_PEEK, 0, 0, 0);                  \
		is_empty = name##__plain_is_empty(field);                                        \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_PEEK, is_empty, 0, 0, 0, 0, 0, 0); \
		return is_empty;                                                                 \
	}                                                                                        \
	AFIELD__WATCH_PASS(size_t, name, count, (const name *field), field)

#define AFIELD__WATCH_POP_WAIT(name)                                                           \
	static inline AFIELD__MUST_CHECK int name##_pop_wait(name *field, name##_value *value, \
							     const struct timespec *deadline)  \
	{                                                                                      \
		AFIELD__WATCH_REMOVES(int, name##__plain_pop_wait(field, value, deadline),     \
				      got == 0, got == 0);                                     \
	}                                                                                      \
	AFIELD__SEMICOLON

#endif
