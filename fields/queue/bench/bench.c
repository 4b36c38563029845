/* SPDX-License-Identifier: MIT */
/*
 * queue beside a list under a mutex, and beside liburcu's cds_lfq with its nodes given to call_rcu.
 * One operation is a push and a pop. All three allocate a node for each push. The mutex's frees it
 * at once; the other two hand it to the reclaimer's thread, which runs beside and takes a part of
 * the processors. cds_lfq has no limit to what waits there, and is not safe: see queue.md.
 */
#include <afield/queue.h>
#include <afield/reclaim.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <urcu/urcu-bp.h>

#include <urcu/rculfqueue.h>

AFIELD_TYPE(numbers, queue, long);
#define BENCH_IS_STACK false
#include "container.h"

static numbers field;

static struct mutex_list list = MUTEX_LIST;

/* liburcu-cds is opened here, so that no other bench is linked to it. */
static struct raw {
	struct cds_lfq_queue_rcu queue;
	void (*init)(struct cds_lfq_queue_rcu *,
		     void (*)(struct rcu_head *, void (*)(struct rcu_head *)));
	void (*node_init)(struct cds_lfq_node_rcu *);
	void (*enqueue)(struct cds_lfq_queue_rcu *, struct cds_lfq_node_rcu *);
	struct cds_lfq_node_rcu *(*dequeue)(struct cds_lfq_queue_rcu *);
} raw;

struct raw_node {
	struct cds_lfq_node_rcu node;
	struct rcu_head head;
	long value;
};

static void raw_open(void)
{
	void *library = dlopen("liburcu-cds.so.8", RTLD_NOW);

	if (!library) {
		fputs("liburcu-cds.so.8 is not there\n", stderr);
		exit(1);
	}
	*(void **)&raw.init = dlsym(library, "cds_lfq_init_rcu");
	*(void **)&raw.node_init = dlsym(library, "cds_lfq_node_init_rcu");
	*(void **)&raw.enqueue = dlsym(library, "cds_lfq_enqueue_rcu");
	*(void **)&raw.dequeue = dlsym(library, "cds_lfq_dequeue_rcu");
	raw.init(&raw.queue, urcu_bp_call_rcu);
}

static void raw_push(struct raw *it, long value)
{
	struct raw_node *node = (struct raw_node *)malloc(sizeof(*node));

	if (!node)
		abort();
	node->value = value;
	it->node_init(&node->node);
	afield_read_lock();
	it->enqueue(&it->queue, &node->node);
	afield_read_unlock();
}

static void raw_free(struct rcu_head *head)
{
	free(caa_container_of(head, struct raw_node, head));
}

static long raw_pop(struct raw *it)
{
	struct raw_node *node;
	long value;

	afield_read_lock();
	node = (struct raw_node *)(void *)it->dequeue(&it->queue);
	afield_read_unlock();
	if (!node)
		return 0;
	value = node->value;
	urcu_bp_call_rcu(&node->head, raw_free);
	return value;
}

BENCH_BODY(pair_raw, struct raw, {
	raw_push(it, i);
	bench_keep(raw_pop(it));
});
BENCH_BODY(count_ours, numbers, bench_keep(numbers_count(it)));
BENCH_BODY(empty_ours, numbers, bench_keep(numbers_is_empty(it)));
BENCH_BODY(empty_list, struct mutex_list, {
	pthread_mutex_lock(&it->mutex);
	bench_keep(it->first == NULL);
	pthread_mutex_unlock(&it->mutex);
});

#define OURS(name, body)                           \
	{                                          \
		name, body, &field                 \
		, NULL, bench_drain, bench_backend \
	}

static const struct bench_group groups[] = {
	{.name = "push and pop",
	 .bound = {.rmws = 3},
	 .contenders = {OURS("afield", pair_ours),
			{"mutex and list", pair_list, &list, NULL, NULL, NULL},
			{"liburcu cds_lfq", pair_raw, &raw, NULL, bench_drain, NULL}}},
	{.name = "is it empty",
	 .bound = {.loads = 2},
	 .contenders = {OURS("afield", empty_ours),
			OURS("afield count", count_ours),
			{"mutex and list", empty_list, &list, NULL, NULL, NULL}}},
};

int main(int argc, char **argv)
{
	raw_open();
	return bench_main(argc, argv, "queue", groups, sizeof(groups) / sizeof(groups[0]));
}
