/* SPDX-License-Identifier: MIT */
/*
 * The verbs of atomic fields, one function each; with -DRAW the same functions over C11's own
 * operations. Both are compiled to assembly, and compare.sh finds them identical.
 *
 * Left out, because two or three instructions that touch no memory differ: load and exchange of a
 * bool, which gcc normalizes to 0 or 1 once more; and compare_exchange of a float, which writes
 * `expected` without a branch where C11's branches. min, max, update and the arithmetic of floats
 * are no operations of C11's. Of all these orders.c compares the atomic instructions.
 */
#include <stdatomic.h>

struct node;

#ifdef RAW
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define FIELD(name, T) _Atomic(T)
#define VERB(ours, raw) raw
#else
#include <afield/atomic.h>
#define FIELD(name, T) afield_##name
#define VERB(ours, raw) ours
AFIELD_TYPE(afield_link, atomic, struct node *);
#endif

/* As a macro it would be replaced before names are made of it. */
#undef bool
typedef _Bool bool;

#define EXCHANGE(name, suffix, order)                                                      \
	name##_type name##_exchange##suffix(name##_field *field, name##_type value)        \
	{                                                                                  \
		return VERB(afield_##name##_exchange##suffix(field, value),                \
			    atomic_exchange_explicit(field, value, memory_order_##order)); \
	}                                                                                  \
	typedef int name##_exchange##suffix##_is_done
#define COMPARE_EXCHANGE(name, suffix, order)                                                   \
	bool name##_compare_exchange##suffix(name##_field *field, name##_type *expected,        \
					     name##_type desired)                               \
	{                                                                                       \
		return VERB(afield_##name##_compare_exchange##suffix(field, expected, desired), \
			    atomic_compare_exchange_strong_explicit(field, expected, desired,   \
								    memory_order_##order,       \
								    FAILURE_##order));          \
	}                                                                                       \
	typedef int name##_compare##suffix##_is_done
#define FAILURE_relaxed memory_order_relaxed
#define FAILURE_acquire memory_order_acquire
#define FAILURE_release memory_order_relaxed
#define FAILURE_acq_rel memory_order_acquire
#define FAILURE_seq_cst memory_order_seq_cst

#define LOAD(name, suffix, order)                                               \
	name##_type name##_load##suffix(const name##_field *field)              \
	{                                                                       \
		return VERB(afield_##name##_load##suffix(field),                \
			    atomic_load_explicit(field, memory_order_##order)); \
	}                                                                       \
	typedef int name##_load##suffix##_is_done
#define STORE(name, suffix, order)                                               \
	void name##_store##suffix(name##_field *field, name##_type value)        \
	{                                                                        \
		VERB(afield_##name##_store##suffix(field, value),                \
		     atomic_store_explicit(field, value, memory_order_##order)); \
	}                                                                        \
	typedef int name##_store##suffix##_is_done

#define FETCH(name, verb, suffix, order)                                                           \
	name##_type name##_fetch_##verb##suffix(name##_field *field, name##_type operand)          \
	{                                                                                          \
		return VERB(afield_##name##_fetch_##verb##suffix(field, operand),                  \
			    atomic_fetch_##verb##_explicit(field, operand, memory_order_##order)); \
	}                                                                                          \
	typedef int name##_fetch_##verb##suffix##_is_done
#define FETCHES(name, verb)                   \
	FETCH(name, verb, , seq_cst);         \
	FETCH(name, verb, _relaxed, relaxed); \
	FETCH(name, verb, _acquire, acquire); \
	FETCH(name, verb, _release, release); \
	FETCH(name, verb, _acq_rel, acq_rel)

#define TYPES(name, T)         \
	typedef T name##_type; \
	typedef FIELD(name, T) name##_field
#define LOADS(name)                    \
	LOAD(name, , seq_cst);         \
	LOAD(name, _relaxed, relaxed); \
	LOAD(name, _acquire, acquire)
#define STORES(name)                    \
	STORE(name, , seq_cst);         \
	STORE(name, _relaxed, relaxed); \
	STORE(name, _release, release)
#define FIVE(EACH, name)               \
	EACH(name, , seq_cst);         \
	EACH(name, _relaxed, relaxed); \
	EACH(name, _acquire, acquire); \
	EACH(name, _release, release); \
	EACH(name, _acq_rel, acq_rel)

#define VALUES(name, T)       \
	TYPES(name, T);       \
	LOADS(name);          \
	STORES(name);         \
	FIVE(EXCHANGE, name); \
	FIVE(COMPARE_EXCHANGE, name)
#define INTEGER(name, T)    \
	VALUES(name, T);    \
	FETCHES(name, add); \
	FETCHES(name, sub); \
	FETCHES(name, and); \
	FETCHES(name, or);  \
	FETCHES(name, xor)
#define FLOAT(name, T)  \
	TYPES(name, T); \
	LOADS(name);    \
	STORES(name);   \
	FIVE(EXCHANGE, name)

INTEGER(i8, int8_t);
INTEGER(i16, int16_t);
INTEGER(i32, int32_t);
INTEGER(i64, int64_t);
INTEGER(u8, uint8_t);
INTEGER(u16, uint16_t);
INTEGER(u32, uint32_t);
INTEGER(u64, uint64_t);
INTEGER(size, size_t);
VALUES(link, struct node *);
FLOAT(f32, float);
FLOAT(f64, double);
TYPES(bool, bool);
STORES(bool);
FIVE(COMPARE_EXCHANGE, bool);
