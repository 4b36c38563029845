/* SPDX-License-Identifier: MIT */
/*
 * relacy_litmus: stands before a litmus program that is compiled as C++ for relacy, and gives its
 * pthread_create, malloc and main a meaning there.
 */
#ifndef AFIELD_TESTS_RELACY_LITMUS_H
#define AFIELD_TESTS_RELACY_LITMUS_H

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cstdio>
#include <new>

#include <relacy/relacy.hpp>
#undef new
#undef delete

/* <assert.h> may come again in the program, and is relacy's then too. */
#define __assert_fail(condition, file, line, function) \
	rl::ctx().fail_test(condition, rl::test_result_user_assert_failed, $)

int relacy_create(pthread_t *thread, void *(*body)(void *), void *argument);
int relacy_join(pthread_t thread);
#undef pthread_create
#undef pthread_join
#define pthread_create(thread, attributes, body, argument) relacy_create(thread, body, argument)
#define pthread_join(thread, result) relacy_join(thread)

/* False when one of the executions failed; `report` has what relacy says of it. */
bool relacy_run(unsigned executions, std::ostream &report);

/* What an execution has come to; for programs that are run by who compares that. */
void afield_explore_outcome(const char *format, ...);

#ifndef RELACY_RUN
#define main relacy_main
#endif

#endif
