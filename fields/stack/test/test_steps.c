/* SPDX-License-Identifier: MIT */
/*
 * stack, where no pause point of ours can stand: a thread stands still, or ends, before each single
 * instruction that libafield executes for it, ConcurrencyKit's inlined code included. Nobody waits
 * for it, and nobody else's value is lost or doubled. (Not with AddressSanitizer, whose own
 * instructions are most of what is executed there.)
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/reclaim.h>
#include <afield/stack.h>

#include "sanitizers.h"
#include "steps.h"
#include "test.h"

AFIELD_TYPE(numbers, stack, long);

#if STEPS_WORK && !SANITIZERS_ADDRESS
#include <dlfcn.h>
#include <link.h>

enum { INSIDE = 3, MOST = 4000 };

/* Where the library's code lies: an end inside malloc would leave its lock behind. */
static uintptr_t text_begin, text_end;

static int find_text(struct dl_phdr_info *info, size_t size, void *inside)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		uintptr_t end = begin + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && (uintptr_t)inside >= begin &&
		    (uintptr_t)inside < end) {
			text_begin = begin;
			text_end = end;
		}
	}
	return 0;
}

/* Counts the library's instructions; at zero the thread is held, or ends. */
static enum steps_answer at_instruction(struct steps *steps, const greg_t *registers,
					enum steps_answer then)
{
	uintptr_t now = (uintptr_t)registers[REG_RIP];

	if (now < text_begin || now >= text_end)
		return STEPS_GO;
	return --steps->count == 0 ? then : STEPS_GO;
}
static enum steps_answer hold_at(struct steps *steps, const greg_t *registers)
{
	return at_instruction(steps, registers, STEPS_HOLD);
}
static enum steps_answer end_at(struct steps *steps, const greg_t *registers)
{
	return at_instruction(steps, registers, STEPS_END);
}

static void push(void *stack)
{
	(void)!numbers_push((numbers *)stack, INSIDE + 1);
}
static void pop(void *stack)
{
	long value;

	(void)numbers_pop((numbers *)stack, &value);
}
static void drop(long *value, void *unused)
{
	(void)value;
	(void)unused;
}
static void pop_all(void *stack)
{
	(void)numbers_pop_all((numbers *)stack, drop, NULL);
}
static void count(void *stack)
{
	(void)numbers_count((numbers *)stack);
}

static void enter_once(void)
{
	AFIELD_READ_SECTION
	{
	}
}

static void fill(numbers *stack)
{
	memset(stack, 0, sizeof(*stack));
	for (long i = 1; i <= INSIDE; i++)
		TEST_CHECK(numbers_push(stack, i) == 0);
}

/* Uses everything once beside a thread that stands; this would hang if anybody waited for it. */
static void go_on(numbers *stack)
{
	long value = 0, sum = 0;
	size_t before = numbers_count(stack);

	TEST_CHECK(numbers_push(stack, 100) == 0 && !numbers_is_empty(stack));
	TEST_CHECK(numbers_count(stack) == before + 1);
	TEST_CHECK(numbers_pop(stack, &value) && value == 100);
	for (size_t i = 0; i < before; i++) {
		TEST_CHECK(numbers_pop(stack, &value) && value >= 1 && value <= INSIDE + 1);
		sum += value;
	}
	TEST_CHECK(sum <= 1 + 2 + 3 + 4);
	TEST_CHECK(!numbers_pop(stack, &value));
	TEST_CHECK(numbers_push(stack, 1) == 0 && numbers_count(stack) == 1);
	numbers_clear(stack);
	TEST_CHECK(numbers_is_empty(stack));
}

static void pop_once(void)
{
	numbers stack;

	fill(&stack);
	pop(&stack);
	numbers_fini(&stack);
}

static long stops(void (*operation)(void *stack), bool ends)
{
	bool has_stopped = true;
	long at = 0;

	while (has_stopped && ++at < MOST) {
		numbers stack;
		struct steps steps;

		memset(&steps, 0, sizeof(steps));
		steps.body = operation;
		steps.argument = &stack;
		steps.hook = ends ? end_at : hold_at;
		steps.count = at;
		steps.prepare = enter_once;
		fill(&stack);
		steps_start(&steps);
		has_stopped = steps_wait(&steps) || steps.count <= 0;
		go_on(&stack);
		steps_join(&steps);
		numbers_fini(&stack);
	}
	return at - 1;
}

static void stop_in(const char *name, void (*operation)(void *stack), bool ends)
{
	long places = stops(operation, ends);

	printf("  %s %s before each of %ld instructions\n", name, ends ? "ended" : "stood", places);
	TEST_CHECK(places > 10 && places < MOST - 1);
}

static void nobody_waits(void)
{
	stop_in("push", push, false);
	stop_in("pop", pop, false);
	stop_in("pop_all", pop_all, false);
	stop_in("count", count, false);
	TEST_CHECK(afield_barrier() == 0);
}

/* A thread that ended between the first and the last step of a retirement holds up every later
 * fork, and nothing else: the test has none. */
static void threads_end(void)
{
	stop_in("push", push, true);
	stop_in("pop", pop, true);
	stop_in("count", count, true);
	TEST_CHECK(afield_barrier() == 0);
}

int main(void)
{
	void *inside = dlsym(RTLD_DEFAULT, "afield__stack_pop");

	pop_once(); /* starts the library's thread */
	dl_iterate_phdr(find_text, inside);
	TEST_CHECK(inside && text_begin < text_end);
	TEST_RUN(nobody_waits);
	TEST_RUN(threads_end);
	return test_done();
}
#else
int main(void)
{
	puts("skipped: no single steps here");
	return 0;
}
#endif
