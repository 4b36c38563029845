/* SPDX-License-Identifier: MIT */
/*
 * judge.c: see judge.h.
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

struct afield_history trial;
struct afield_operation slots[MOST];
uint64_t judged, linearizable, monitored, monitored_nonlin, minimal;
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

/* Engine A or B over the whole of it. */
static enum afield__result search(char engine, bool plain)
{
	struct afield__budget budget = {UINT64_MAX, UINT64_MAX};
	struct afield__part part = {&trial, order, (uint32_t)trial.count, NULL, 0};
	struct afield__search *depth = NULL;
	struct afield__wave *wave = NULL;
	enum afield__result result;

	if (engine == 'A') {
		depth = afield__search_create(&part, plain);
		result = afield__search_a(depth, &budget);
	} else {
		wave = afield__wave_create(&part, plain, false);
		result = afield__wave_run(wave, &budget);
	}
	afield__search_free(depth);
	afield__wave_free(wave);
	return result;
}

/* The monitor sees each part alone, as afield_check shows it. */
static void run_c(enum afield__result expected)
{
	struct afield__parts parts;
	struct afield__blame blame = {0};
	bool all = true, guilty = false;

	if (!trial.model->monitor)
		return;
	afield__parts_init(&parts, &trial);
	for (uint32_t i = 0; i < parts.count; i++) {
		enum afield__result result = afield__monitor(&parts.parts[i], &blame, NULL);

		guilty |= result == AFIELD__NONLIN;
		all &= result <= AFIELD__NONLIN;
	}
	afield__parts_fini(&parts);
	afield__blame_fini(&blame);
	if (!guilty && !all)
		return;
	monitored++;
	monitored_nonlin += guilty;
	agree("C", guilty ? AFIELD__NONLIN : AFIELD__LIN, expected);
}

static bool fits(const uint32_t *sequence, size_t count, const struct afield_state *state)
{
	struct afield_outcome outcome = {.history = &trial};
	bool found = count == 0;

	if (count)
		trial.model->step(trial.model, state, &slots[*sequence], &outcome);
	for (size_t i = 0; i < outcome.count && !found; i++) {
		struct afield_state next = {outcome.cells + outcome.spans[i].start,
					    outcome.spans[i].count};

		found = fits(sequence + 1, count - 1, &next);
	}
	afield__outcome_fini(&outcome);
	return found;
}

/* Whether one thread could have performed the operations in this order, and when it was so. */
static bool is_order(const uint32_t *sequence, size_t count)
{
	struct afield_outcome outcome = {.history = &trial};
	uint64_t there = 0;
	bool right = true, found = false;

	for (size_t i = 0; i < count; i++) {
		right &= sequence[i] < trial.count && !(there >> sequence[i] & 1);
		there |= (uint64_t)1 << sequence[i];
		for (size_t j = 0; j < i; j++)
			right &= !before(&slots[sequence[i]], &slots[sequence[j]]);
	}
	for (size_t i = 0; i < trial.count; i++)
		right &= slots[i].pending || there >> i & 1;
	trial.model->init(trial.model, &trial, &outcome);
	for (size_t i = 0; i < outcome.count && right && !found; i++) {
		struct afield_state first = {outcome.cells + outcome.spans[i].start,
					     outcome.spans[i].count};

		found = fits(sequence, count, &first);
	}
	afield__outcome_fini(&outcome);
	return found;
}

/* What is left of the counterexample without these; by engine A without reductions. */
static enum afield__result without(const struct afield_witness *witness, const bool *out)
{
	uint32_t kept[MOST], count = 0;
	struct afield__budget budget = {UINT64_MAX, UINT64_MAX};
	struct afield__part part = {&witness->history, kept, 0, witness->starts,
				    witness->start_count};
	struct afield__search *search;
	enum afield__result result;

	for (uint32_t i = 0; i < witness->count; i++) {
		if (!out[i])
			kept[count++] = witness->operations[i];
	}
	part.count = count;
	search = afield__search_create(&part, true);
	result = afield__search_a(search, &budget);
	afield__search_free(search);
	return result;
}

/* The counterexample must fail by itself, and without what may be left out it must not. */
static void check_witness(const struct afield_witness *witness)
{
	const struct afield_model *model = trial.model;
	bool out[MOST] = {false}, grouped = model->group;
	afield_value group, other;

	agree("the counterexample", without(witness, out), AFIELD__NONLIN);
	minimal += witness->minimal;
	for (uint32_t i = 0; i < witness->count; i++)
		grouped = grouped && model->group(model, &slots[witness->origin[i]], &group);
	for (uint32_t i = 0; i < witness->count && witness->minimal; i++) {
		memset(out, 0, sizeof(out));
		out[i] = true;
		if (afield__observes(model, &witness->history.operations[witness->operations[i]]))
			agree("the counterexample without one that observes", without(witness, out),
			      AFIELD__LIN);
		if (!grouped || witness->starts)
			continue;
		model->group(model, &slots[witness->origin[i]], &group);
		for (uint32_t j = 0; j < witness->count; j++) {
			model->group(model, &slots[witness->origin[j]], &other);
			out[j] = group == other;
		}
		agree("the counterexample without one value", without(witness, out), AFIELD__LIN);
	}
}

/* The whole way, with partition: the verdict, and what is given to show it. */
static void run_check(enum afield_engine engine, enum afield__result expected)
{
	struct afield_check_options options = {.engine = engine, .certificate = true};
	struct afield_report report;
	const uint32_t *sequence;
	size_t count;

	options.no_counterexample = expected == AFIELD__LIN || (judged % 64 && judged % 61);
	afield_check(&trial, &options, &report);
	agree("afield_check", (enum afield__result)report.verdict, expected);
	sequence = afield_report_order(&report, &count);
	if (expected == AFIELD__LIN && (!sequence || !is_order(sequence, count)))
		show("the certificate", AFIELD__NONLIN, expected);
	if (report.witness)
		check_witness(report.witness);
	afield_report_fini(&report);
}

void judge(bool with_brute, bool everything)
{
	enum afield__result expected;

	/* Parts want operations in the order of their calls. */
	for (uint32_t i = 0; i < trial.count; i++) {
		uint32_t at = i;

		for (; at && slots[order[at - 1]].call > slots[i].call; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	expected = !with_brute ? search('B', true) : brute_all() ? AFIELD__LIN : AFIELD__NONLIN;
	judged++;
	linearizable += expected == AFIELD__LIN;
	agree("A", search('A', false), expected);
	agree("B without reductions", search('B', true), expected);
	run_c(expected);
	if (everything || judged % 16 == 0) {
		agree("A without reductions", search('A', true), expected);
		agree("B", search('B', false), expected);
		run_check(AFIELD_ENGINE_AUTO, expected);
	}
	if (everything) {
		run_check(AFIELD_ENGINE_A, expected);
		run_check(AFIELD_ENGINE_B, expected);
	}
}
