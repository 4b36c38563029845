/* SPDX-License-Identifier: MIT */
// What an exception of C++ leaves behind, thrown by a user's function that the library calls, or out
// of a block: no lock held, no read section open, no memory lost (as AddressSanitizer sees it), and
// the values as the pages say. One row for each function that a kind takes, and for each block.
#include <stdexcept>
#include <thread>

#include <afield/detail/magazine.h>

#include "fields.h"
#include "test.h"

static int calls;

[[noreturn]] static void fail(void)
{
	calls++;
	throw std::runtime_error("thrown");
}

static bool change(struct pair *value, void *)
{
	value->low = 99;
	fail();
}

static int init(struct pair *value, void *)
{
	value->low = 99;
	fail();
}

static int64_t next_integer(int64_t, void *)
{
	fail();
}

static double next_real(double, void *)
{
	fail();
}

static int each_number(const long *, void *)
{
	fail();
}

static int visit_number(number_map_key, const long *, void *)
{
	fail();
}

static int visit_text(text_map_key, const struct pair *, void *)
{
	fail();
}

static void each_owner(struct owner *value, void *)
{
	owner_free(value); // handed over
	fail();
}

// A block that an exception leaves, after it has done something to the value.
#define BLOCK(function, FORM, T, field, statement) \
	static void function(void)                 \
	{                                          \
		FORM(T, value, &field)             \
		{                                  \
			statement;                 \
			fail();                    \
		}                                  \
	}

// Nobody has the lock.
template <typename Field>
static bool is_free(struct pair *(*try_lock)(Field *), void (*unlock)(Field *), Field *field)
{
	struct pair *value = try_lock(field);

	if (value)
		unlock(field);
	return value != nullptr;
}

// What is done, and what another thread must then be able to do.
static void run_seq(void)
{
	pair_seq_update(&seq, change, nullptr);
}
static bool seq_is_right(void)
{
	bool is_old = pair_seq_load(&seq).low == 1;

	pair_seq_store(&seq, pair{1, 2});
	return is_old;
}

static void run_seq_one(void)
{
	pair_seq_one_update(&seq_one, change, nullptr);
}
static bool seq_one_is_right(void)
{
	bool is_old = pair_seq_one_load(&seq_one).low == 1;

	pair_seq_one_store(&seq_one, pair{1, 2});
	return is_old;
}

static void run_locked(void)
{
	pair_locked_update(&locked, change, nullptr);
}
BLOCK(run_locked_block, AFIELD_LOCKED, pair_locked, locked, value->low = 99)
static void run_locked_guard(void)
{
	pair_locked_guard value(locked);

	value->low = 99;
	fail();
}
static bool locked_is_right(void)
{
	struct pair *value = pair_locked_try_lock(&locked);
	bool is_changed = value && value->low == 99;

	if (value)
		pair_locked_unlock(&locked);
	return is_changed;
}

static void run_rwlocked(void)
{
	pair_rwlocked_update(&rwlocked, change, nullptr);
}
BLOCK(run_rwlocked_read_block, AFIELD_READING, pair_rwlocked, rwlocked, (void)value)
BLOCK(run_rwlocked_write_block, AFIELD_WRITING, pair_rwlocked, rwlocked, value->low = 99)
static bool rwlocked_is_right(void)
{
	return is_free(pair_rwlocked_try_write_lock, pair_rwlocked_write_unlock, &rwlocked);
}

static void run_cell(void)
{
	pair_cell_update(&cell, change, nullptr);
}
BLOCK(run_cell_block, AFIELD_BORROWED, pair_cell, cell, (void)value)
BLOCK(run_cell_mut_block, AFIELD_BORROWED_MUT, pair_cell, cell, value->low = 99)
static bool cell_is_right(void)
{
	return is_free(pair_cell_try_borrow_mut, pair_cell_release_mut, &cell);
}

static void run_cell_wait(void)
{
	pair_cell_wait_update(&cell_wait, change, nullptr);
}
static bool cell_wait_is_right(void)
{
	return is_free(pair_cell_wait_try_borrow_mut, pair_cell_wait_release_mut, &cell_wait);
}

static void run_rcu(void)
{
	pair_rcu_update(&rcu, change, nullptr);
}
static bool rcu_is_right(void)
{
	struct pair now = {0, 0};

	return pair_rcu_read(&rcu, &now) && now.low == 1;
}

static void run_once(void)
{
	const struct pair *value;

	pair_once_get_or_init(&once, init, nullptr, &value);
}
static int init_well(struct pair *value, void *)
{
	if (value->low != 0)
		return -EINVAL; // what the previous one left
	value->high = 5;
	return 0;
}
static bool once_is_right(void)
{
	const struct pair *value = pair_once_get(&once);
	bool was_empty = !value;

	if (pair_once_get_or_init(&once, init_well, nullptr, &value) != 0 || value->high != 5)
		return false;
	pair_once_type()->fini(pair_once_type(), &once);
	return was_empty;
}

static void run_list(void)
{
	number_list_walk(&list, each_number, nullptr);
}
static void run_list_block(void)
{
	AFIELD_LIST_EACH(number_list, each, &list)
	fail();
}
static bool list_is_right(void)
{
	return number_list_count(&list) == 2;
}

static void run_map(void)
{
	number_map_walk(&numbers, visit_number, nullptr);
}
static void run_text_map(void)
{
	text_map_walk(&texts, visit_text, nullptr);
}
static bool maps_are_right(void)
{
	return number_map_contains(&numbers, 1) && text_map_contains(&texts, {"one", 3});
}

static void push_owners(void)
{
	for (int i = 0; i < 3; i++) {
		struct owner value = {strdup("owned")};

		TEST_CHECK(value.text && owner_stack_push(&owners, value) == 0);
		owned_now++;
	}
}
/* Nodes that came back: this thread has them at hand, or they wait, for nothing is reclaimed in a
 * section. Before that it has none, and none waits: a barrier was the last that it called. */
static size_t nodes_given(void)
{
	struct afield__magazine *magazine = afield__magazine_own(
		afield__block_size_at(sizeof(struct afield__block) + sizeof(struct owner)));
	struct afield__block *newest = magazine ? AFIELD_LOAD(&magazine->loaded, relaxed) : nullptr;

	return afield_backlog() + (newest ? AFIELD_LOAD(&newest->number, relaxed) : 0);
}

static size_t given;
static void run_stack(void)
{
	push_owners();
	afield_read_lock();
	try {
		owner_stack_pop_all(&owners, each_owner, nullptr);
	} catch (...) {
		given = nodes_given();
		afield_read_unlock();
		throw;
	}
}
static bool stack_is_right(void)
{
	return owned_now == 0 && owner_stack_is_empty(&owners) && given == 3;
}

static void run_section(void)
{
	AFIELD_READ_SECTION
	{
		AFIELD_READ_SECTION
		fail();
	}
}
static void run_integer(void)
{
	afield_i64_update(&integer, next_integer, nullptr);
}
static void run_real(void)
{
	afield_f64_update(&real, next_real, nullptr);
}
static bool atomics_are_right(void)
{
	return afield_i64_load(&integer) == 0 && afield_f64_load(&real) == 0;
}

static const struct row {
	const char *name;
	void (*run)(void);
	bool (*is_right)(void);
	const char *reason;
} rows[] = {
	{"seqlock update", run_seq, seq_is_right, "the copy is dropped"},
	{"seqlock update, one slot", run_seq_one, seq_one_is_right, "the copy is dropped"},
	{"locked update", run_locked, locked_is_right, "in place: what was written stays"},
	{"locked block", run_locked_block, locked_is_right, "in place: what was written stays"},
	{"locked guard", run_locked_guard, locked_is_right, "in place: what was written stays"},
	{"rwlocked update", run_rwlocked, rwlocked_is_right, "nobody has the lock"},
	{"rwlocked read block", run_rwlocked_read_block, rwlocked_is_right, "nobody has the lock"},
	{"rwlocked write block", run_rwlocked_write_block, rwlocked_is_right,
	 "nobody has the lock"},
	{"cell update", run_cell, cell_is_right, "no borrow is left"},
	{"cell block", run_cell_block, cell_is_right, "no borrow is left"},
	{"cell block, exclusive", run_cell_mut_block, cell_is_right, "no borrow is left"},
	{"cell_wait update", run_cell_wait, cell_wait_is_right, "no borrow is left"},
	{"rcu update", run_rcu, rcu_is_right, "the version before is current"},
	{"once get_or_init", run_once, once_is_right, "empty, and its bytes are zero"},
	{"list walk", run_list, list_is_right, "unchanged"},
	{"list each", run_list_block, list_is_right, "unchanged"},
	{"map walk", run_map, maps_are_right, "unchanged"},
	{"map walk, text", run_text_map, maps_are_right, "unchanged"},
	{"stack pop_all", run_stack, stack_is_right, "the rest is destroyed"},
	{"read section", run_section, list_is_right, "both sections are closed"},
	{"atomic update", run_integer, atomics_are_right, "unchanged"},
	{"atomic update, float", run_real, atomics_are_right, "unchanged"},
};

static void fill(void)
{
	static const struct pair first = {1, 2};

	pair_seq_store(&seq, first);
	pair_seq_one_store(&seq_one, first);
	pair_rcu_store(&rcu, pair_rcu_new(&first));
	TEST_CHECK(number_list_append(&list, 1) == 0 && number_list_append(&list, 2) == 0);
	TEST_CHECK(number_map_set(&numbers, 1, 1) == 0 &&
		   text_map_set(&texts, {"one", 3}, first) == 0);
}

static void every_throw_leaves_nothing_behind(void)
{
	for (const row &it : rows) {
		bool is_caught = false, is_right = false;
		int before = calls;

		try {
			it.run();
		} catch (const std::runtime_error &) {
			is_caught = true;
		}
		printf("  %-26s %s\n", it.name, it.reason);
		fflush(stdout);
		TEST_CHECK(is_caught && calls == before + 1);
		// In a read section this thread would not wait for itself.
		TEST_CHECK(afield_barrier() == 0);
		std::thread([&] { is_right = it.is_right(); }).join();
		TEST_CHECK(is_right);
	}
}

int main(void)
{
	fill();
	TEST_RUN(every_throw_leaves_nothing_behind);
	pair_rcu_fini(&rcu);
	number_list_fini(&list);
	number_map_fini(&numbers);
	text_map_fini(&texts);
	owner_stack_fini(&owners);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
