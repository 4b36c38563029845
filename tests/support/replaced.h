/* SPDX-License-Identifier: MIT */
/*
 * replaced: what a program writes around a function of the C library's that it defines itself, and
 * which the libraries then use too.
 *
 *	REPLACED_BEGIN
 *	REPLACED_UNSEEN void *malloc(size_t size) NOTHROW { ... }
 *	REPLACED_END
 */
#ifndef AFIELD_TESTS_REPLACED_H
#define AFIELD_TESTS_REPLACED_H

#ifdef __cplusplus
#define REPLACED_BEGIN extern "C" {
#define REPLACED_END }
#define NOTHROW noexcept
#else
#define REPLACED_BEGIN
#define REPLACED_END
#define NOTHROW
#endif

/* Of a function that is called before a sanitizer has begun, which its instrumentation would not
 * survive. */
#ifdef __clang__
#define REPLACED_UNSEEN __attribute__((disable_sanitizer_instrumentation))
#else
#define REPLACED_UNSEEN __attribute__((no_sanitize_thread))
#endif

#endif
