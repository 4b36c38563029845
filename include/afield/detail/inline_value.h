/* SPDX-License-Identifier: MIT */
/*
 * inline_value: a value that lives in its field, and the functions that its user wrote for it.
 *
 * Kinds that guard a struct in place (locked, rwlocked, once, cell) end their field with a member
 * `value` and describe it with AFIELD_INLINE_VALUE: where it is, and the functions behind the type
 * in AFIELD_TYPE, if there are any: one that gives back what the value owns, and one that shows the
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
 * otherwise 0. It does nothing else: a collector calls it, beside whoever has the lock or the
 * borrow of the field. Therefore:
 *
 *   - What visit reads (the references, and how many there are) is written by threads that are
 *     attached to the host, under the lock as everything is. A thread that is detached, or that the
 *     host does not know, may have the lock and write all other members.
 *   - Where a thread that writes them calls the host or detaches, the value is whole: it owns each
 *     reference that visit shows. So the old reference is given up after the new one is in place,
 *     and after the lock.
 *
 *	Py_BEGIN_ALLOW_THREADS;                        // wrong: a collection may be under way
 *	AFIELD_LOCKED(callback_locked, callback, &self->callback)
 *		callback->function = Py_NewRef(function);
 *	Py_END_ALLOW_THREADS;
 *
 *	AFIELD_LOCKED(callback_locked, callback, &self->callback)   // right; a wait detaches by itself
 *	{
 *		old = callback->function;
 *		callback->function = Py_NewRef(function);
 *	}
 *	Py_XDECREF(old);
 *
 * Such a struct has at most AFIELD_INLINE_VALUE_MOST_KEEPING bytes, because the collector moves it
 * out to destroy it, and may not allocate.
 *
 * Synchronization: the table is constant. afield_inline_value_fini needs the field alone.
 */
#ifndef AFIELD_DETAIL_INLINE_VALUE_H
#define AFIELD_DETAIL_INLINE_VALUE_H

#include <stddef.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/detail/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The most bytes of a value that keeps objects. */
enum { AFIELD_INLINE_VALUE_MOST_KEEPING = 1024 };

/* The `detail` of a struct afield_type whose kind keeps its value inside. */
struct afield_inline_value {
	size_t offset;                /* of the value, from the start of the field */
	void (*destroy)(void *value); /* or NULL */
	int (*visit)(void *value, int (*visit)(void *object, void *argument), void *argument);
};

/* The value of a field. Whether this thread may look at it is the kind's matter. */
static inline void *afield_inline_value(const struct afield_type *type, const void *it)
{
	const struct afield_inline_value *inside = (const struct afield_inline_value *)type->detail;

	return (char *)(uintptr_t)it + inside->offset;
}

/*
 * Destroys the value of a field, or a value that has been moved out of one, unless it is all zero
 * bytes, and leaves zero bytes.
 *   Concurrent with them: nobody uses the field, or the value. Progress: that of the destructor.
 *   Ordering: none; the caller has it alone. Return nothing.
 */
AFIELD_EXPORT void afield_inline_value_destroy(const struct afield_type *type, void *value);
AFIELD_EXPORT void afield_inline_value_fini(const struct afield_type *type, void *field);

/*
 * Whether the contract above is kept: a thread that takes and releases a lock of the value while it
 * is not attached leaves what visit shows as it is. A debug build asks, where AFIELD_DEBUG is
 * defined for the file with the AFIELD_TYPE: begin is called when a lock was taken, end before it
 * is released. They note a sum of what visit shows, up to 64 fields at a time; a lock that finds no
 * place is not looked at, and neither is one that a thread releases attached, for it may have been
 * attached longer. What `end` finds is a misuse (misuse.h).
 *   Concurrent with them: everything; the caller has the lock. Progress: blocking, for a moment.
 *   Ordering: none. Never fails.
 */
AFIELD_EXPORT void afield__inline_value_begin(const struct afield_inline_value *inside, void *it);
AFIELD_EXPORT void afield__inline_value_end(const struct afield_inline_value *inside, void *it,
					    const char *name);

#ifdef __cplusplus
}
#endif

/*
 * For the generator macro of a kind that takes T and perhaps a destructor and a visit function, and
 * knows how many of the three it was given (AFIELD__COUNT). AFIELD_INLINE_VALUE(count, name, T,
 * destructor, visit) stands behind the struct `name` with its member `value`; what was not given
 * may be anything. It declares `name__inline_value`, a constant struct afield_inline_value.
 */
#define AFIELD_INLINE_VALUE(count, name, T, ...) \
	AFIELD__JOIN(AFIELD__INLINE_VALUE_, count)(name, T, __VA_ARGS__)

#define AFIELD__INLINE_VALUE_1(name, T, ...) \
	AFIELD_VALUE_TYPE_DECLARE(name, T);  \
	AFIELD__INLINE_VALUE_TABLE(1, name, offsetof(name, value), NULL, ~)
#define AFIELD__INLINE_VALUE_2(name, T, destructor, ...) \
	AFIELD_VALUE_TYPE_DECLARE(name, T);              \
	AFIELD__INLINE_VALUE_TABLE(2, name, offsetof(name, value), NULL, destructor)
#define AFIELD__INLINE_VALUE_3(name, T, destructor, see, ...)                                      \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                                        \
	AFIELD__ASSERT(sizeof(T) <= AFIELD_INLINE_VALUE_MOST_KEEPING,                              \
		       "afield: '" #name "' keeps objects in a '" #T "' of more than 1024 bytes, " \
		       "which a collector cannot move out; keep what is large behind a pointer");  \
	AFIELD__INLINE(int name##__visit(void *value, int (*visit)(void *object, void *argument),  \
					 void *argument),                                          \
		       return see((name##_value *)value, visit, argument));                        \
	AFIELD__INLINE_VALUE_TABLE(2, name, offsetof(name, value), name##__visit, destructor)

/* The destructor and the table, of a value at this offset. */
#define AFIELD__INLINE_VALUE_TABLE(count, name, offset, visit, destructor)    \
	AFIELD__DESTROY(count, name, destructor);                             \
	AFIELD__CONSTANT(struct afield_inline_value name##__inline_value) = { \
		offset, AFIELD_UNLESS_OWNED(count, NULL, name##__destroy), visit}

/* For generator macros: what a debug build does behind the begin of a lock and before its
 * end. */
#ifdef AFIELD_DEBUG
#define AFIELD_INLINE_VALUE_BEGIN(name, it) \
	afield__inline_value_begin(&name##__inline_value, (void *)(it))
#define AFIELD_INLINE_VALUE_END(name, it) \
	afield__inline_value_end(&name##__inline_value, (void *)(it), #name)
#else
#define AFIELD_INLINE_VALUE_BEGIN(name, it) ((void)0)
#define AFIELD_INLINE_VALUE_END(name, it) ((void)0)
#endif

#endif
