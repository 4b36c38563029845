/* SPDX-License-Identifier: MIT */
/*
 * ck_ht_put_spmc with deletes: a key that is there is put a second time, into the place of one that
 * was removed. It takes no second thread, so the history is one thread's: keys that fall together
 * come and go, and each put and remove tells whether it changed anything.
 */
#include "control.h"

#include <ck_ht.h>

enum { INSERT, REMOVE, CONTAINS, KEYS = 12, STEPS = 48 };

static void *ht_malloc(size_t size)
{
	return malloc(size);
}
static void *ht_realloc(void *old, size_t size, size_t wanted, bool defers)
{
	(void)size;
	(void)defers;
	return realloc(old, wanted);
}
static void ht_free(void *old, size_t size, bool defers)
{
	(void)size;
	(void)defers;
	free(old);
}
static struct ck_malloc allocator = {ht_malloc, ht_realloc, ht_free};

/* All keys begin their search at one place. */
static void same_hash(ck_ht_hash_t *hash, const void *key, size_t size, uint64_t seed)
{
	(void)key;
	(void)size;
	(void)seed;
	hash->value = 8;
}

static bool put(ck_ht_t *table, uintptr_t key)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;

	ck_ht_hash_direct(&hash, table, key);
	ck_ht_entry_set_direct(&entry, hash, key, key);
	return ck_ht_put_spmc(table, hash, &entry);
}

static bool take_out(ck_ht_t *table, uintptr_t key)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;

	ck_ht_hash_direct(&hash, table, key);
	ck_ht_entry_key_set_direct(&entry, key);
	return ck_ht_remove_spmc(table, hash, &entry);
}

static enum afield_verdict run(bool shows, bool removes)
{
	static unsigned state = 1;
	struct control control;
	ck_ht_t table;

	if (!ck_ht_init(&table, CK_HT_MODE_DIRECT | CK_HT_WORKLOAD_DELETE, same_hash, &allocator,
			64, 1))
		abort();
	control_begin(&control);
	for (int i = 0; i < STEPS; i++) {
		uintptr_t key = 1 + ((state = state * 1103515245 + 12345) >> 16) % KEYS;
		unsigned verb = removes && (state >> 24) % 3 == 0 ? REMOVE : INSERT;
		bool is_changed;

		afield_record_call1(control.logs[0], verb, (afield_value)key);
		is_changed = verb == REMOVE ? take_out(&table, key) : put(&table, key);
		afield_record_return1(control.logs[0], is_changed);
	}
	ck_ht_destroy(&table);
	return control_end(&control, "set", shows);
}

int main(void)
{
	return control_main("ck_ht, deletes", run);
}
