/* SPDX-License-Identifier: MIT */
/*
 * macros: what the macros of field.h, record.h, class.h and of every kind are made of.
 *
 * When to use it: to write a kind. Users of fields need nothing of it.
 */
#ifndef AFIELD_DETAIL_MACROS_H
#define AFIELD_DETAIL_MACROS_H

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
#define AFIELD__ASSERT(condition, sentence) static_assert(condition, sentence)
#define AFIELD__ALIGNOF(T) alignof(T)
#else
#define AFIELD__ASSERT(condition, sentence) _Static_assert(condition, sentence)
#define AFIELD__ALIGNOF(T) _Alignof(T)
#endif

/* Of a function whose refusal must be looked at. `(void)!jobs_push(...)` says that it need not
 * be. */
#define AFIELD__MUST_CHECK __attribute__((warn_unused_result))

/* The last line of a macro that writes functions: the user writes the semicolon. */
#define AFIELD__SEMICOLON AFIELD__ASSERT(1, "")

/*
 * A function of one statement, whose declaration comes first:
 *	AFIELD__INLINE(bool jobs_pop(jobs *field, struct job *value),
 *		       return afield__queue_pop(&field->queue, &jobs__element, value));
 */
#define AFIELD__INLINE(declaration, ...) \
	static inline declaration        \
	{                                \
		__VA_ARGS__;             \
	}                                \
	AFIELD__SEMICOLON

/* For functions that are good only where some arguments are constants, as a generator writes them. */
#define AFIELD__ALWAYS_INLINE static inline __attribute__((always_inline))

/*
 * Of a type and the functions behind it, of which `count` were given: AFIELD_UNLESS_OWNED is its
 * second argument where there is no destructor, otherwise its third. AFIELD__DESTROY declares
 * name__destroy where there is one, for who knows the value as bytes.
 */
#define AFIELD_UNLESS_OWNED(count, plain, owner) \
	AFIELD__JOIN(AFIELD__UNLESS_OWNED_, count)(plain, owner)
#define AFIELD__UNLESS_OWNED_1(plain, owner) plain
#define AFIELD__UNLESS_OWNED_2(plain, owner) owner
#define AFIELD__UNLESS_OWNED_3(plain, owner) owner
#define AFIELD__DESTROY(count, name, destructor)                                                   \
	AFIELD__ASSERT((count) < 3, "afield: '" #name "' names a function behind its destructor, " \
				    "which its kind never calls; leave it out");                   \
	AFIELD_UNLESS_OWNED(count, AFIELD__SEMICOLON,                                              \
			    AFIELD__INLINE(void name##__destroy(void *value),                      \
					   destructor((name##_value *)value)))

/*
 * A function of the user's, `result function(qualifier T *value, void *argument)`, for who knows the
 * value as bytes: struct name__way carries it and its argument, name__way_call calls it. `give` is
 * return, or nothing where `result` is void.
 */
#define AFIELD__CALLBACK(name, way, result, give, qualifier)                              \
	struct name##__##way {                                                            \
		result (*function)(qualifier name##_value * value, void *argument);       \
		void *argument;                                                           \
	};                                                                                \
	static inline result name##__##way##_call(qualifier void *value, void *context)   \
	{                                                                                 \
		const struct name##__##way *call = (const struct name##__##way *)context; \
		give call->function((qualifier name##_value *)value, call->argument);     \
	}                                                                                 \
	AFIELD__SEMICOLON

/* A constant that nobody needs to use. */
#define AFIELD__CONSTANT(declaration) static const declaration __attribute__((unused))

/* The number of elements of an array. */
#define AFIELD__LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/*
 * What these macros write are functions and constants of a namespace: C++ has other words for them
 * in a class. A variable that nobody defines says so: in a class it is an error that names it.
 */
#ifdef __cplusplus
#define AFIELD__IN_NAMESPACE(macro) \
	extern char __attribute__((unused)) macro##_stands_in_a_namespace_not_in_a_class
extern "C" { /* so that they may stand in a block of this sort, too */
AFIELD__IN_NAMESPACE(AFIELD_TYPE);
AFIELD__IN_NAMESPACE(AFIELD_RECORD);
AFIELD__IN_NAMESPACE(AFIELD_CLASS);
}
#else
#define AFIELD__IN_NAMESPACE(macro) AFIELD__SEMICOLON
#endif

/* Nobody calls every function that comes out, and clang would name each that is left. */
#ifdef __clang__
#define AFIELD__MAY_BE_UNUSED \
	_Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wunused-function\"")
#define AFIELD__MAY_BE_UNUSED_END _Pragma("clang diagnostic pop")
#else
#define AFIELD__MAY_BE_UNUSED
#define AFIELD__MAY_BE_UNUSED_END
#endif

/* 1 when the argument begins with a parenthesis, as a registered kind does, otherwise 0. */
#define AFIELD__IS_KIND(maker) AFIELD__SECOND(AFIELD__PROBE maker, 0, 0)
#define AFIELD__PROBE(...) 0, 1
#define AFIELD__SECOND(...) AFIELD__SECOND_(__VA_ARGS__)
#define AFIELD__SECOND_(first, second, ...) second
#define AFIELD__UNWRAP(...) __VA_ARGS__

/* The number of arguments, 1 to 8. */
#define AFIELD__COUNT(...) AFIELD__COUNT_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define AFIELD__COUNT_(a, b, c, d, e, f, g, h, count, ...) count

/* Of a row of a list: it has a type and a name. `what` is a string. */
#define AFIELD__ROW_IS_WHOLE(what, type, name)                                                \
	AFIELD__ASSERT(sizeof("" #type) > 1, "afield: the " what " '" #name "' has no type"); \
	AFIELD__ASSERT(sizeof("" #name) > 1, "afield: a " what " of type '" #type "' has no name")

/* Joins two tokens after expanding them. */
#define AFIELD__JOIN(left, right) AFIELD__JOIN_(left, right)
#define AFIELD__JOIN_(left, right) left##right

#endif
