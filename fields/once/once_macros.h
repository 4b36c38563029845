/* SPDX-License-Identifier: MIT */
/*
 * once_macros: what AFIELD_TYPE(name, once, ...) writes, and the functions behind it.
 *
 * When to use it: through once.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of once.h.
 */
#ifndef AFIELD_ONCE_MACROS_H
#define AFIELD_ONCE_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/detail/inline_value.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>
#include <afield/wait.h>

#include <afield/detail/once_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every once field begins with. The value follows it. */
struct afield__once {
	afield__once_state state;
	struct afield_waiters waiters; /* while another thread makes the value */
};

/*
 * Waits until this thread may make the value, whose bytes are then zero: 0. Returns 1 when it is
 * there already, -EDEADLK when this thread is making it, -EINTR when the host ended the wait.
 */
AFIELD_EXPORT int afield__once_begin(struct afield__once *once, void *value, size_t size);

/* Ends a making that has begun. */
AFIELD_EXPORT void afield__once_end(struct afield__once *once, void *value, size_t size,
				    bool is_done);

/* A making that has begun, which ends on every way out, an exception of C++ included. */
struct afield__once_making {
	struct afield__once *once;
	void *value;
	size_t size;
	bool is_done;
};

static inline void afield__once_leave(struct afield__once_making *making)
{
	afield__once_end(making->once, making->value, making->size, making->is_done);
}

static inline int afield__once_init_slow(struct afield__once *once, void *value, size_t size,
					 int (*init)(void *value, void *context), void *context)
{
	int error = afield__once_begin(once, value, size);

	if (error != 0)
		return error > 0 ? 0 : error;
	struct afield__once_making making
		__attribute__((cleanup(afield__once_leave))) = {once, value, size, false};
	error = init(value, context);
	making.is_done = error == 0;
	return error;
}

static inline int afield__once_get_or_init(struct afield__once *once, void *value, size_t size,
					   int (*init)(void *value, void *context), void *context)
{
	return afield__once_is_set(&once->state)
		       ? 0
		       : afield__once_init_slow(once, value, size, init, context);
}

/* Makes the value a copy of *source; the errors are those of name_set. */
AFIELD_EXPORT int afield__once_set(struct afield__once *once, void *value, const void *source,
				   size_t size);

/* What the tables of this kind's types point to. */
AFIELD_EXPORT int afield__once_table_load(const struct afield_type *type, const void *field,
					  void *value);
AFIELD_EXPORT int afield__once_table_store(const struct afield_type *type, void *field,
					   const void *value);
AFIELD_EXPORT void afield__once_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__once_host_binding;

#ifdef __cplusplus
}
#endif

#define AFIELD__ONCE_OPERATIONS(name)                                                             \
	AFIELD__INLINE(const name##_value *name##_get(const name *field),                         \
		       return afield__once_is_set(&field->once.state) ? &(field)->value : NULL);  \
	AFIELD__CALLBACK(name, init, int, return, );                                              \
	static inline int name##_get_or_init(name *field,                                         \
					     int (*init)(name##_value * value, void *argument),   \
					     void *argument, const name##_value **value)          \
	{                                                                                         \
		struct name##__init call = {init, argument};                                      \
		int error =                                                                       \
			afield__once_get_or_init(&field->once, &field->value,                     \
						 sizeof(name##_value), name##__init_call, &call); \
		if (error == 0)                                                                   \
			*value = &(field)->value;                                                 \
		return error;                                                                     \
	}                                                                                         \
	AFIELD__INLINE(                                                                           \
		int name##_set(name *field, name##_value value),                                  \
		return afield__once_set(&field->once, &field->value, &value, sizeof(value)))

#define AFIELD__ONCE_TABLE(name, T, load, store)                                    \
	AFIELD_TYPE_TABLE(name, "once", AFIELD_VALUE_TYPE(name, T), 0, load, store, \
			  afield__once_table_fini, NULL, 0, &name##__inline_value,  \
			  &afield__once_host_binding);                              \
	AFIELD__FINI(name)

#endif
