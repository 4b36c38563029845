/* SPDX-License-Identifier: MIT */
/*
 * The read side of rcu and of raw liburcu, once in a module that is loaded at run time, as a Python
 * extension is, and once, by inclusion, in the program of bench.c. The difference between the two
 * is the price of thread-local storage in a shared object: with the flags that afield exports, one
 * instruction more; without them, a call of __tls_get_addr for every access.
 */
#include <afield/rcu.h>

#include "bench.h"

#ifndef URCU_NO_COMPAT_IDENTIFIERS
#define URCU_NO_COMPAT_IDENTIFIERS
#endif
#include <urcu/static/urcu-bp.h>

struct bench_value {
	long low;
	long high;
};
AFIELD_TYPE(bench_rcu, rcu, struct bench_value);

#define READ_OURS(function)                            \
	BENCH_BODY(function, const bench_rcu, {        \
		long low = 0;                          \
		AFIELD_READ_SECTION                    \
		{                                      \
			low = bench_rcu_load(it)->low; \
		}                                      \
		bench_keep(low);                       \
	})
#define READ_RAW(function)                                        \
	BENCH_BODY(function, struct bench_value *, {              \
		long low;                                         \
		_urcu_bp_read_lock();                             \
		low = __atomic_load_n(it, __ATOMIC_CONSUME)->low; \
		_urcu_bp_read_unlock();                           \
		bench_keep(low);                                  \
	})
READ_OURS(ours_inlined);
READ_RAW(raw_inlined);

/* What bench.c asks the module for by name. */
bench_body *bench_read_ours(void);
bench_body *bench_read_raw(void);
AFIELD_EXPORT bench_body *bench_read_ours(void)
{
	return ours_inlined;
}
AFIELD_EXPORT bench_body *bench_read_raw(void)
{
	return raw_inlined;
}
