/* SPDX-License-Identifier: MIT */
/*
 * check.c: which engine looks at which part, for how long, and what comes of it.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_QUANTUM = 4096 };

/* One check under way. */
struct run {
	const struct afield_history *history;
	const struct afield_check_options *options;
	struct afield_report *report;
	struct afield__parts parts;
	enum afield__result *results; /* of each part */
	uint64_t steps_left;
	uint64_t bytes;
	uint32_t guilty;   /* the part found not linearizable */
	uint32_t furthest; /* how far an engine came in it */
	struct afield__blame blame;
	struct afield__order *order; /* or NULL: not wanted */
	const char *reason;
};

static void progress(const struct run *run, uint64_t steps, uint64_t states, uint32_t done)
{
	struct afield_progress now;

	if (!run->options->progress)
		return;
	now.steps = run->report->steps + steps;
	now.states = run->report->states + states;
	now.parts_done = done;
	now.parts = run->parts.count;
	run->options->progress(run->options->context, &now);
}

/* What a part's search used counts, whatever came of it. */
static void account(struct run *run, uint64_t steps, uint64_t states)
{
	run->report->steps += steps;
	run->report->states += states;
	run->steps_left -= steps < run->steps_left ? steps : run->steps_left;
}

/* One search of a part that did not end in its first quantum. */
struct pending {
	struct afield__search *search;
	uint32_t part;
};

static void finish(struct run *run, struct pending *pending, enum afield__result result)
{
	run->results[pending->part] = result;
	account(run, 0, pending->search->rows.count);
	if (result == AFIELD__LIN && run->order &&
	    !afield__order_put_search(run->order, pending->search))
		run->results[pending->part] = result = AFIELD__NO_MEMORY;
	if (result == AFIELD__NONLIN) {
		run->guilty = pending->part;
		run->furthest = pending->search->furthest;
	}
	afield__search_free(pending->search);
	pending->search = NULL;
	if (result == AFIELD__NO_MEMORY)
		run->reason = "out of memory";
}

/* Gives a search `quantum` more steps. True when it ended. */
static bool advance(struct run *run, struct pending *pending, uint64_t quantum, uint64_t bytes)
{
	uint64_t before = pending->search->space.steps;
	struct afield__budget budget;
	enum afield__result result;

	budget.steps = before + (quantum < run->steps_left ? quantum : run->steps_left);
	budget.bytes = bytes;
	result = afield__search_a(pending->search, &budget);
	account(run, pending->search->space.steps - before, 0);
	if (result == AFIELD__MORE)
		return false;
	finish(run, pending, result);
	return true;
}

/*
 * Parts take turns with growing quanta, so that one hard part does not keep an easy violation in
 * another from being found.
 */
static void take_turns(struct run *run, struct pending *waiting, uint32_t count)
{
	uint64_t quantum = FIRST_QUANTUM;
	uint32_t left = count;

	while (left && run->steps_left && run->guilty == AFIELD__NONE) {
		quantum *= 2;
		for (uint32_t i = 0; i < count && run->steps_left; i++) {
			uint64_t used = 0;

			if (!waiting[i].search)
				continue;
			for (uint32_t j = 0; j < count; j++)
				used += waiting[j].search && j != i
						? afield__search_bytes(waiting[j].search)
						: 0;
			/* A long turn is cut so that progress is told. */
			for (uint64_t done = 0; done < quantum && run->steps_left; done += 65536) {
				uint64_t slice = quantum - done < 65536 ? quantum - done : 65536;

				if (advance(run, &waiting[i], slice,
					    run->bytes > used ? run->bytes - used : 0)) {
					left--;
					break;
				}
				progress(run, 0, waiting[i].search->rows.count,
					 run->parts.count - left);
			}
			if (run->guilty != AFIELD__NONE)
				break;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		if (waiting[i].search)
			finish(run, &waiting[i], AFIELD__MORE);
	}
}

static void run_a(struct run *run)
{
	struct pending *waiting = NULL;
	size_t count = 0, capacity = 0;

	for (uint32_t i = 0; i < run->parts.count && run->guilty == AFIELD__NONE; i++) {
		struct pending next = {NULL, i};

		if (run->results[i] == AFIELD__LIN)
			continue;
		next.search = afield__search_create(&run->parts.parts[i], run->options->plain);
		if (!next.search || !afield__grow(&waiting, &capacity, count, sizeof(*waiting))) {
			afield__search_free(next.search);
			run->results[i] = AFIELD__NO_MEMORY;
			run->reason = "out of memory";
			continue;
		}
		if (!advance(run, &next, FIRST_QUANTUM, run->bytes))
			waiting[count++] = next;
	}
	take_turns(run, waiting, (uint32_t)count);
	free(waiting);
}

static void run_b(struct run *run)
{
	for (uint32_t i = 0; i < run->parts.count && run->guilty == AFIELD__NONE; i++) {
		struct afield__wave *wave;
		struct afield__budget budget = {0, run->bytes};
		uint64_t steps = 0, states = 0, share;
		uint32_t furthest;
		enum afield__result result = AFIELD__MORE;

		if (run->results[i] == AFIELD__LIN)
			continue;
		wave = afield__wave_create(&run->parts.parts[i], run->options->plain, run->order);
		if (!wave) {
			run->results[i] = AFIELD__NO_MEMORY;
			run->reason = "out of memory";
			continue;
		}
		share = run->steps_left / (run->parts.count - i);
		while (result == AFIELD__MORE && budget.steps < share) {
			budget.steps = share;
			result = afield__wave_run(wave, &budget);
			afield__wave_count(wave, &steps, &states, &furthest);
			progress(run, steps, states, i);
		}
		afield__wave_count(wave, &steps, &states, &furthest);
		account(run, steps, states);
		if (result == AFIELD__LIN && run->order &&
		    !afield__wave_put_order(wave, run->order))
			result = AFIELD__NO_MEMORY;
		afield__wave_free(wave);
		run->results[i] = result;
		if (result == AFIELD__NONLIN) {
			run->guilty = i;
			run->furthest = furthest;
		}
		if (result == AFIELD__NO_MEMORY)
			run->reason = "out of memory";
	}
}

/* Asks the monitors first. Returns how many parts they decided. */
static uint32_t run_c(struct run *run)
{
	uint32_t decided = 0;

	for (uint32_t i = 0; i < run->parts.count && run->guilty == AFIELD__NONE; i++) {
		run->results[i] = afield__monitor(&run->parts.parts[i], &run->blame, run->order);
		decided += run->results[i] <= AFIELD__NONLIN;
		if (run->results[i] == AFIELD__NONLIN)
			run->guilty = i;
		if (i % 1024 == 1023)
			progress(run, 0, 0, i);
	}
	return decided;
}

static enum afield_verdict conclude(const struct run *run)
{
	if (run->guilty != AFIELD__NONE)
		return AFIELD_NONLIN;
	for (uint32_t i = 0; i < run->parts.count; i++) {
		if (run->results[i] != AFIELD__LIN)
			return AFIELD_UNKNOWN;
	}
	return AFIELD_LIN;
}

static void forget(struct run *run)
{
	for (uint32_t i = 0; i < run->parts.count; i++)
		run->results[i] = AFIELD__MORE;
	run->guilty = AFIELD__NONE;
	run->furthest = AFIELD__NONE;
	run->blame.count = 0;
	run->reason = NULL;
	if (run->order)
		afield__order_clear(run->order);
}

/* Hands over the order when every part has one. The last engine's stays. */
static void keep_order(struct run *run)
{
	if (run->order && conclude(run) == AFIELD_LIN)
		afield__order_report(run->order, run->report);
}

/* A monitor where one applies, then A for the parts that are left. */
static enum afield_verdict run_monitored(struct run *run)
{
	uint32_t decided = run_c(run);

	run->report->engine = "C";
	if (run->guilty != AFIELD__NONE || decided == run->parts.count)
		return conclude(run);
	run->report->engine = decided ? "C+A" : "A";
	run_a(run);
	return conclude(run);
}

/*
 * Every engine from the start. B keeps every configuration and may need far more steps than A, so
 * it gets some hundred times what A took; when that is not enough, the other engines decide.
 */
static enum afield_verdict run_every(struct run *run)
{
	enum afield_verdict verdicts[3], verdict = AFIELD_UNKNOWN;
	const char *reason = NULL;
	uint64_t taken = 0, left;
	uint32_t guilty = AFIELD__NONE, furthest = AFIELD__NONE;
	struct afield__blame blame = {0};

	for (int engine = 0; engine < 3; engine++) {
		forget(run);
		left = run->steps_left;
		if (engine == 1 && verdict != AFIELD_UNKNOWN && taken * 256 + 4000000 < left)
			run->steps_left = taken * 256 + 4000000;
		if (engine == 0)
			run_a(run);
		else if (engine == 1)
			run_b(run);
		else
			run_c(run);
		run->steps_left = left;
		keep_order(run);
		if (engine == 0)
			taken = run->report->steps;
		verdicts[engine] = conclude(run);
		reason = run->reason ? run->reason : reason;
		if (verdicts[engine] == AFIELD_UNKNOWN)
			continue;
		if (run->guilty != AFIELD__NONE) {
			guilty = run->guilty;
			furthest = run->furthest;
			afield__blame_fini(&blame);
			blame = run->blame;
			memset(&run->blame, 0, sizeof(run->blame));
		}
		if (verdict != AFIELD_UNKNOWN && verdict != verdicts[engine])
			run->report->disagreement = true;
		verdict = verdicts[engine];
	}
	run->guilty = guilty;
	run->furthest = furthest;
	afield__blame_fini(&run->blame);
	run->blame = blame;
	run->reason = reason;
	run->report->engine = verdicts[1] == AFIELD_UNKNOWN
				      ? verdicts[2] == AFIELD_UNKNOWN ? "A" : "A=C"
			      : verdicts[2] == AFIELD_UNKNOWN ? "A=B"
							      : "A=B=C";
	if (run->report->disagreement) {
		run->report->engine = "all";
		run->reason = "the engines disagree: this is a fault of the checker";
		return AFIELD_UNKNOWN;
	}
	return verdict;
}

static enum afield_verdict run_engine(struct run *run)
{
	switch (run->options->engine) {
	case AFIELD_ENGINE_A:
		run->report->engine = "A";
		run_a(run);
		return conclude(run);
	case AFIELD_ENGINE_B:
		run->report->engine = "B";
		run_b(run);
		return conclude(run);
	case AFIELD_ENGINE_ALL:
		return run_every(run);
	default:
		return run_monitored(run);
	}
}

static double now_in_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void afield_check(const struct afield_history *history, const struct afield_check_options *options,
		  struct afield_report *report)
{
	static const struct afield_check_options none;
	double start = now_in_milliseconds();
	struct afield__order order = {0};
	struct run run = {0};

	memset(report, 0, sizeof(*report));
	report->verdict = AFIELD_UNKNOWN;
	report->engine = "none";
	report->operations = history->count;
	run.history = history;
	run.options = options ? options : &none;
	run.report = report;
	run.guilty = AFIELD__NONE;
	run.steps_left = run.options->steps ? run.options->steps : 4000000000u;
	run.bytes = run.options->bytes ? run.options->bytes : (uint64_t)3 << 30;
	if (history->incomplete) {
		report->reason = "operations are missing: a log was too small";
		return;
	}
	report->reason = "out of memory";
	if (run.options->certificate) {
		run.order = &order;
		if (!afield__order_init(&order, history)) {
			afield__order_fini(&order);
			return;
		}
	}
	if (afield__parts_init(&run.parts, history)) {
		report->parts = run.parts.count;
		run.results =
			(enum afield__result *)malloc((run.parts.count + 1) * sizeof(*run.results));
	}
	if (run.results) {
		forget(&run);
		report->verdict = run_engine(&run);
		report->reason = NULL;
		keep_order(&run);
		report->milliseconds = now_in_milliseconds() - start;
		if (report->verdict == AFIELD_UNKNOWN)
			report->reason = run.reason ? run.reason : "the budget of steps is used up";
		if (report->verdict == AFIELD_NONLIN && !run.options->no_counterexample)
			report->witness =
				afield__witness_create(&run.parts.parts[run.guilty], &run.blame,
						       run.furthest, report->steps);
	}
	report->counterexample_milliseconds = now_in_milliseconds() - start - report->milliseconds;
	afield__order_fini(&order);
	afield__blame_fini(&run.blame);
	free(run.results);
	afield__parts_fini(&run.parts);
}

void afield_report_fini(struct afield_report *report)
{
	afield__witness_free(report->witness);
	free(report->order);
	report->witness = NULL;
	report->order = NULL;
}
