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

/* Joins two tokens after expanding them. */
#define AFIELD__JOIN(left, right) AFIELD__JOIN_(left, right)
#define AFIELD__JOIN_(left, right) left##right

#endif
