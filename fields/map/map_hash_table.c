/* SPDX-License-Identifier: MIT */
/*
 * map_hash_table: makes, resizes and ends the hash tables of maps. See map_hash_table.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#include "map_hash_table.h"

#include <afield/host.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <urcu/rculfhash.h>

/* A table begins with so many buckets, and never has fewer. */
#define LEAST_ORDER 4
#define LEAST ((size_t)1 << LEAST_ORDER)
#define MOST_ORDER 40
/* Up to so many a writer doubles the table itself, which takes it some 100 microseconds at most;
 * from twice as many on, liburcu starts threads to grow it. */
#define MOST_AT_ONCE ((size_t)8192)
/* So many elements a bucket are too many to go on waiting for the request. */
#define FAR_TOO_FULL 8

/* Room for liburcu's struct cds_lfht, which is 736 bytes in 0.13 and may grow. */
#define HASH_SIZE 4096
#define BUCKET sizeof(struct cds_lfht_node)

/*
 * liburcu ends the process when it is refused memory for buckets. So the kind asks for the same
 * pieces first, and gives them back at once, for liburcu to get: then memory that is out is seen
 * here, and can be said. What another thread takes in that instant is the one case left.
 */
struct reserve {
	void *pieces[MOST_ORDER + 2];
	unsigned count;
};

static bool reserve_add(struct reserve *reserve, size_t size)
{
	void *piece = malloc(size);

	reserve->pieces[reserve->count] = piece;
	reserve->count += piece != NULL;
	return piece != NULL;
}

static void reserve_free(struct reserve *reserve)
{
	while (reserve->count > 0)
		free(reserve->pieces[--reserve->count]);
}

static bool has_memory_for_hash(void)
{
	struct reserve reserve = {{NULL}, 0};
	bool has = reserve_add(&reserve, HASH_SIZE) && reserve_add(&reserve, LEAST * BUCKET);

	reserve_free(&reserve);
	return has;
}

/* To double a table, liburcu allocates as many buckets as it has. */
static bool has_memory_to_grow(size_t from, size_t to)
{
	struct reserve reserve = {{NULL}, 0};
	bool has = true;

	for (; from < to && has; from *= 2)
		has = reserve_add(&reserve, from * BUCKET);
	reserve_free(&reserve);
	return has;
}

/* Not by the C library's function: that is a cancellation point, where the table would be lost. */
static uint64_t seed(const void *address)
{
	struct timespec now = {0, 0};
	uint64_t random = 0;

	if (syscall(SYS_getrandom, &random, sizeof(random), GRND_NONBLOCK) == sizeof(random))
		return random;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uintptr_t)address;
}

/* The first one of a process has liburcu read how many processors there are, from files: those are
 * cancellation points, at which the table would be lost. */
static struct cds_lfht *hash_new(size_t buckets)
{
	struct cds_lfht *hash = NULL;
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	if (has_memory_for_hash() && has_memory_to_grow(LEAST, buckets))
		hash = cds_lfht_new_flavor(buckets, LEAST, 0, 0, &afield__map_flavor, NULL);
	pthread_setcancelstate(cancel_state, NULL);
	return hash;
}

struct afield__map_table *afield__map_table_new(const struct afield__map_layout *layout,
						size_t buckets,
						const struct afield__map_table *like)
{
	struct afield__map_table *table = (struct afield__map_table *)calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->hash = hash_new(buckets);
	if (!table->hash) {
		free(table);
		return NULL;
	}
	table->seed = like ? like->seed : seed(table);
	table->layout = layout;
	AFIELD_STORE(&table->generation, afield_fork_generation(), relaxed);
	AFIELD_STORE(&table->buckets, buckets, relaxed);
	AFIELD_STORE(&table->users, 1, relaxed);
	return table;
}

/* Nobody knows the table any more, and no section is open that did. What a fork left of a resize
 * liburcu can not take apart: buckets that are half linked, and a mutex that is locked. It
 * stays. */
void afield__map_table_free(struct afield__map_table *table)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;

	afield_read_lock();
	cds_lfht_for_each(table->hash, &iter, link)
	{
		cds_lfht_del(table->hash, link);
		free(link); /* a node begins with its link */
	}
	afield_read_unlock();
	if (!afield_thread_is_gone(AFIELD_LOAD(&table->resizer, relaxed)))
		cds_lfht_destroy(table->hash, NULL);
	free(table);
}

/* Acquire: pairs with the end of the adoption. */
static bool is_ours(const struct afield__map_table *table)
{
	return AFIELD_LOAD(&table->generation, acquire) == afield_fork_generation();
}

struct afield__map_table *afield__map_table_of(struct afield__map *map)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);

	return !table || is_ours(table) ? table : afield__map_adopt(map);
}

struct afield__map_table *afield__map_table_make(struct afield__map *map,
						 const struct afield__map_layout *layout)
{
	struct afield__map_table *table = afield__map_table_of(map);
	struct afield__map_table *fresh;

	if (table)
		return table;
	fresh = afield__map_table_new(layout, LEAST, NULL);
	if (!fresh)
		return NULL;
	/* Release: pairs with the loads of the field; weaker, a reader follows a pointer to a table
	 * that is not made yet. Acquire when it fails: the same, for another thread's table. */
	if (AFIELD_COMPARE_EXCHANGE(&map->table, &table, fresh, acq_rel))
		return fresh;
	afield__map_table_free(fresh);
	return table;
}

/* A chain has one or two elements on average. Between an eighth and one nothing is done, so that a
 * map that swings about a size is not resized back and forth. */
static bool is_too_empty(const struct afield__map_table *table, size_t buckets, int64_t count)
{
	return count < (int64_t)(buckets / 8) && buckets > afield__map_right_size(table, 0);
}

size_t afield__map_right_size(const struct afield__map_table *table, int64_t count)
{
	size_t buckets = AFIELD_LOAD(&table->reserved, relaxed);

	if (buckets < LEAST)
		buckets = LEAST;
	while ((int64_t)buckets < 2 * count && buckets < (size_t)1 << MOST_ORDER)
		buckets *= 2;
	return buckets;
}

static void release(struct afield__map_table *table)
{
	/* Both halves: who is last sees all that the others did to the table. */
	if (AFIELD_FETCH_SUB(&table->users, 1, acq_rel) == 1)
		afield__map_table_free(table);
}

/* The threads that liburcu starts to grow a large table have this thread's signals: none. */
static void grow_quietly(struct cds_lfht *hash, size_t wanted)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	cds_lfht_resize(hash, wanted);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/*
 * Grows the table, or shrinks it if it may: for that liburcu waits for grace periods, which nobody
 * does but a callback. 0; -EBUSY when another thread resizes; -ENOMEM.
 */
static int resize_to(struct afield__map_table *table, size_t wanted, bool may_shrink)
{
	uint64_t nobody = 0;
	size_t buckets;
	bool has_memory;
	int cancel_state;

	/* Acquire: pairs with the release below; the last resize is over. Weaker, two threads would
	 * work on liburcu's buckets at once. */
	if (!AFIELD_COMPARE_EXCHANGE(&table->resizer, &nobody, afield_thread_id(), acquire))
		return -EBUSY;
	AFIELD_PAUSE("map: resizing");
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state); /* liburcu joins threads */
	buckets = AFIELD_LOAD(&table->buckets, relaxed);
	has_memory = has_memory_to_grow(buckets, wanted);
	if (has_memory && (may_shrink ? wanted != buckets : wanted > buckets)) {
		if (wanted > MOST_AT_ONCE)
			grow_quietly(table->hash, wanted);
		else
			cds_lfht_resize(table->hash, wanted);
		/* Seq_cst: pairs with afield__map_table_reserve. */
		AFIELD_STORE(&table->buckets, wanted, seq_cst);
	}
	AFIELD_STORE(&table->resizer, 0, release);
	pthread_setcancelstate(cancel_state, NULL);
	return has_memory ? 0 : -ENOMEM;
}

static void resize(struct afield_retired *request);

/* Asks once: whoever finds a request under way leaves it to that one, or to the next writer. */
static void request_slow(struct afield__map_table *table)
{
	/* Acquire: pairs with the release in resize; the request's memory is ours from here on.
	 * Release: pairs with the acquire there; who runs it sees what is reserved. */
	if (AFIELD_EXCHANGE(&table->is_requested, true, acq_rel))
		return;
	AFIELD_PAUSE("map: a resize is claimed");
	AFIELD_FETCH_ADD(&table->users, 1, relaxed);
	afield_retire_nowait(&table->request, resize);
}

static void request_once(struct afield__map_table *table)
{
	if (!AFIELD_LOAD(&table->is_requested, relaxed))
		request_slow(table);
}

/* Makes no more of a small table at once than a writer may, and of a large one twice as much. */
static void grow(struct afield__map_table *table, size_t buckets, int64_t count)
{
	size_t wanted = afield__map_right_size(table, count);
	size_t most = buckets < MOST_AT_ONCE ? MOST_AT_ONCE : 2 * buckets;

	if (buckets >= MOST_AT_ONCE && count <= (int64_t)(FAR_TOO_FULL * buckets))
		request_once(table);
	else if (!AFIELD_LOAD(&table->resizer, relaxed))
		(void)resize_to(table, wanted < most ? wanted : most, false);
}

static void resize_if_wrong(struct afield__map_table *table, int64_t count)
{
	size_t buckets = AFIELD_LOAD(&table->buckets, relaxed);

	if (count > (int64_t)buckets)
		grow(table, buckets, count);
	else if (is_too_empty(table, buckets, count))
		request_once(table);
}

/*
 * Whether a reserve has left its room to the request that this thread has just run. Seq_cst: who
 * reserves, writes that and then looks how many buckets there are; a resize writes the buckets, and
 * then this looks for what is reserved. Weaker, both could miss the other, and the room that is
 * said to be there is gone. A resize that a fork orphaned is never over.
 */
static bool is_below_reserve(const struct afield__map_table *table)
{
	return AFIELD_LOAD(&table->buckets, relaxed) < AFIELD_LOAD(&table->reserved, seq_cst) &&
	       !afield_thread_is_gone(AFIELD_LOAD(&table->resizer, relaxed));
}

/* Runs on the thread that reclaims. Memory that is out makes longer chains, and is tried again. */
static void resize(struct afield_retired *request)
{
	struct afield__map_table *table =
		(struct afield__map_table *)(void *)((char *)request -
						     offsetof(struct afield__map_table, request));
	bool is_ended = AFIELD_LOAD(&table->users, relaxed) == 1;
	int error = -ECANCELED;
	size_t wanted;

	AFIELD_STORE(&table->runner, afield_thread_id(), relaxed);
	if (!is_ended) {
		wanted = afield__map_right_size(table, AFIELD_LOAD(&table->count, relaxed));
		error = resize_to(table, wanted, true);
	}
	AFIELD_STORE(&table->runner, 0, relaxed);
	/* Release: pairs with the exchange of who asks next, and owns the request from then on.
	 * Acquire: pairs with that of who found it asked for, and left its room to this one. */
	(void)AFIELD_EXCHANGE(&table->is_requested, false, acq_rel);
	if (!is_ended && error != -ENOMEM && is_below_reserve(table))
		request_slow(table);
	else if (!error) /* writers that came meanwhile left it to this request, too */
		resize_if_wrong(table, AFIELD_LOAD(&table->count, relaxed));
	release(table);
}

void afield__map_table_count(struct afield__map_table *table, int change)
{
	int64_t before = AFIELD_FETCH_ADD(&table->count, change, relaxed);

	resize_if_wrong(table, before + change);
}

int afield__map_table_reserve(struct afield__map_table *table, size_t count)
{
	size_t buckets = LEAST;
	void *token;
	int error;

	if (count > (size_t)1 << MOST_ORDER)
		return -E2BIG;
	while (buckets < count)
		buckets *= 2;
	/* Seq_cst: this comes before the look at the buckets; see is_below_reserve. */
	AFIELD_STORE(&table->reserved, buckets, seq_cst);
	if (AFIELD_LOAD(&table->buckets, seq_cst) >= buckets)
		return 0;
	token = buckets > MOST_AT_ONCE ? afield_detach() : NULL; /* it may take seconds */
	error = resize_to(table, buckets, false);
	afield_attach(token);
	if (error != -EBUSY)
		return error;
	/* A resizer orphaned by a fork keeps the table as it is. */
	if (afield_thread_is_gone(AFIELD_LOAD(&table->resizer, relaxed)))
		return -ENOMEM;
	request_slow(table);
	return 0;
}

static void end(struct afield_retired *retired)
{
	release((struct afield__map_table *)(void *)((char *)retired -
						     offsetof(struct afield__map_table, end)));
}

void afield__map_table_end(struct afield__map_table *table)
{
	afield_retire_nowait(&table->end, end);
}
