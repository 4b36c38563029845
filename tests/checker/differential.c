/* SPDX-License-Identifier: MIT */
/*
 * differential.c: the engines against each other and against every permutation.
 *
 * For one model: every history of up to four operations over three threads from a small alphabet,
 * with pending operations and equal stamps, is judged by trying all orders (brute force, with no
 * memory and no reduction), and by engine A and engine B, each with and without reductions, and the
 * monitor where it applies. All must say the same. Random longer histories follow: some made from a
 * real run and then bent, some wild.
 */
#include "../../lib/check/internal.h"
#include "alphabets.h"
#include "judge.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LETTERS = 64 };

static struct afield_history *letters; /* the alphabet as a history */
static bool once[MOST_LETTERS];
static uint32_t few_count;
static uint64_t seed = 1;

static uint32_t dice(uint32_t sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 11) % sides);
}

static void put(uint32_t slot, uint32_t letter)
{
	struct afield_operation *operation = &slots[slot];
	int64_t call = operation->call, ret = operation->ret;
	bool pending = operation->pending;

	*operation = letters->operations[letter];
	operation->call = call;
	operation->ret = ret;
	operation->pending = pending;
	operation->process = slot;
}

/* Gives the slots every choice of letters. */
static void spell(uint32_t count, uint32_t alphabet, bool everything)
{
	uint32_t word[4] = {0};

	for (;;) {
		uint32_t i = 0;

		for (uint32_t j = 0; j < count; j++)
			put(j, word[j]);
		judge(true, everything);
		while (i < count && ++word[i] == alphabet)
			word[i++] = 0;
		if (i == count)
			return;
	}
}

/* Stamps for a shape: events in a row, where bit i of `ties` joins event i with the one behind. */
static void stamp(const uint32_t *events, uint32_t count, uint32_t ties)
{
	int64_t now = 1;

	for (uint32_t i = 0; i < count; i++) {
		if (events[i] & 1)
			slots[events[i] / 2].ret = now;
		else
			slots[events[i] / 2].call = now;
		now += !(ties >> i & 1);
	}
}

/*
 * How many in a hundred shapes are tried, AFIELD_TEST_SCALE: a job that is slow, of a sanitizer,
 * draws some of those that the others try in full.
 */
static long share = 100;

/*
 * Every shape of `count` operations of which at most three are open at a time: operations are
 * called in their order, and any open one may return, or may never.
 */
static void shapes(uint32_t *events, uint32_t length, uint32_t called, uint32_t open,
		   uint32_t count, bool pendings, bool ties, uint32_t alphabet)
{
	uint32_t busy = 0;

	for (uint32_t i = 0; i < called; i++)
		busy += open >> i & 1;
	if (called == count && (pendings || !busy)) {
		for (uint32_t i = 0; i < count; i++)
			slots[i].pending = open >> i & 1;
		for (uint32_t tie = 0; tie < (ties ? 1u << (length - 1) : 1u); tie++) {
			if (share < 100 && (long)dice(100) >= share)
				continue;
			stamp(events, length, tie);
			spell(count, alphabet, count < 4);
		}
	}
	if (called < count && busy < 3) {
		events[length] = called * 2;
		shapes(events, length + 1, called + 1, open | 1u << called, count, pendings, ties,
		       alphabet);
	}
	for (uint32_t i = 0; i < called; i++) {
		if (!(open >> i & 1))
			continue;
		events[length] = i * 2 + 1;
		shapes(events, length + 1, called, open & ~(1u << i), count, pendings, ties,
		       alphabet);
	}
}

static void every_history(void)
{
	uint32_t events[8], all = (uint32_t)letters->count;
	uint32_t some = few_count < 5 ? few_count : 5;

	for (uint32_t count = 1; count <= 4; count++) {
		trial.count = count;
		if (count <= 2) {
			shapes(events, 0, 0, 0, count, true, true, all);
		} else if (count == 3) {
			shapes(events, 0, 0, 0, count, true, false, few_count);
			shapes(events, 0, 0, 0, count, true, true, some);
		} else {
			shapes(events, 0, 0, 0, count, false, false, few_count);
		}
	}
}

/* A letter that is possible in the state, or any. Leads the state on. */
static uint32_t likely_letter(struct afield_outcome *state, bool unique, const bool *used)
{
	struct afield_state now = {state->cells, state->used};
	struct afield_outcome next = {.history = &trial};
	uint32_t letter = 0;

	for (unsigned tries = 0; tries < 40; tries++) {
		letter = dice((uint32_t)letters->count);
		if (unique && once[letter] && used[letter])
			continue;
		next.count = 0;
		next.used = 0;
		trial.model->step(trial.model, &now, &letters->operations[letter], &next);
		if (next.count)
			break;
	}
	if (next.count) {
		struct afield_state chosen = {next.cells + next.spans[0].start,
					      next.spans[0].count};

		state->count = 0;
		state->used = 0;
		afield_outcome_same(state, &chosen);
	}
	afield__outcome_fini(&next);
	return letter;
}

/* A run of one object by several threads, seen from outside; then bent a little. */
static void make_random(uint32_t count, bool unique, bool wild, uint32_t spread)
{
	struct afield_outcome state = {.history = &trial};
	bool used[MOST_LETTERS] = {false};

	trial.count = count;
	trial.model->init(trial.model, &trial, &state);
	state.used = state.count ? state.spans[0].count : 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t letter = likely_letter(&state, unique, used);

		if (wild && dice(4) == 0) {
			letter = dice((uint32_t)letters->count);
			if (unique && once[letter] && used[letter])
				letter = likely_letter(&state, unique, used);
		}
		used[letter] = true;
		slots[i].call = 4 * (int64_t)i - dice(spread);
		slots[i].ret = 4 * (int64_t)i + dice(spread);
		slots[i].pending = dice(count > 9 ? 30 : 12) == 0;
		put(i, letter);
		/* What is spelled once may still be there twice when no other letter was possible.
		 */
	}
	if (!wild && dice(2) && count > 1) {
		uint32_t i = dice(count);

		slots[i].call += (int64_t)dice(2 * spread) - spread;
		slots[i].ret = slots[i].call + dice(spread);
	}
	afield__outcome_fini(&state);
}

static void random_histories(uint32_t rounds, uint32_t most)
{
	for (uint32_t i = 0; i < rounds; i++) {
		uint32_t count = 2 + dice(7);

		make_random(count, dice(4) != 0, dice(2), 2 + dice(16));
		judge(true, true);
		if (i % 8)
			continue;
		make_random(10 + dice(most - 9), dice(4) != 0, dice(4) == 0, 2 + dice(8));
		judge(false, true);
	}
}

/* Reads the alphabet by giving it to the parser as a history. */
static void learn(const struct alphabet *alphabet)
{
	struct afield_text text = {0};
	struct afield_complaint complaint;
	char name[32];
	const char *list[] = {alphabet->few, alphabet->more};
	uint32_t count = 0;

	snprintf(name, sizeof(name), "%s", alphabet->model);
	if (strchr(name, '-'))
		*strchr(name, '-') = 0;
	afield_text_add(&text, "# model %s\n%s", name, alphabet->header);
	for (int i = 0; i < 2; i++) {
		for (const char *at = list[i]; *at;) {
			size_t length = strcspn(at, ";");

			once[count] = *at == '!';
			afield_text_add(&text, "0 1 2 %.*s\n", (int)(length - once[count]),
					at + once[count]);
			count++;
			at += length + (at[length] == ';');
		}
		few_count = i ? few_count : count;
	}
	letters = afield_history_parse(text.bytes, text.length, NULL, &complaint);
	if (!letters || letters->count != count || count > MOST_LETTERS) {
		printf("%s: line %zu column %zu: %s\n%s", name, complaint.line, complaint.column,
		       complaint.message, text.bytes);
		exit(1);
	}
	afield__text_fini(&text);
	trial = *letters;
	trial.operations = slots;
}

int main(int argument_count, char **arguments)
{
	const char *stress = getenv("AFIELD_STRESS");
	bool is_long = stress && strcmp(stress, "long") == 0;
	bool known = false;

	if (getenv("AFIELD_TEST_SCALE") && atol(getenv("AFIELD_TEST_SCALE")) < share)
		share = atol(getenv("AFIELD_TEST_SCALE"));
	if (argument_count > 2)
		seed = strtoull(arguments[2], NULL, 10) * 2 + 1;
	for (size_t i = 0; i < sizeof(alphabets) / sizeof(*alphabets); i++) {
		uint64_t first = judged;

		if (argument_count > 1 && strcmp(arguments[1], alphabets[i].model) != 0)
			continue;
		known = true;
		learn(&alphabets[i]);
		if (argument_count <= 2)
			every_history();
		first = judged - first;
		/* Each order of appends is a text of its own: twenty of them have millions. */
		random_histories(is_long ? 4000000 : (uint32_t)(120 * share),
				 strcmp(alphabets[i].model, "kv-pieces") == 0 ? 15 : 21);
		printf("%s: %llu small and %llu random histories agree; %llu LIN, %llu by "
		       "monitor"
		       " (%llu NONLIN), %llu minimal counterexamples\n",
		       alphabets[i].model, (unsigned long long)first,
		       (unsigned long long)(judged - first), (unsigned long long)linearizable,
		       (unsigned long long)monitored, (unsigned long long)monitored_nonlin,
		       (unsigned long long)minimal);
		fflush(stdout);
		/* Only one verdict, or a monitor that never spoke, would prove nothing. None
		 * speaks where the start is not known. */
		if (!linearizable || linearizable == judged || !minimal ||
		    (letters->model->monitor && !afield__starts_unknown(letters) &&
		     (!monitored || !monitored_nonlin)))
			return 1;
		afield_history_free(letters);
		judged = linearizable = monitored = monitored_nonlin = minimal = 0;
	}
	return known ? 0 : 1;
}
