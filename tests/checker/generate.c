/* SPDX-License-Identifier: MIT */
/*
 * generate.c: writes a history that a real object could have made, from a seed.
 *
 *	generate KIND THREADS OPERATIONS SEED [PENDING [BENT]]
 *
 * KIND is register (with cas, values 0 to 4), queue or stack (with at most four values), ring (of four
 * places, often full), long-queue or long-stack (without a bound, every value once), counter, or set. A simulated machine lets one
 * thread after another call, take effect and return. PENDING operations never return; their threads
 * go on under a new name. BENT replaces the result of one late read or removal, which makes the
 * history not linearizable in nearly all cases.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 64, BOUND = 4, KEYS = 1024 };
enum phase { IDLE, CALLED, DONE };

struct thread {
	enum phase phase;
	unsigned name;
	unsigned verb;
	long long call;
	long long argument[2];
	char result[32];
};

static uint64_t seed;
static const char *kind;
static long long held, *values; /* the register or counter; the queue or stack */
static size_t first, last, adding;
static bool present[KEYS];
static long long unique;
static bool bounded, is_stack, is_queue, is_ring;

static uint32_t dice(uint32_t sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 11) % sides);
}

static void choose(struct thread *thread)
{
	if (is_stack || is_queue) {
		bool room = is_ring || !bounded || last - first + adding < BOUND;

		thread->verb = room && (dice(is_ring ? 3 : 2) || last == first) ? 0 : 1;
		adding += thread->verb == 0;
		thread->argument[0] = thread->verb == 0 ? ++unique : 0;
	} else if (strcmp(kind, "counter") == 0) {
		thread->verb = dice(4) == 0;
		thread->argument[0] = 1 + dice(3);
	} else if (strcmp(kind, "set") == 0) {
		thread->verb = dice(3);
		thread->argument[0] = dice(KEYS);
	} else {
		thread->verb = dice(3);
		thread->argument[0] = dice(5);
		thread->argument[1] = dice(5);
	}
}

static void take(struct thread *thread)
{
	if (last == first)
		strcpy(thread->result, "empty");
	else
		sprintf(thread->result, "%lld", is_stack ? values[--last] : values[first++]);
}

static void take_effect(struct thread *thread)
{
	bool *found = &present[thread->argument[0] % KEYS];

	strcpy(thread->result, "ok");
	if (is_stack || is_queue) {
		if (thread->verb) {
			take(thread);
		} else if (is_ring && last - first == BOUND) {
			strcpy(thread->result, "fail");
			adding--;
		} else {
			values[last++] = thread->argument[0];
			adding--;
		}
	} else if (strcmp(kind, "counter") == 0) {
		sprintf(thread->result, "%lld", held);
		held += thread->verb ? 0 : thread->argument[0];
	} else if (strcmp(kind, "set") == 0) {
		sprintf(thread->result, "%d", thread->verb == 0 ? !*found : *found);
		*found = thread->verb == 2 ? *found : thread->verb == 0;
	} else if (thread->verb == 0) {
		sprintf(thread->result, "%lld", held);
	} else if (thread->verb == 1) {
		held = thread->argument[0];
	} else {
		strcpy(thread->result, held == thread->argument[0] ? "ok" : "fail");
		held = held == thread->argument[0] ? thread->argument[1] : held;
	}
}

static void print(const struct thread *thread, long long ret, bool pending)
{
	static const char *const registers[] = {"read", "write", "cas"};
	static const char *const rows[] = {"add", "remove"};
	static const char *const counters[] = {"add", "read"};
	static const char *const sets[] = {"insert", "remove", "contains"};
	bool is_counter = strcmp(kind, "counter") == 0, is_set = strcmp(kind, "set") == 0;
	bool is_row = is_stack || is_queue;
	const char *const *names = is_row       ? rows
				   : is_counter ? counters
				   : is_set     ? sets
						: registers;
	unsigned arguments = is_row || is_counter ? !thread->verb : is_set ? 1 : thread->verb;

	printf("%u %lld ", thread->name, thread->call);
	if (pending)
		printf("- ");
	else
		printf("%lld ", ret);
	printf("%s", names[thread->verb]);
	for (unsigned i = 0; i < arguments; i++)
		printf(" %lld", thread->argument[i]);
	if (pending)
		printf("\n");
	else
		printf(" : %s\n", thread->result);
}

/* Whether another result would be wrong by itself. */
static bool bend(struct thread *thread)
{
	if (thread->result[0] < '0' || thread->result[0] > '9')
		return false;
	if (is_stack || is_queue)
		sprintf(thread->result, "%lld", unique + 1000);
	else
		sprintf(thread->result, "%lld", (atoll(thread->result) + 2) % 5);
	return true;
}

int main(int count, char **words)
{
	static struct thread threads[MOST_THREADS];
	unsigned thread_count = count > 2 ? (unsigned)atoi(words[2]) : 0;
	long long total = count > 3 ? atoll(words[3]) : 0, started = 0, now = 0;
	long long pending = count > 5 ? atoll(words[5]) : 0;
	bool bent = count > 6 && atoi(words[6]);
	unsigned names = thread_count, busy = 0;

	if (count < 5 || !thread_count || thread_count > MOST_THREADS || total < 1)
		return 2;
	kind = words[1];
	seed = strtoull(words[4], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
	bounded = strncmp(kind, "long-", 5) != 0;
	is_stack = strstr(kind, "stack");
	is_ring = strcmp(kind, "ring") == 0;
	is_queue = is_ring || strstr(kind, "queue");
	values = (long long *)malloc((size_t)(total + 1) * sizeof(*values));
	if (!values)
		return 2;
	printf("# model %s\n", bounded ? kind : kind + 5);
	if (strcmp(kind, "register") == 0)
		printf("# init 0\n");
	if (is_ring)
		printf("# init %d\n", BOUND);
	for (unsigned i = 0; i < thread_count; i++)
		threads[i].name = i;
	while (started < total || busy) {
		struct thread *thread = &threads[dice(thread_count)];

		now += 1 + dice(3);
		if (thread->phase == IDLE && started < total) {
			choose(thread);
			thread->call = now;
			thread->phase = CALLED;
			started++;
			busy++;
		} else if (thread->phase == CALLED) {
			if (pending &&
			    dice((uint32_t)((total - started + pending) / pending + 1)) == 0) {
				/* It may or may not have taken effect; only the seed knows. */
				if (dice(2))
					take_effect(thread);
				else
					adding -= (is_stack || is_queue) && thread->verb == 0;
				print(thread, 0, true);
				pending--;
				thread->name = names++;
				thread->phase = IDLE;
				busy--;
				continue;
			}
			take_effect(thread);
			thread->phase = DONE;
		} else if (thread->phase == DONE) {
			if (bent && started > total * 3 / 4 && bend(thread))
				bent = false;
			print(thread, now, false);
			thread->phase = IDLE;
			busy--;
		}
	}
	free(values);
	return 0;
}
