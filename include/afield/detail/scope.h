/* SPDX-License-Identifier: MIT */
/*
 * scope: a block of code in which a pointer is valid, closed on every way out of it.
 *
 *	AFIELD_LOCKED(stream_locked, stream, &object->stream)
 *	{
 *		stream->position++;
 *		if (stream->position == stream->end)
 *			return; // unlocks
 *	}
 *
 * A kind whose value is reached only between two calls (lock and unlock, borrow and release) makes
 * such a block with AFIELD_SCOPE_TYPE in its generator macro, and in C++ a guard class of the same
 * meaning:
 *
 *	stream_locked_guard stream(object->stream);
 *	if (stream)
 *		stream->position++;
 *
 * When to use it: in a kind. Users meet the kind's own name for it. When not: where opening cannot
 * be told from a pointer that is NULL.
 *
 * Synchronization: a scope belongs to the thread that opened it.
 */
#ifndef AFIELD_DETAIL_SCOPE_H
#define AFIELD_DETAIL_SCOPE_H

#include <stddef.h>

#include <afield/detail/macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/*
 * AFIELD_SCOPE_TYPE(prefix, F, T, open, close): for `T *open(F *)`, which returns NULL when it
 * cannot, and `void close(F *)`. It declares
 *   prefix_scope                 what AFIELD_SCOPE keeps on the stack
 *   class prefix_guard           in C++ alone; not copied, false when it could not open
 */
#ifndef __cplusplus
#define AFIELD_SCOPE_TYPE(prefix, F, T, open, close)               \
	typedef T *prefix##__pointer;                              \
	typedef struct prefix##_scope {                            \
		F *field;                                          \
		prefix##__pointer value;                           \
	} prefix##_scope;                                          \
	static inline prefix##_scope prefix##__enter(F *field)     \
	{                                                          \
		prefix##_scope scope = { field, open(field) };     \
		return scope;                                      \
	}                                                          \
	static inline void prefix##__leave(prefix##_scope * scope) \
	{                                                          \
		if (scope->value)                                  \
			close(scope->field);                       \
		scope->value = NULL;                               \
	}                                                          \
	AFIELD__SEMICOLON
#else
#define AFIELD_SCOPE_TYPE(prefix, F, T, open, close)            \
	typedef T *prefix##__pointer;                           \
	typedef afield_scope<F, T, open, close> prefix##_scope; \
	typedef afield_guard<F, T, open, close> prefix##_guard
#endif

/*
 * AFIELD_SCOPE(prefix, pointer, field) { ... }: the block runs once, with `pointer` declared in it,
 * or not at all when `field` cannot be opened. break, return, goto and C++ exceptions close it;
 * break leaves this block alone. longjmp does not close it. In C++ a destructor closes, and not the
 * attribute: gcc looks for its function by a name without a namespace.
 */
#ifndef __cplusplus
#define AFIELD_SCOPE(prefix, pointer, field)                                     \
	for (prefix##_scope pointer##__scope                                     \
	     __attribute__((cleanup(prefix##__leave))) = prefix##__enter(field); \
	     pointer##__scope.value; prefix##__leave(&pointer##__scope))         \
		for (prefix##__pointer pointer = pointer##__scope.value; pointer; pointer = NULL)
#else
#define AFIELD_SCOPE(prefix, pointer, field)                                 \
	for (prefix##_scope pointer##__scope(field); pointer##__scope.value; \
	     pointer##__scope.leave())                                       \
		for (prefix##__pointer pointer = pointer##__scope.value; pointer; pointer = NULL)

template <class F, class T, T *(*Open)(F *), void (*Close)(F *)> struct afield_scope {
	F *field;
	T *value;

	explicit afield_scope(F *it) : field(it)
	, value(Open(it))
	{
	}
	~afield_scope()
	{
		leave();
	}
	afield_scope(const afield_scope &) = delete;
	afield_scope &operator=(const afield_scope &) = delete;
	void leave()
	{
		if (value)
			Close(field);
		value = nullptr;
	}
};

template <class F, class T, T *(*Open)(F *), void (*Close)(F *)> class afield_guard
{
	F *field_;
	T *value_;

      public:
	explicit afield_guard(F &field) : field_(&field), value_(Open(&field))
	{
	}
	~afield_guard()
	{
		if (value_)
			Close(field_);
	}
	afield_guard(const afield_guard &) = delete;
	afield_guard &operator=(const afield_guard &) = delete;
	explicit operator bool() const
	{
		return value_ != nullptr;
	}
	T &operator*() const
	{
		return *value_;
	}
	T *operator->() const
	{
		return value_;
	}
};
#endif

#endif
