/*
 * inside: a value that lives in its field, and the functions that its user wrote for it.
 *
 * Kinds that guard a struct in place (locked, rwlocked, once, cell) end their field with a member
 * `value` and describe it with AFIELD_INSIDE: where it is, and the functions behind the type in
 * AFIELD_TYPE, if there are any: one that gives back what the value owns, and one that shows the
 * objects of the host in it. One function then finishes a value of any of these kinds.
 *
 *	AFIELD_TYPE(stream_locked, locked, struct stream, stream_free);
 *	AFIELD_TYPE(callback_locked, locked, struct callback, callback_free, callback_visit);
 *
 * When to use it: in a kind. When not: in a kind that copies values or points to them.
 *
 * The destructor is `void stream_free(struct stream *value)`, called once, by fini, for a value
 * that is not all zero bytes: bytes of zero are a fresh field, which owns nothing. A field type
 * with a destructor has no load and no store by value, for two copies would own one thing.
 *
 * `int callback_visit(struct callback *value, int (*visit)(void *object, void *argument), void
 * *argument)` is for a struct with references to objects of the host (PyObject *), which the
 * destructor gives up. It calls visit for each that is not NULL, and returns at once what is not 0,
 * otherwise 0. It does nothing else: a collector calls it.
 *
 * Synchronization: the table is constant. afield_inside_fini needs the field alone.
 */
#ifndef AFIELD_INSIDE_H
#define AFIELD_INSIDE_H

#include <stddef.h>

#include "export.h"
#include "field.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The `detail` of a struct afield_type whose kind keeps its value inside. */
struct afield_inside {
	size_t offset;                /* of the value, from the start of the field */
	void (*destroy)(void *value); /* or NULL */
	int (*visit)(void *value, int (*visit)(void *object, void *argument), void *argument);
};

/* The value of a field. Whether this thread may look at it is the kind's matter. */
static inline void *afield_inside(const struct afield_type *type, const void *it)
{
	const struct afield_inside *inside = (const struct afield_inside *)type->detail;

	return (char *)(uintptr_t)it + inside->offset;
}

/*
 * Destroys the value of a field, or a value that has been moved out of one, unless it is all zero
 * bytes, and leaves zero bytes.
 *   Beside them: nobody uses the field, or the value. Progress: that of the destructor. Ordering:
 *   none; the caller has it alone. Return nothing.
 */
AFIELD_EXPORT void afield_inside_destroy(const struct afield_type *type, void *value);
AFIELD_EXPORT void afield_inside_fini(const struct afield_type *type, void *field);

#ifdef __cplusplus
}
#endif

/*
 * For the maker of a kind that takes T and perhaps a destructor and a visit function, and knows how
 * many of the three it was given (AFIELD__COUNT). AFIELD_INSIDE(count, name, T, destructor, visit)
 * stands behind the struct `name` with its member `value`; what was not given may be anything. Out
 * comes `name__inside`, a constant struct afield_inside. AFIELD_UNLESS_OWNED is its second argument
 * where there is no destructor, otherwise its third.
 */
#define AFIELD_INSIDE(count, name, T, ...) \
	AFIELD__JOIN(AFIELD__INSIDE_, count)(name, T, __VA_ARGS__)
#define AFIELD_UNLESS_OWNED(count, plain, owner) \
	AFIELD__JOIN(AFIELD__UNLESS_OWNED_, count)(plain, owner)

#define AFIELD__INSIDE_1(name, T, ...) \
	AFIELD__INSIDE_CHECK(name, T); \
	AFIELD__INSIDE_TABLE(name, NULL, NULL)
#define AFIELD__INSIDE_2(name, T, destructor, ...) \
	AFIELD__INSIDE_CHECK(name, T);             \
	AFIELD__INSIDE_DESTROY(name, destructor)   \
	AFIELD__INSIDE_TABLE(name, name##__destroy, NULL)
#define AFIELD__INSIDE_3(name, T, destructor, see, ...)                                          \
	AFIELD__INSIDE_CHECK(name, T);                                                           \
	AFIELD__INSIDE_DESTROY(name, destructor)                                                 \
	static inline int name##__visit(void *value, int (*visit)(void *object, void *argument), \
					void *argument)                                          \
	{                                                                                        \
		return see((name##_value *)value, visit, argument);                              \
	}                                                                                        \
	AFIELD__INSIDE_TABLE(name, name##__destroy, name##__visit)
#define AFIELD__UNLESS_OWNED_1(plain, owner) plain
#define AFIELD__UNLESS_OWNED_2(plain, owner) owner
#define AFIELD__UNLESS_OWNED_3(plain, owner) owner

#define AFIELD__INSIDE_DESTROY(name, destructor)        \
	static inline void name##__destroy(void *value) \
	{                                               \
		destructor((name##_value *)value);      \
	}
#define AFIELD__INSIDE_TABLE(name, destroy, visit)                \
	static const struct afield_inside __attribute__((unused)) \
	name##__inside = {offsetof(name, value), destroy, visit}

#ifdef __cplusplus
#define AFIELD__INSIDE_COPYABLE(name, T)           \
	AFIELD__ASSERT(__is_trivially_copyable(T), \
		       "afield: '" #name "' holds a '" #T "', which is not trivially copyable")
#else
#define AFIELD__INSIDE_COPYABLE(name, T) AFIELD__ASSERT(1, "")
#endif
#define AFIELD__INSIDE_CHECK(name, T)                                                       \
	AFIELD__INSIDE_COPYABLE(name, T);                                                   \
	AFIELD__ASSERT(AFIELD__ALIGNOF(name) <= 16,                                         \
		       "afield: '" #name "' holds a '" #T "', which asks for more than 16 " \
		       "bytes of alignment")

#endif
