/* SPDX-License-Identifier: MIT */
/*
 * seqlock beside ConcurrencyKit's ck_sequence around memcpy, and beside a pthread mutex.
 *
 * ck_sequence has no lock among writers and no payload; it stands here twice, with a ck_spinlock for
 * its writers and with a pthread mutex, which serves them better when they are more than the
 * processors. It copies by memcpy, which is a data race in C11. Single-threaded rows show the cost
 * of an operation alone; the mixed rows share one value among all threads, of whose operations 5 or
 * 50 per cent are writes.
 */
#include <afield/seqlock.h>

#include <ck_sequence.h>
#include <ck_spinlock.h>
#include <pthread.h>
#include <string.h>

#include "bench.h"

/* Which of a thread's operations are writes: as many in a hundred as asked for, spread out. */
static bool is_write(long i, int thread, unsigned percent)
{
	return ((unsigned long)i * 2654435761u + (unsigned)thread * 40503u) % 100 < percent;
}

/* Reads and writes go through functions of one shape, so that each rival is written once a size. */
#define BODIES(who, bytes, T, READ, WRITE)                                                  \
	static void who##_read_##bytes(void *state, long iterations, int thread)            \
	{                                                                                   \
		T *it = (T *)state;                                                         \
		(void)thread;                                                               \
		for (long i = 0; i < iterations; i++) {                                     \
			struct value_##bytes value;                                         \
			READ;                                                               \
			bench_keep_memory(&value);                                          \
		}                                                                           \
	}                                                                                   \
	static void who##_write_##bytes(void *state, long iterations, int thread)           \
	{                                                                                   \
		T *it = (T *)state;                                                         \
		struct value_##bytes value = {{(uint64_t)thread}};                          \
		for (long i = 0; i < iterations; i++) {                                     \
			value.words[0]++;                                                   \
			bench_keep_memory(&value);                                          \
			WRITE;                                                              \
		}                                                                           \
	}                                                                                   \
	static void who##_mixed_##bytes(T *it, long iterations, int thread, unsigned share) \
	{                                                                                   \
		struct value_##bytes value = {{(uint64_t)thread}};                          \
		for (long i = 0; i < iterations; i++) {                                     \
			bench_keep_memory(&value);                                          \
			if (is_write(i, thread, share)) {                                   \
				WRITE;                                                      \
			} else {                                                            \
				READ;                                                       \
			}                                                                   \
		}                                                                           \
		bench_keep_memory(&value);                                                  \
	}                                                                                   \
	static void who##_few_##bytes(void *state, long iterations, int thread)             \
	{                                                                                   \
		who##_mixed_##bytes((T *)state, iterations, thread, 5);                     \
	}                                                                                   \
	static void who##_half_##bytes(void *state, long iterations, int thread)            \
	{                                                                                   \
		who##_mixed_##bytes((T *)state, iterations, thread, 50);                    \
	}

#define OURS(slots, bytes)                                                       \
	AFIELD_TYPE(seq##slots##_##bytes, seqlock, struct value_##bytes, slots); \
	BENCH_APART(seq##slots##_##bytes, our##slots##_##bytes);                 \
	BODIES(ours##slots, bytes, seq##slots##_##bytes,                         \
	       seq##slots##_##bytes##_load_into(it, &value),                     \
	       seq##slots##_##bytes##_store_from(it, &value))

/* ck_sequence with a lock among writers. */
#define CK(who, T, LOCK, UNLOCK, bytes)                                                        \
	struct who##_##bytes {                                                                 \
		ck_sequence_t sequence;                                                        \
		T lock;                                                                        \
		struct value_##bytes value;                                                    \
	};                                                                                     \
	static void who##_load_##bytes(struct who##_##bytes *it, struct value_##bytes *value)  \
	{                                                                                      \
		unsigned version;                                                              \
		do {                                                                           \
			version = ck_sequence_read_begin(&it->sequence);                       \
			memcpy(value, &it->value, sizeof(*value));                             \
		} while (ck_sequence_read_retry(&it->sequence, version));                      \
	}                                                                                      \
	static void who##_store_##bytes(struct who##_##bytes *it, struct value_##bytes *value) \
	{                                                                                      \
		LOCK(&it->lock);                                                               \
		ck_sequence_write_begin(&it->sequence);                                        \
		memcpy(&it->value, value, sizeof(*value));                                     \
		ck_sequence_write_end(&it->sequence);                                          \
		UNLOCK(&it->lock);                                                             \
	}                                                                                      \
	BENCH_APART(struct who##_##bytes, who##_##bytes);                                      \
	BODIES(who, bytes, struct who##_##bytes, who##_load_##bytes(it, &value),               \
	       who##_store_##bytes(it, &value))

#define SIZE(bytes)                                                                            \
	struct value_##bytes {                                                                 \
		uint64_t words[(bytes) / 8];                                                   \
	};                                                                                     \
	OURS(1, bytes)                                                                         \
	OURS(2, bytes)                                                                         \
	OURS(4, bytes)                                                                         \
	CK(ck, ck_spinlock_fas_t, ck_spinlock_fas_lock, ck_spinlock_fas_unlock, bytes)         \
	CK(ckm, pthread_mutex_t, pthread_mutex_lock, pthread_mutex_unlock, bytes)              \
	struct mutex_##bytes {                                                                 \
		pthread_mutex_t lock;                                                          \
		struct value_##bytes value;                                                    \
	};                                                                                     \
	static void mutex_load_##bytes(struct mutex_##bytes *it, struct value_##bytes *value)  \
	{                                                                                      \
		pthread_mutex_lock(&it->lock);                                                 \
		memcpy(value, &it->value, sizeof(*value));                                     \
		pthread_mutex_unlock(&it->lock);                                               \
	}                                                                                      \
	static void mutex_store_##bytes(struct mutex_##bytes *it, struct value_##bytes *value) \
	{                                                                                      \
		pthread_mutex_lock(&it->lock);                                                 \
		memcpy(&it->value, value, sizeof(*value));                                     \
		pthread_mutex_unlock(&it->lock);                                               \
	}                                                                                      \
	BENCH_APART(struct mutex_##bytes, mutex_##bytes);                                      \
	BODIES(mutex, bytes, struct mutex_##bytes, mutex_load_##bytes(it, &value),             \
	       mutex_store_##bytes(it, &value))

SIZE(16)
SIZE(64)
SIZE(256)
SIZE(1024)
SIZE(4096)

#define CONTENDERS(what, bytes)                                                                  \
	.contenders = {                                                                          \
		{"2 slots", ours2_##what##_##bytes, &our2_##bytes.it, NULL, NULL, NULL},         \
		{"1 slot", ours1_##what##_##bytes, &our1_##bytes.it, NULL, NULL, NULL},          \
		{"4 slots", ours4_##what##_##bytes, &our4_##bytes.it, NULL, NULL, NULL},         \
		{"ck_sequence", ck_##what##_##bytes, &ck_##bytes.it, NULL, NULL, NULL},          \
		{"ck_sequence, mutex", ckm_##what##_##bytes, &ckm_##bytes.it, NULL, NULL, NULL}, \
		{"mutex", mutex_##what##_##bytes, &mutex_##bytes.it, NULL, NULL, NULL},          \
	}

/* A read: the sequence twice, the words in and out. A write: lock and publish, the words. */
#define GROUPS(bytes)                                                                \
	{.name = #bytes " B read",                                                   \
	 .threads = BENCH_ONE,                                                       \
	 .bound = {.loads = 2 + (bytes) / 8, .stores = (bytes) / 8},                 \
	 CONTENDERS(read, bytes)},                                                   \
		{.name = #bytes " B write",                                          \
		 .threads = BENCH_ONE,                                               \
		 .bound = {.rmws = 2, .loads = (bytes) / 8, .stores = (bytes) / 8},  \
		 CONTENDERS(write, bytes)},                                          \
		{.name = #bytes " B 5% writes",                                      \
		 .threads = BENCH_CORES | BENCH_OVER,                                \
		 CONTENDERS(few, bytes)},                                            \
	{                                                                            \
		.name = #bytes " B 50% writes", .threads = BENCH_CORES | BENCH_OVER, \
		CONTENDERS(half, bytes)                                              \
	}

static const struct bench_group groups[] = {
	GROUPS(16), GROUPS(64), GROUPS(256), GROUPS(1024), GROUPS(4096),
};

BENCH_MAIN("seqlock", groups)
