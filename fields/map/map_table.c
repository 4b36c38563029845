/*
 * map_table: makes, resizes and ends the hash tables of maps. See map_table.h.
 */
#include "map_table.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <urcu/urcu-bp.h>
#include <urcu/rculfhash.h>

/* A table begins with so many buckets, and never has fewer. */
#define LEAST_ORDER 4
#define LEAST ((size_t)1 << LEAST_ORDER)
#define MOST_ORDER 40

/* Room for liburcu's struct cds_lfht, which is 736 bytes in 0.13 and may grow. */
#define HASH_SIZE 4096
#define BUCKET sizeof(struct cds_lfht_node)

/*
 * liburcu ends the process when it is refused memory for buckets. So the room asks for the same
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

static uint64_t seed(const void *address)
{
	struct timespec now = {0, 0};
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) == sizeof(random))
		return random;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uintptr_t)address;
}

static struct afield__map_table *table_new(void)
{
	struct afield__map_table *table = (struct afield__map_table *)calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	if (has_memory_for_hash())
		table->hash = cds_lfht_new_flavor(LEAST, LEAST, 0, 0, &urcu_bp_flavor, NULL);
	if (!table->hash) {
		free(table);
		return NULL;
	}
	table->seed = seed(table);
	AFIELD_STORE(&table->buckets, LEAST, relaxed);
	AFIELD_STORE(&table->users, 1, relaxed);
	return table;
}

/* Nobody knows the table any more, and no section is open that did. */
static void table_free(struct afield__map_table *table)
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
	cds_lfht_destroy(table->hash, NULL);
	free(table);
}

struct afield__map_table *afield__map_table_make(struct afield__map *map)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, seq_cst);
	struct afield__map_table *fresh;

	if (table)
		return table;
	fresh = table_new();
	if (!fresh)
		return NULL;
	/* Release: pairs with the loads of the field; weaker, a reader follows a pointer to a table
	 * that is not made yet. Acquire when it fails: the same, for another thread's table. */
	if (AFIELD_COMPARE_EXCHANGE(&map->table, &table, fresh, seq_cst))
		return fresh;
	table_free(fresh);
	return table;
}

static int match_word(struct cds_lfht_node *link, const void *word)
{
	AFIELD_TSAN_ACQUIRE(link);
	return afield__map_node_of(link)->name == *(const uint64_t *)word;
}

int afield__map_table_get(struct afield__map_table *table, const struct afield__map_layout *layout,
			  uint64_t word, void *value)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;

	afield_read_lock();
	cds_lfht_lookup(table->hash, afield__map_mix(word ^ table->seed), match_word, &word, &iter);
	link = cds_lfht_iter_get_node(&iter);
	AFIELD_PAUSE("map: found");
	if (link && value)
		afield__map_copy(value, afield__map_value(layout, afield__map_node_of(link)),
				 layout->value.size);
	afield_read_unlock();
	return link ? 0 : -ENODATA;
}

/* A chain has one or two elements on average. Between an eighth and one nothing is done, so that a
 * map that swings about a size is not resized back and forth. */
static bool is_wrong_size(size_t buckets, int64_t count)
{
	if (count > (int64_t)buckets)
		return true;
	return buckets > LEAST && count < (int64_t)(buckets / 8);
}

static size_t right_size(int64_t count)
{
	size_t buckets = LEAST;

	while ((int64_t)buckets < 2 * count && buckets < (size_t)1 << MOST_ORDER)
		buckets *= 2;
	return buckets;
}

static void release(struct afield__map_table *table)
{
	/* Both halves: who is last sees all that the others did to the table. */
	if (AFIELD_FETCH_SUB(&table->users, 1, acq_rel) == 1)
		table_free(table);
}

static void resize(struct afield_retired *request);

/* Asks once: whoever finds a request under way leaves it to that one, or to the next writer. */
static void request_slow(struct afield__map_table *table)
{
	/* Acquire: pairs with the release in resize; the request's memory is ours from here on. */
	if (AFIELD_EXCHANGE(&table->is_resizing, true, acq_rel))
		return;
	AFIELD_PAUSE("map: a resize is claimed");
	AFIELD_FETCH_ADD(&table->users, 1, relaxed);
	afield_retire_nowait(&table->request, resize);
}

static void request_if_wrong(struct afield__map_table *table, int64_t count)
{
	if (!is_wrong_size(AFIELD_LOAD(&table->buckets, relaxed), count))
		return;
	if (!AFIELD_LOAD(&table->is_resizing, relaxed))
		request_slow(table);
}

/* liburcu waits for grace periods when it shrinks, and starts threads when it grows by much. Both
 * may be done here: the thread is in no section, and it is no host's. */
static bool resize_to(struct afield__map_table *table, size_t wanted)
{
	size_t buckets = AFIELD_LOAD(&table->buckets, relaxed);

	if (wanted == buckets || !has_memory_to_grow(buckets, wanted))
		return false;
	cds_lfht_resize(table->hash, wanted);
	AFIELD_STORE(&table->buckets, wanted, relaxed);
	return true;
}

/* Runs on the thread that reclaims. Memory that is out makes longer chains, and is tried again. */
static void resize(struct afield_retired *request)
{
	struct afield__map_table *table =
		(struct afield__map_table *)(void *)((char *)request -
						     offsetof(struct afield__map_table, request));
	bool is_ended = AFIELD_LOAD(&table->users, relaxed) == 1;
	bool is_done =
		!is_ended && resize_to(table, right_size(AFIELD_LOAD(&table->count, relaxed)));

	/* Release: pairs with the exchange of who asks next, and owns the request from then on. */
	AFIELD_STORE(&table->is_resizing, false, release);
	/* Writers that came meanwhile left it to this request. */
	if (is_done)
		request_if_wrong(table, AFIELD_LOAD(&table->count, relaxed));
	release(table);
}

void afield__map_table_count(struct afield__map_table *table, int change)
{
	int64_t before = AFIELD_FETCH_ADD(&table->count, change, relaxed);

	request_if_wrong(table, before + change);
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
