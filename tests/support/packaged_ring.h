/* SPDX-License-Identifier: MIT */
/*
 * packaged_ring: ConcurrencyKit's ring, also in C23, where its `return false` for a pointer is an
 * error. 0 is both.
 *
 * When to use it: in tests and benches beside that ring.
 *
 * Synchronization: ck_ring.h's own.
 */
#ifndef AFIELD_TESTS_PACKAGED_RING_H
#define AFIELD_TESTS_PACKAGED_RING_H

#include <stdbool.h>

#pragma push_macro("false")
#undef false
#define false 0
#include <ck_ring.h>
#pragma pop_macro("false")

#endif
