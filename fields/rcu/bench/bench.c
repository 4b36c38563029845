/* SPDX-License-Identifier: MIT */
/*
 * rcu beside raw liburcu-bp inlined, and beside the locks that one would take instead. Reading is
 * measured in the program and in a module that is loaded at run time; the aim is that the module
 * takes at most 1.2 times as long as raw liburcu-bp in the program. Writing is allocate, publish and
 * retire; its rivals copy in place under a lock. The RCU backend stands in the note.
 */
#include "bench_module.c"

#include <pthread.h>
#include <stdlib.h>

#include <urcu/urcu-bp.h>

static bench_rcu field;
static struct bench_value *raw_pointer;

static struct locked {
	pthread_rwlock_t rwlock;
	pthread_mutex_t mutex;
	struct bench_value value;
} locked = {PTHREAD_RWLOCK_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, {0, 0}};

struct raw_version {
	struct rcu_head head;
	struct bench_value value;
};

static struct bench_value *raw_new(long low)
{
	struct raw_version *version = (struct raw_version *)malloc(sizeof(*version));

	if (!version)
		abort();
	version->value.low = version->value.high = low;
	return &version->value;
}

static void raw_free(struct rcu_head *head)
{
	free(head);
}

static void raw_store(struct bench_value **pointer, long low)
{
	struct bench_value *old = __atomic_exchange_n(pointer, raw_new(low), __ATOMIC_SEQ_CST);

	urcu_bp_call_rcu(&caa_container_of(old, struct raw_version, value)->head, raw_free);
}

/* A version is there before the first round, and what a round retired is gone before the next. */
static void fill(void *state, int threads)
{
	struct bench_value value = {1, 1};

	(void)state, (void)threads;
	if (!raw_pointer)
		raw_pointer = raw_new(1);
	if (bench_rcu_type()->store(bench_rcu_type(), &field, &value))
		abort();
}

BENCH_BODY(read_copy, bench_rcu, {
	struct bench_value copy;
	bench_keep(bench_rcu_read(it, &copy));
	bench_keep_memory(&copy);
});
BENCH_BODY(read_rwlock, struct locked, {
	pthread_rwlock_rdlock(&it->rwlock);
	bench_keep(it->value.low);
	pthread_rwlock_unlock(&it->rwlock);
});
BENCH_BODY(read_mutex, struct locked, {
	pthread_mutex_lock(&it->mutex);
	bench_keep(it->value.low);
	pthread_mutex_unlock(&it->mutex);
});

BENCH_BODY(store_ours, bench_rcu, {
	struct bench_value value;
	value.low = value.high = i;
	bench_rcu_store(it, bench_rcu_new(&value));
});
BENCH_BODY(store_raw, struct bench_value *, raw_store(it, i));
BENCH_BODY(store_rwlock, struct locked, {
	pthread_rwlock_wrlock(&it->rwlock);
	it->value.low = it->value.high = i;
	pthread_rwlock_unlock(&it->rwlock);
});
BENCH_BODY(store_mutex, struct locked, {
	pthread_mutex_lock(&it->mutex);
	it->value.low = it->value.high = i;
	pthread_mutex_unlock(&it->mutex);
});

static bool add_one(struct bench_value *next, void *unused)
{
	(void)unused;
	next->low++;
	next->high++;
	return true;
}
BENCH_BODY(update_ours, bench_rcu, bench_keep(bench_rcu_update(it, add_one, NULL)));
BENCH_BODY(update_rwlock, struct locked, {
	pthread_rwlock_wrlock(&it->rwlock);
	it->value.low++;
	it->value.high++;
	pthread_rwlock_unlock(&it->rwlock);
});
BENCH_BODY(update_mutex, struct locked, {
	pthread_mutex_lock(&it->mutex);
	it->value.low++;
	it->value.high++;
	pthread_mutex_unlock(&it->mutex);
});

#define OURS(name, body)                           \
	{                                          \
		name, body, &field                 \
		, fill, bench_drain, bench_backend \
	}
#define RAW(name, body)                                           \
	{                                                         \
		name, body, &raw_pointer, fill, bench_drain, NULL \
	}
#define LOCKED(name, body)                            \
	{                                             \
		name, body, &locked, NULL, NULL, NULL \
	}

/* The module's bodies are filled in by main. */
static struct bench_group groups[] = {
	{.name = "read section, load",
	 .bound = {.loads = 6, .stores = 2},
	 .contenders = {OURS("afield", ours_inlined), RAW("liburcu-bp inlined", raw_inlined),
			LOCKED("pthread rwlock", read_rwlock),
			LOCKED("pthread mutex", read_mutex)}},
	{.name = "read in a module",
	 .bound = {.loads = 6, .stores = 2},
	 .contenders = {OURS("afield, module", NULL), OURS("afield, program", ours_inlined),
			RAW("liburcu-bp, module", NULL), RAW("liburcu-bp, program", raw_inlined)}},
	{.name = "read a copy",
	 .bound = {.loads = 7, .stores = 4},
	 .contenders = {OURS("afield", read_copy), LOCKED("pthread rwlock", read_rwlock)}},
	{.name = "store",
	 .bound = {.rmws = 1},
	 .contenders = {OURS("afield", store_ours), RAW("liburcu-bp call_rcu", store_raw),
			LOCKED("pthread rwlock", store_rwlock),
			LOCKED("pthread mutex", store_mutex)}},
	{.name = "update",
	 .bound = {.rmws = 1},
	 .contenders = {OURS("afield", update_ours), LOCKED("pthread rwlock", update_rwlock),
			LOCKED("pthread mutex", update_mutex)}},
};

int main(int argc, char **argv)
{
	typedef bench_body *getter(void);
	struct bench_contender *module = groups[1].contenders;
	void *ours = bench_module("rcu", "bench_module", "bench_read_ours");
	void *raw = bench_module("rcu", "bench_module", "bench_read_raw");

	module[0].body = (*(getter **)(void *)&ours)();
	module[2].body = (*(getter **)(void *)&raw)();
	return bench_main(argc, argv, "rcu", groups, sizeof(groups) / sizeof(groups[0]));
}
