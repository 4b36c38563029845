/* SPDX-License-Identifier: MIT */
/*
 * The judge of client programs (litmus_client.h): whether their histories are linearizable.
 *
 * A history is a set of operations, each with those that come before its call. It is linearizable
 * when there is an order of all of them that keeps to that, and that the kind's model allows, one
 * operation after another. Every order is tried, from the first operation on, and given up where
 * the checker (check.h) refuses what there is of it. Such histories have few operations.
 */
#include <afield/check.h>
#include <afield/explore.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPERATIONS = 16, CLIENTS = 4 };

const struct afield_model *client_model(void);
int afield_explore_main();

static struct operation {
	int thread, number; /* of its thread */
	int before[CLIENTS];
	int verb;
	afield_value values[3];
} operations[OPERATIONS];
static int count;
static int order[OPERATIONS]; /* tried now */

static afield_value value_of(const char *word)
{
	if (strcmp(word, "ok") == 0)
		return AFIELD_OK;
	if (strcmp(word, "fail") == 0)
		return AFIELD_FAIL;
	if (strcmp(word, "empty") == 0)
		return AFIELD_EMPTY;
	if (strcmp(word, "nil") == 0)
		return AFIELD_NIL;
	return strtoll(word, NULL, 10);
}

/* As client_write has it. */
static void parse(const char *text)
{
	const struct afield_model *model = client_model();
	int numbers[CLIENTS] = {0}, used;

	for (count = 0; *text; text += used, count++) {
		struct operation *operation = &operations[count];
		char verb[20], result[24], before[CLIENTS + 1];
		long first, second;
		unsigned arguments;

		if (count == OPERATIONS ||
		    sscanf(text, "%d %19s %ld %ld %23s %4[0-9];%n", &operation->thread, verb,
			   &first, &second, result, before, &used) != 6)
			abort();
		operation->number = numbers[operation->thread]++;
		for (int i = 0; i < CLIENTS; i++)
			operation->before[i] = before[i] - '0';
		operation->verb = afield_model_verb(model, verb);
		if (operation->verb < 0)
			abort();
		arguments = model->verbs[operation->verb].arguments;
		operation->values[0] = first;
		operation->values[arguments ? 1 : 0] = second;
		operation->values[arguments] = value_of(result);
	}
}

/* Whether the first so many of the order are possible, one after the other. */
static bool is_possible(int length)
{
	const struct afield_model *model = client_model();
	struct afield_history *history = afield_history_create(model);
	struct afield_check_options options = {.no_counterexample = true};
	struct afield_report report;
	bool is_whole = history != NULL;

	for (int i = 0; is_whole && i < length; i++) {
		const struct operation *operation = &operations[order[i]];
		const struct afield_check_verb *verb = &model->verbs[operation->verb];
		struct afield_operation one = {
			.call = 2 * i,
			.ret = 2 * i + 1,
			.values = operation->values,
			.process = (uint32_t)operation->thread,
			.argument_count = (uint16_t)verb->arguments,
			.result_count = (uint16_t)(verb->results_most != 0),
			.verb = (uint16_t)operation->verb,
		};

		is_whole = afield_history_add(history, &one);
	}
	if (!is_whole)
		abort();
	afield_check(history, &options, &report);
	if (report.verdict == AFIELD_UNKNOWN)
		abort();
	afield_report_fini(&report);
	afield_history_free(history);
	return report.verdict == AFIELD_LIN;
}

static bool extends(int length, int *numbers)
{
	if (length == count)
		return true;
	for (int i = 0; i < count; i++) {
		const struct operation *operation = &operations[i];
		bool is_next = operation->number == numbers[operation->thread], is_found;

		for (int thread = 0; thread < CLIENTS; thread++)
			is_next &= operation->before[thread] <= numbers[thread];
		order[length] = i;
		if (!is_next || !is_possible(length + 1))
			continue;
		numbers[operation->thread]++;
		is_found = extends(length + 1, numbers);
		numbers[operation->thread]--;
		if (is_found)
			return true;
	}
	return false;
}

static bool is_linearizable(const char *text)
{
	int numbers[CLIENTS] = {0};

	parse(text);
	return extends(0, numbers);
}

int main(int argc, char **argv)
{
	return afield_explore_main_judged(afield_explore_main, is_linearizable, argc, argv);
}
