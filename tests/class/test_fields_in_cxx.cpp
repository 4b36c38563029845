/* SPDX-License-Identifier: MIT */
// What C++ makes of fields and classes: an object is zero when it is declared, where it is not
// static too, is not copied, and takes `= {0}` and `= {}`; C code sees the same bytes.
#include <afield/atomic.h>
#include <afield/class.h>
#include <afield/padding.h>
#include <afield/queue.h>
#include <afield/stack.h>

#include <new>
#include <type_traits>

#include "pairs.h"
#include "test.h"

AFIELD_TYPE(job_queue, queue, struct pair);
AFIELD_TYPE(job_stack, stack, struct pair);

#define DESK(field)                  \
	field(afield_i64, hits)      \
	field(afield_padding, apart) \
	field(pair_seq, seq)         \
	field(pair_locked, locked)   \
	field(pair_rwlocked, shared) \
	field(pair_cell, cell)       \
	field(pair_once, once)       \
	field(job_queue, jobs)       \
	field(job_stack, done)
AFIELD_CLASS(desk, DESK);

static_assert(!std::is_copy_constructible<desk>::value && !std::is_copy_assignable<desk>::value,
	      "a class of fields is not copied");
static_assert(!std::is_move_constructible<desk>::value && !std::is_move_assignable<desk>::value,
	      "nor moved");
static_assert(std::is_standard_layout<desk>::value, "and has the layout of C");

namespace bank
{
AFIELD_TYPE(vault_locked, locked, struct pair);
AFIELD_TYPE(vault_rwlocked, rwlocked, struct pair);
AFIELD_TYPE(vault_cell, cell, struct pair);
} // namespace bank

static desk static_desk;
static afield_i64 with_zero = {0};
static pair_locked locked_with_zero = {};

static bool is_fresh(desk &it)
{
	struct pair value = {1, 1};
	bool is_right = afield_i64_load(&it.hits) == 0 && pair_seq_load(&it.seq).high == 0 &&
			pair_locked_load(&it.locked, &value) == 0 && value.low == 0 &&
			value.high == 0;

	value.low = 1;
	is_right = is_right && pair_rwlocked_load(&it.shared, &value) == 0 && value.low == 0;
	value.low = 1;
	is_right = is_right && pair_cell_load(&it.cell, &value) == 0 && value.low == 0;
	return is_right && !pair_once_get(&it.once) && job_queue_is_empty(&it.jobs) &&
	       job_stack_is_empty(&it.done);
}

// The bytes that an object on the stack finds are whatever was there before.
alignas(desk) static unsigned char used[sizeof(desk)];

static void a_declared_object_is_zero(void)
{
	struct pair job = {7, 8}, popped = {0, 0};

	memset(used, 0xa5, sizeof(used));
	desk *it = new (used) desk;
	TEST_CHECK(is_fresh(*it));
	TEST_CHECK(job_queue_push(&it->jobs, job) == 0 && job_stack_push(&it->done, job) == 0);
	TEST_CHECK(job_queue_pop(&it->jobs, &popped) && popped.low == 7);
	desk_fini(it);

	memset(used, 0xa5, sizeof(used));
	it = new (used) desk();
	TEST_CHECK(is_fresh(*it));
	desk_fini(it);

	memset(used, 0xa5, sizeof(used));
	it = new (used) desk{};
	TEST_CHECK(is_fresh(*it));
	desk_fini(it);

	desk local;
	TEST_CHECK(is_fresh(local));
	desk_fini(&local);
}

static void static_objects_are_zero(void)
{
	TEST_CHECK(is_fresh(static_desk));
	TEST_CHECK(afield_i64_load(&with_zero) == 0 && !pair_locked_is_mine(&locked_with_zero));
	desk_fini(&static_desk);
}

#if __cplusplus >= 201402L
static void a_declared_field_is_zero(void)
{
	memset(used, 0xa5, sizeof(used));
	TEST_CHECK(afield_i64_load(new (used) afield_i64) == 0);
	memset(used, 0xa5, sizeof(used));
	pair_locked *locked = new (used) pair_locked;
	struct pair value = {1, 1};
	TEST_CHECK(pair_locked_load(locked, &value) == 0 && value.low == 0 && value.high == 0);
	memset(used, 0xa5, sizeof(used));
	TEST_CHECK(job_queue_is_empty(new (used) job_queue));
}
#endif

static void types_may_stand_in_a_namespace(void)
{
	bank::vault_locked locked = {};
	bank::vault_rwlocked shared = {};
	bank::vault_cell cell = {};
	long seen = 0;

	AFIELD_LOCKED(bank::vault_locked, value, &locked)
	{
		value->low = 1;
		if (value->low)
			break;
		value->low = 2;
	}
	TEST_CHECK(bank::vault_locked_try_lock(&locked) != NULL); /* break has unlocked */
	bank::vault_locked_unlock(&locked);
	AFIELD_WRITING(bank::vault_rwlocked, value, &shared)
	{
		value->high = 3;
	}
	AFIELD_READING(bank::vault_rwlocked, value, &shared)
	{
		seen = value->high;
	}
	TEST_CHECK(seen == 3);
	AFIELD_BORROWED_MUT(bank::vault_cell, value, &cell)
	{
		value->low = 5;
		AFIELD_BORROWED(bank::vault_cell, other, &cell)
		{
			seen = other->low;
		}
	}
	TEST_CHECK(seen == 3); /* refused meanwhile: the block did not run */
	AFIELD_BORROWED(bank::vault_cell, value, &cell)
	{
		seen = value->low;
	}
	TEST_CHECK(seen == 5);
}

int main(void)
{
	TEST_RUN(types_may_stand_in_a_namespace);
	TEST_RUN(static_objects_are_zero);
	TEST_RUN(a_declared_object_is_zero);
#if __cplusplus >= 201402L
	TEST_RUN(a_declared_field_is_zero);
#endif
	return test_done();
}
