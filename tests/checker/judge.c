/* SPDX-License-Identifier: MIT */
/*
 * judge.c: see judge.h.
 */
#include "judge.h"

#include <stdlib.h>

struct afield_history trial;
struct afield_operation slots[MOST];
uint64_t judged, linearizable, monitored, monitored_nonlin;
static uint32_t order[MOST];

static bool before(const struct afield_operation *a, const struct afield_operation *b)
{
	return !a->pending && a->ret < b->call;
}

/* Every order, no memory. */
static bool brute(unsigned depth, uint32_t done, const struct afield_state *state)
{
	static struct afield_outcome outcomes[MOST];
	struct afield_outcome *outcome = &outcomes[depth];
	bool finished = true, found = false;

	for (size_t i = 0; i < trial.count; i++)
		finished &= slots[i].pending || done >> i & 1;
	if (finished)
		return true;
	outcome->history = &trial;
	for (size_t i = 0; i < trial.count && !found; i++) {
		bool minimal = !(done >> i & 1);

		for (size_t j = 0; j < trial.count && minimal; j++)
			minimal = j == i || done >> j & 1 || !before(&slots[j], &slots[i]);
		if (!minimal)
			continue;
		outcome->count = 0;
		outcome->used = 0;
		trial.model->step(trial.model, state, &slots[i], outcome);
		for (size_t j = 0; j < outcome->count && !found; j++) {
			struct afield_state next = {outcome->cells + outcome->spans[j].start,
						    outcome->spans[j].count};

			found = brute(depth + 1, done | 1u << i, &next);
		}
	}
	return found;
}

static bool brute_all(void)
{
	struct afield_outcome outcome = {.history = &trial};
	bool found = false;

	trial.model->init(trial.model, &trial, &outcome);
	for (size_t i = 0; i < outcome.count && !found; i++) {
		struct afield_state first = {outcome.cells + outcome.spans[i].start,
					     outcome.spans[i].count};

		found = brute(0, 0, &first);
	}
	afield__outcome_fini(&outcome);
	return found;
}

static void show(const char *who, int said, int expected)
{
	printf("%s says %s, but it is %s\n", who, said ? "NONLIN" : "LIN",
	       expected ? "NONLIN" : "LIN");
	afield_history_write(&trial, stdout);
	exit(1);
}

static void agree(const char *who, enum afield__result said, enum afield__result expected)
{
	if (said != expected)
		show(who, said, expected);
}

static void run_a(bool plain, enum afield__result expected)
{
	struct afield__budget budget = {UINT64_MAX, UINT64_MAX};
	struct afield__part part = {&trial, order, (uint32_t)trial.count, NULL, 0};
	struct afield__search *search = afield__search_create(&part, plain);

	agree(plain ? "A without reductions" : "A", afield__search_a(search, &budget), expected);
	afield__search_free(search);
}

static void run_b(bool plain, enum afield__result expected)
{
	struct afield__budget budget = {UINT64_MAX, UINT64_MAX};
	struct afield__part part = {&trial, order, (uint32_t)trial.count, NULL, 0};
	struct afield__wave *wave = afield__wave_create(&part, plain);

	agree(plain ? "B without reductions" : "B", afield__wave_run(wave, &budget), expected);
	afield__wave_free(wave);
}

/* The monitor sees each part alone, as afield_check shows it. */
static void run_c(enum afield__result expected)
{
	struct afield__parts parts;
	struct afield__blame blame;
	bool all = true, guilty = false;

	if (!trial.model->monitor)
		return;
	afield__parts_init(&parts, &trial);
	for (uint32_t i = 0; i < parts.count; i++) {
		enum afield__result result = afield__monitor(&parts.parts[i], &blame);

		guilty |= result == AFIELD__NONLIN;
		all &= result <= AFIELD__NONLIN;
	}
	afield__parts_fini(&parts);
	if (!guilty && !all)
		return;
	monitored++;
	monitored_nonlin += guilty;
	agree("C", guilty ? AFIELD__NONLIN : AFIELD__LIN, expected);
}

/* The whole way, with partition, by default engine; the counterexample must fail by itself. */
static void run_check(enum afield__result expected)
{
	struct afield_check_options options = {0};
	struct afield_report report;

	options.no_counterexample = expected == AFIELD__LIN || judged % 64;
	afield_check(&trial, &options, &report);
	agree("afield_check", (enum afield__result)report.verdict, expected);
	if (report.witness && !report.witness->starts) {
		struct afield__part part = {&trial, report.witness->operations,
					    report.witness->count, NULL, 0};
		struct afield__search *search = afield__search_create(&part, true);
		struct afield__budget budget = {UINT64_MAX, UINT64_MAX};

		agree("the counterexample", afield__search_a(search, &budget), AFIELD__NONLIN);
		afield__search_free(search);
	}
	afield_report_fini(&report);
}

void judge(bool with_brute, bool everything)
{
	struct afield__budget budget = {UINT64_MAX, UINT64_MAX};
	struct afield__part part = {&trial, order, (uint32_t)trial.count, NULL, 0};
	enum afield__result expected;

	/* Parts want operations in the order of their calls. */
	for (uint32_t i = 0; i < trial.count; i++) {
		uint32_t at = i;

		for (; at && slots[order[at - 1]].call > slots[i].call; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	if (with_brute) {
		expected = brute_all() ? AFIELD__LIN : AFIELD__NONLIN;
	} else {
		struct afield__wave *wave = afield__wave_create(&part, true);

		expected = afield__wave_run(wave, &budget);
		afield__wave_free(wave);
	}
	judged++;
	linearizable += expected == AFIELD__LIN;
	run_a(false, expected);
	run_b(true, expected);
	run_c(expected);
	if (everything || judged % 16 == 0) {
		run_a(true, expected);
		run_b(false, expected);
		run_check(expected);
	}
}
