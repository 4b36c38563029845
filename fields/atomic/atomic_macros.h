/* SPDX-License-Identifier: MIT */
/*
 * atomic_macros: what AFIELD_TYPE(name, atomic, ...), atomic_integer and atomic_float write, and the
 * functions behind it.
 *
 * A float travels as the integer with its bits. So the generators know three things of a type: the
 * type B of its word, and how a value is made of a word (`of`) and a word of a value (`bits`), which
 * are nothing where the value is its own word.
 *
 * When to use it: through atomic.h and atomic_float.h, which say what each operation does. When not:
 * this header is no place for users.
 *
 * Synchronization: that of atomic.h.
 */
#ifndef AFIELD_ATOMIC_MACROS_H
#define AFIELD_ATOMIC_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the tables of this kind's types point to; the work is in atomic.c. */
AFIELD_EXPORT int afield__atomic_load(const struct afield_type *type, const void *field,
				      void *value);
AFIELD_EXPORT int afield__atomic_store(const struct afield_type *type, void *field,
				       const void *value);
AFIELD_EXPORT extern const struct afield_verb afield__atomic_verbs[5];
AFIELD_EXPORT extern const struct afield_verb afield__atomic_integer_verbs[12];
AFIELD_EXPORT extern const struct afield_verb afield__atomic_float_verbs[9];

/* The bits of a number, by the names that AFIELD__ATOMIC_FLOAT pastes. */
#define AFIELD__FLOAT_WORD(T, B)                                     \
	typedef B afield__##T##_word;                                \
	static inline afield__##T##_word afield__##T##_bits(T value) \
	{                                                            \
		afield__##T##_word bits;                             \
		memcpy(&bits, &value, sizeof(bits));                 \
		return bits;                                         \
	}                                                            \
	static inline T afield__##T##_of(afield__##T##_word bits)    \
	{                                                            \
		T value;                                             \
		memcpy(&value, &bits, sizeof(value));                \
		return value;                                        \
	}                                                            \
	AFIELD__SEMICOLON
AFIELD__FLOAT_WORD(float, uint32_t);
AFIELD__FLOAT_WORD(double, uint64_t);

#ifdef __cplusplus
}
#endif

/* Not a struct or a union, which a processor does not know. */
#ifdef __cplusplus
#define AFIELD__IS_ONE_WORD(T) (!__is_class(T) && !__is_union(T))
#else
#define AFIELD__IS_ONE_WORD(T) \
	(__builtin_classify_type(*(T *)0) != 12 && __builtin_classify_type(*(T *)0) != 13)
#endif

/* The struct of what is its own word. */
#define AFIELD__ATOMIC_STRUCT(name, T)                                                   \
	typedef T name##_value;                                                          \
	typedef struct name {                                                            \
		AFIELD_ATOMIC(name##_value) word;                                        \
	} name;                                                                          \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                              \
	AFIELD__ASSERT(sizeof(name##_value) <= sizeof(void *),                           \
		       "afield: the atomic '" #name "' would be larger than a pointer"); \
	AFIELD__ASSERT(AFIELD__IS_ONE_WORD(name##_value),                                \
		       "afield: the atomic '" #name "' holds a '" #T                     \
		       "', which is a struct; use seqlock for it")

/* WRITE(suffix, order, order of a load, ...) in the five orders. */
#define AFIELD__IN_ALL_ORDERS(WRITE, ...)               \
	WRITE(, seq_cst, seq_cst, __VA_ARGS__);         \
	WRITE(_relaxed, relaxed, relaxed, __VA_ARGS__); \
	WRITE(_acquire, acquire, acquire, __VA_ARGS__); \
	WRITE(_release, release, relaxed, __VA_ARGS__); \
	WRITE(_acq_rel, acq_rel, acquire, __VA_ARGS__)

/* load, store, exchange. */
#define AFIELD__ATOMIC_MOVES(name, of, bits)                 \
	AFIELD__ATOMIC_LOAD(name, , seq_cst, of);            \
	AFIELD__ATOMIC_LOAD(name, _relaxed, relaxed, of);    \
	AFIELD__ATOMIC_LOAD(name, _acquire, acquire, of);    \
	AFIELD__ATOMIC_STORE(name, , seq_cst, bits);         \
	AFIELD__ATOMIC_STORE(name, _relaxed, relaxed, bits); \
	AFIELD__ATOMIC_STORE(name, _release, release, bits); \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_FETCH, name, exchange, AFIELD_EXCHANGE, of, bits)
#define AFIELD__ATOMIC_LOAD(name, suffix, order, of)                        \
	AFIELD__INLINE(name##_value name##_load##suffix(const name *field), \
		       return of(AFIELD_LOAD(&field->word, order)))
#define AFIELD__ATOMIC_STORE(name, suffix, order, bits)                            \
	AFIELD__INLINE(void name##_store##suffix(name *field, name##_value value), \
		       AFIELD_STORE(&field->word, bits(value), order))

/* A verb with one operand that is one access. */
#define AFIELD__ATOMIC_FETCH(suffix, order, load_order, name, verb, ACCESS, of, bits)         \
	AFIELD__INLINE(name##_value name##_##verb##suffix(name *field, name##_value operand), \
		       return of(ACCESS(&field->word, bits(operand), order)))

/* One that is a loop: it writes `next` while what it saw, `old`, `changes`. */
#define AFIELD__ATOMIC_LOOP(suffix, order, load_order, name, verb, B, of, bits, changes, next) \
	static inline name##_value name##_##verb##suffix(name *field, name##_value operand)    \
	{                                                                                      \
		B seen = AFIELD_LOAD(&field->word, load_order);                                \
		name##_value old = of(seen);                                                   \
		while ((changes) &&                                                            \
		       !AFIELD_COMPARE_EXCHANGE_WEAK(&field->word, &seen, bits(next), order))  \
			old = of(seen);                                                        \
		return old;                                                                    \
	}                                                                                      \
	AFIELD__SEMICOLON

#define AFIELD__ATOMIC_UPDATE(name, B, of, bits)                                               \
	static inline name##_value name##_update(                                              \
		name *field, name##_value (*next)(name##_value old, void *argument),           \
		void *argument)                                                                \
	{                                                                                      \
		B seen = AFIELD_LOAD(&field->word, relaxed);                                   \
		while (!AFIELD_COMPARE_EXCHANGE_WEAK(&field->word, &seen,                      \
						     bits(next(of(seen), argument)), seq_cst)) \
			;                                                                      \
		return of(seen);                                                               \
	}                                                                                      \
	AFIELD__SEMICOLON

/* What a word of any sort can do. */
#define AFIELD__ATOMIC_VERBS(name)      \
	AFIELD__ATOMIC_MOVES(name, , ); \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_COMPARE_EXCHANGE, name)
#define AFIELD__ATOMIC_COMPARE_EXCHANGE(suffix, order, load_order, name)                         \
	AFIELD__INLINE(bool name##_compare_exchange##suffix(name *field, name##_value *expected, \
							    name##_value desired),               \
		       return AFIELD_COMPARE_EXCHANGE(&field->word, expected, desired, order))

/* Integers. */
#define AFIELD__ATOMIC_ARITHMETIC(name, T)                                                  \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(name##_value) >= AFIELD_I8 &&                       \
			       AFIELD_TYPE_CODE(name##_value) <= AFIELD_U64,                \
		       "afield: '" #name "' adds integers and holds a '" #T                 \
		       "'; use the kind atomic for it");                                    \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_FETCH, name, fetch_add, AFIELD_FETCH_ADD, , ); \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_FETCH, name, fetch_sub, AFIELD_FETCH_SUB, , ); \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_FETCH, name, fetch_and, AFIELD_FETCH_AND, , ); \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_FETCH, name, fetch_or, AFIELD_FETCH_OR, , );   \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_FETCH, name, fetch_xor, AFIELD_FETCH_XOR, , ); \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_LOOP, name, fetch_min, name##_value, , ,       \
			      operand < old, operand);                                      \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_LOOP, name, fetch_max, name##_value, , ,       \
			      operand > old, operand);                                      \
	AFIELD__ATOMIC_UPDATE(name, name##_value, , )

/* Floating point. A NaN is no number: one that is there gives way to a number. */
#define AFIELD__ATOMIC_FLOAT_STRUCT(name, T)                                              \
	typedef T name##_value;                                                           \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(name##_value) == AFIELD_F32 ||                    \
			       AFIELD_TYPE_CODE(name##_value) == AFIELD_F64,              \
		       "afield: '" #name "' adds floating point numbers and holds a '" #T \
		       "'; it is float or double");                                       \
	typedef afield__##T##_word name##_bits;                                           \
	typedef struct name {                                                             \
		AFIELD_ATOMIC(name##_bits) word;                                          \
	} name
#define AFIELD__ATOMIC_FLOAT_VERBS(name, of, bits)                                               \
	AFIELD__ATOMIC_MOVES(name, of, bits);                                                    \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_FLOAT_COMPARE_EXCHANGE, name, of, bits);            \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_LOOP, name, fetch_add, name##_bits, of, bits, true, \
			      old + operand);                                                    \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_LOOP, name, fetch_sub, name##_bits, of, bits, true, \
			      old - operand);                                                    \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_LOOP, name, fetch_min, name##_bits, of, bits,       \
			      operand < old || (old != old && operand == operand), operand);     \
	AFIELD__IN_ALL_ORDERS(AFIELD__ATOMIC_LOOP, name, fetch_max, name##_bits, of, bits,       \
			      operand > old || (old != old && operand == operand), operand);     \
	AFIELD__ATOMIC_UPDATE(name, name##_bits, of, bits)
#define AFIELD__ATOMIC_FLOAT_COMPARE_EXCHANGE(suffix, order, load_order, name, of, bits)        \
	static inline bool name##_compare_exchange##suffix(name *field, name##_value *expected, \
							   name##_value desired)                \
	{                                                                                       \
		name##_bits seen = bits(*expected);                                             \
		bool done = AFIELD_COMPARE_EXCHANGE(&field->word, &seen, bits(desired), order); \
		*expected = of(seen);                                                           \
		return done;                                                                    \
	}                                                                                       \
	AFIELD__SEMICOLON

/* The field is its value: a caller that knows the size may read it with one load. */
#define AFIELD__ATOMIC_TABLE(name, verbs)                                                        \
	AFIELD_TYPE_TABLE(name, "atomic",                                                        \
			  AFIELD_VALUE_OF(AFIELD_TYPE_CODE(name##_value), name##_value),         \
			  AFIELD_IS_ITS_VALUE | AFIELD_IS_HOT, afield__atomic_load,              \
			  afield__atomic_store, NULL, verbs, AFIELD__LENGTH(verbs), NULL, NULL); \
	AFIELD__FINI(name)

#endif
