/* SPDX-License-Identifier: MIT */
/*
 * sanitizers: whether a sanitizer watches this program, for tests of what it has its own way with:
 * malloc, signals, forks, threads.
 *
 *	if (SANITIZERS_THREAD) ...
 *	#if SANITIZERS_ADDRESS || SANITIZERS_THREAD
 */
#ifndef AFIELD_TESTS_SANITIZERS_H
#define AFIELD_TESTS_SANITIZERS_H

/* gcc defines a macro, clang has a question. */
#if defined(__has_feature)
#define SANITIZERS_ADDRESS __has_feature(address_sanitizer)
#define SANITIZERS_THREAD __has_feature(thread_sanitizer)
#else
#ifdef __SANITIZE_ADDRESS__
#define SANITIZERS_ADDRESS 1
#else
#define SANITIZERS_ADDRESS 0
#endif
#ifdef __SANITIZE_THREAD__
#define SANITIZERS_THREAD 1
#else
#define SANITIZERS_THREAD 0
#endif
#endif

#endif
