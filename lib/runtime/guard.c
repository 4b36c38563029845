/* SPDX-License-Identifier: MIT */
/*
 * guard: what the tables of kinds point to whose values are reached under locks; and locks that a
 * host has taken for its users.
 */
#include <afield/detail/guard.h>

#include <errno.h>
#include <string.h>

static const struct afield_lock_mode *mode_for_reading(const struct afield_type *type)
{
	return type->binding->lock_modes;
}

static const struct afield_lock_mode *mode_for_writing(const struct afield_type *type)
{
	return type->binding->lock_modes + type->binding->lock_mode_count - 1;
}

/* Whether a lock in this thread's list and another of the same field exclude each other. */
static bool is_in_my_own_way(const struct afield_lock_mode *mode, const void *field)
{
	const struct afield_held_lock *lock = afield_held_locks();

	while (lock && (lock->at != field || !(lock->mode->may_write || mode->may_write)))
		lock = lock->next;
	return lock != NULL;
}

/* A kind does not know all that share a lock by name: one that waits might wait for itself. */
static int begin(const struct afield_lock_mode *mode, const struct afield_type *type, void *field,
		 const struct timespec *deadline)
{
	if (!mode->begin)
		return mode->try_begin(type, field);
	if (!is_in_my_own_way(mode, field))
		return mode->begin(type, field, deadline);
	return mode->try_begin(type, field) ? -EDEADLK : 0;
}

int afield_held_lock_begin(struct afield_held_lock *lock, bool may_wait,
			   const struct timespec *deadline)
{
	struct afield__self *self = afield__self_get();
	int error = !self      ? -ENOMEM
		    : may_wait ? begin(lock->mode, lock->type, lock->at, deadline)
			       : lock->mode->try_begin(lock->type, lock->at);

	if (error)
		return error;
	lock->next = AFIELD_LOAD(&self->held_locks, relaxed);
	AFIELD_STORE(&self->held_locks, lock, relaxed);
	return 0;
}

void afield_held_lock_end(struct afield_held_lock *lock)
{
	struct afield_held_lock *before = afield_held_locks();

	if (before == lock) {
		AFIELD_STORE(&afield__self->held_locks, lock->next, relaxed);
	} else {
		while (before->next != lock)
			before = before->next;
		before->next = lock->next;
	}
	lock->mode->end(lock->type, lock->at);
}

int afield_guarded_load(const struct afield_type *type, const void *field, void *value)
{
	const struct afield_lock_mode *mode = mode_for_reading(type);
	void *it = (void *)(uintptr_t)field;
	int error = begin(mode, type, it, NULL);

	if (error)
		return error;
	memcpy(value, afield_inline_value(type, it), type->value_type.size);
	mode->end(type, it);
	return 0;
}

int afield_guarded_store(const struct afield_type *type, void *field, const void *value)
{
	const struct afield_lock_mode *mode = mode_for_writing(type);
	int error = begin(mode, type, field, NULL);

	if (error)
		return error;
	memcpy(afield_inline_value(type, field), value, type->value_type.size);
	mode->end(type, field);
	return 0;
}

int afield_guarded_exchange(const struct afield_type *type, void *field, void *result,
			    const void *const *arguments)
{
	const struct afield_lock_mode *mode = mode_for_writing(type);
	int error = begin(mode, type, field, NULL);

	if (error)
		return error;
	memcpy(result, afield_inline_value(type, field), type->value_type.size);
	memcpy(afield_inline_value(type, field), arguments[0], type->value_type.size);
	mode->end(type, field);
	return 0;
}

int afield_guarded_traverse(const struct afield_type *type, void *field,
			    int (*visit)(void *object, void *argument), void *argument)
{
	const struct afield_inline_value *inside = (const struct afield_inline_value *)type->detail;

	return inside->visit ? inside->visit(afield_inline_value(type, field), visit, argument) : 0;
}

void afield_guarded_clear(const struct afield_type *type, void *field)
{
	const struct afield_inline_value *inside = (const struct afield_inline_value *)type->detail;
	const struct afield_lock_mode *mode = mode_for_writing(type);
	/* A collector does not allocate. Only so much of it is touched as the value has. */
	_Alignas(16) char value[AFIELD_INLINE_VALUE_MOST_KEEPING];

	if (!inside->visit || mode->try_begin(type, field))
		return;
	memcpy(value, afield_inline_value(type, field), type->value_type.size);
	memset(afield_inline_value(type, field), 0, type->value_type.size);
	mode->end(type, field);
	afield_inline_value_destroy(type, value);
}
