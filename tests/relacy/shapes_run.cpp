/* SPDX-License-Identifier: MIT */
/*
 * The classic shapes under relacy: the outcomes that it shows are those of the table in shapes.c,
 * which is what our explorer shows, but for those that the table below names.
 */
#define RELACY_RUN
#include "relacy_litmus.h"

#include "../explore/shapes.h"

#include <cstdarg>
#include <sstream>

/*
 * Where relacy departs from RC11. `more`: it shows an outcome that RC11 forbids; otherwise it does
 * not show one that RC11 allows. A departure that is gone fails the test as a new one does.
 */
static const struct departure {
	const char *shape;
	int r[SHAPE_REGISTERS];
	bool more;
	const char *reason;
} departures[] = {
	{"2+2W+rlx", {1, 1}, false, "the stores to one object are ordered as they are executed"},
	{"2+2W+rel", {1, 1}, false, "as 2+2W+rlx"},
	{"S+rlx", {1, 2, 1}, false, "as 2+2W+rlx"},
	{"S+rel+rlx", {1, 2, 1}, false, "as 2+2W+rlx"},
	{"Z6.U",
	 {1, 3},
	 false,
	 "3 is stored after x is, and the seq_cst load of x is as in MP+sc-data+rlx-flag"},
	{"MP+sc-data+rlx-flag",
	 {1, 0},
	 false,
	 "a seq_cst load reads the last seq_cst store that was executed"},
	{"RS+own-store",
	 {2, 0},
	 false,
	 "a later store of the same thread goes on with a release sequence, as before C++20"},
	{"SB+fence+sc",
	 {0, 0},
	 true,
	 "a seq_cst load heeds seq_cst stores, but no store before another thread's fence"},
};
enum { DEPARTURES = sizeof(departures) / sizeof(departures[0]) };

enum { VALUES = 5, OUTCOMES = VALUES * VALUES * VALUES * VALUES };

/* None of this lies among the program's globals, which are put back. */
static const struct shape *current;
static long seen[OUTCOMES];

static int code_of(const int *r)
{
	return ((r[0] * VALUES + r[1]) * VALUES + r[2]) * VALUES + r[3];
}

void afield_explore_outcome(const char *format, ...)
{
	int r[SHAPE_REGISTERS];
	va_list list;

	(void)format;
	va_start(list, format);
	for (int i = 0; i < SHAPE_REGISTERS; i++)
		r[i] = va_arg(list, int);
	va_end(list);
	seen[code_of(r)]++;
}

int relacy_main()
{
	shape_now = current;
	return shape_main(0, NULL);
}

static const struct departure *departure_of(const int *r)
{
	for (int i = 0; i < DEPARTURES; i++)
		if (!strcmp(departures[i].shape, current->name) &&
		    code_of(departures[i].r) == code_of(r))
			return &departures[i];
	return NULL;
}

/* Whether relacy shows the outcome exactly if it should. */
static bool is_right(const int *r, bool is_allowed, bool is_seen)
{
	const struct departure *departure = departure_of(r);
	bool is_expected = departure ? departure->more : is_allowed;

	if (departure)
		printf("%-20s %d %d %d %d: %s: %s\n", current->name, r[0], r[1], r[2], r[3],
		       departure->more ? "relacy alone shows it" : "relacy does not show it",
		       departure->reason);
	if (is_seen != is_expected || (departure && is_allowed == departure->more)) {
		printf("%s: %d %d %d %d: %s by RC11, but %s\n", current->name, r[0], r[1], r[2],
		       r[3], is_allowed ? "allowed" : "forbidden", is_seen ? "seen" : "not seen");
		return false;
	}
	return true;
}

/* Returns the number of outcomes that are not as they should be. */
static int compare(unsigned executions)
{
	std::ostringstream report;
	int wrong = 0;

	memset(seen, 0, sizeof(seen));
	if (!relacy_run(executions, report)) {
		printf("%s: %s\n", current->name, report.str().c_str());
		return 1;
	}
	for (int code = 0; code < OUTCOMES; code++) {
		int r[SHAPE_REGISTERS], rest = code;
		bool is_possible = true;

		for (int i = SHAPE_REGISTERS - 1; i >= 0; i--, rest /= VALUES) {
			r[i] = rest % VALUES;
			is_possible &= r[i] < (i < current->registers ? current->values : 1);
		}
		wrong += !is_right(r, is_possible && !current->forbidden(r), seen[code] > 0);
	}
	return wrong;
}

int main(int argc, char **argv)
{
	unsigned executions = argc > 1 ? (unsigned)atoi(argv[1]) : 20000;
	int wrong = 0, count = 0;

	for (current = shapes; current->name; current++, count++)
		wrong += compare(executions);
	printf("%d shapes, %d departures, %d outcomes wrong\n", count, (int)DEPARTURES, wrong);
	return wrong != 0 || count == 0;
}
