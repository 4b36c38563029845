/* SPDX-License-Identifier: MIT */
/*
 * Choices: which thread goes next, which store a load reads, where a store enters. They are the
 * only difference between two executions, so the list of them replays one.
 *
 * A systematic search counts through the lists like an odometer: it runs an execution with the
 * first possibility wherever the list ends, then raises the last choice that has a possibility
 * left. A random search draws each choice; some executions switch threads seldom, since many
 * mistakes need one long stretch of one thread.
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

static struct {
	uint16_t taken, count;
} choices[CHOICES];
static int chosen, known; /* taken in this execution; prescribed by the search or a replay */
static uint64_t state;

static uint64_t random_next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

int choice_random(int count)
{
	return (int)(random_next() % (uint64_t)count);
}

void choice_begin(void)
{
	chosen = 0;
}

/* A new search. */
void choice_reset(void)
{
	known = 0;
	state = options.seed * UINT64_C(0x9e3779b97f4a7c15);
	if (state == 0)
		state = 1;
}

/* Makes the next execution of a systematic search differ; false when all have been run. */
bool choice_next(void)
{
	if (options.is_random) {
		known = 0;
		return true;
	}
	while (chosen > 0 && choices[chosen - 1].taken + 1 >= choices[chosen - 1].count)
		chosen--;
	known = chosen;
	if (chosen == 0)
		return false;
	choices[chosen - 1].taken++;
	return true;
}

/* One of `count` possibilities. The first is the usual one where the caller says so. */
int choose(int count, bool prefers_first)
{
	int taken = 0;

	if (count <= 1)
		return 0;
	if (chosen == CHOICES)
		run_end(BLOCKED);
	if (chosen < known)
		taken = choices[chosen].taken;
	else if (options.is_random && !(prefers_first && choice_random(4)))
		taken = choice_random(count);
	if (taken >= count)
		taken = count - 1; /* a replay text of another program */
	choices[chosen].taken = (uint16_t)taken;
	choices[chosen++].count = (uint16_t)count;
	return taken;
}

/* The choices as text: a character each, and a number in parentheses from 36 on. */
void choice_print(char *text, size_t size)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	size_t used = 0;
	int last = chosen;

	while (last > 0 && choices[last - 1].taken == 0)
		last--;
	text[0] = '\0';
	for (int i = 0; i < last && used + 12 < size; i++)
		if (choices[i].taken < 36)
			used += (size_t)snprintf(text + used, size - used, "%c",
						 digits[choices[i].taken]);
		else
			used += (size_t)snprintf(text + used, size - used, "(%d)",
						 choices[i].taken);
	if (used == 0)
		snprintf(text, size, "0");
}

bool choice_parse(const char *text)
{
	known = 0;
	while (*text && known < CHOICES) {
		char *end = NULL;
		long taken;

		if (*text == '(') {
			taken = strtol(text + 1, &end, 10);
			if (*end++ != ')')
				return false;
			text = end;
		} else if (*text >= '0' && *text <= '9') {
			taken = *text++ - '0';
		} else if (*text >= 'a' && *text <= 'z') {
			taken = *text++ - 'a' + 10;
		} else {
			return false;
		}
		choices[known++].taken = (uint16_t)taken;
	}
	return *text == '\0';
}
