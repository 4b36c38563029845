/* SPDX-License-Identifier: MIT */
/*
 * ck_bodies: bodies around ConcurrencyKit's rings, whose headers are not C++.
 */
#ifndef AFIELD_BENCH_CK_BODIES_H
#define AFIELD_BENCH_CK_BODIES_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PEERS_RING_SIZE = 1024 };

/* One of two rings. It holds PEERS_RING_SIZE - 1 values. */
void *peers_ck_ring(int which);

/* Those of peers.h: a push and a pop, for many and for one thread; one thread at each end. */
bench_body peers_ck_pair, peers_ck_spsc_pair, peers_ck_spsc_ends;
void peers_ck_drain(void *state);

#ifdef __cplusplus
}
#endif

#endif
