/* SPDX-License-Identifier: MIT */
/*
 * The five ways of fields/porting.md beside each other: what a read of x and a write of y cost, and
 * what a struct without any protection would.
 *
 * All threads share one object; a confined one has an owner, so that each thread has its own. The
 * bound is what C11 asks of the cheapest of them: a load, and an exchange.
 */
#include <afield/atomic.h>
#include <afield/cell.h>
#include <afield/confined.h>
#include <afield/locked.h>
#include <afield/seqlock.h>

#include <stdlib.h>

#include "bench.h"

#define MOST 512

struct point {
	int32_t x, y;
};
AFIELD_TYPE(point_cell, cell, struct point);
AFIELD_TYPE(point_confined, confined, struct point);
AFIELD_TYPE(point_locked, locked, struct point);
AFIELD_TYPE(point_seq, seqlock, struct point);

struct numbers {
	afield_i32 x, y;
};
struct own {
	point_confined point;
	char behind[128];
};

BENCH_APART(struct numbers, numbers);
BENCH_APART(point_cell, cell);
BENCH_APART(point_locked, locked);
BENCH_APART(point_seq, seq);
BENCH_APART(struct point, plain);
static struct own own[MOST];

static int32_t cell_x(point_cell *it)
{
	struct point now = {0, 0};

	(void)point_cell_load(it, &now);
	return now.x;
}

static void cell_y(point_cell *it, int32_t y)
{
	AFIELD_BORROWED_MUT(point_cell, point, it)
	point->y = y;
}

static int32_t locked_x(point_locked *it)
{
	struct point now = {0, 0};

	(void)point_locked_load(it, &now);
	return now.x;
}

static bool put_y(struct point *point, void *y)
{
	point->y = *(const int32_t *)y;
	return true;
}

static void locked_y(point_locked *it, int32_t y)
{
	(void)point_locked_update(it, put_y, &y);
}

static void seq_y(point_seq *it, int32_t y)
{
	(void)point_seq_update(it, put_y, &y);
}

/* Bodies run on different threads from one row to the next. */
static point_confined *own_of(struct own *all, int thread)
{
	point_confined *it = &all[thread % MOST].point;

	if (!point_confined_is_mine(it)) {
		point_confined_fini(it);
		if (point_confined_claim(it))
			abort();
	}
	return it;
}

static int32_t confined_x(const point_confined *it)
{
	struct point now = {0, 0};

	(void)point_confined_load(it, &now);
	return now.x;
}

static void confined_y(point_confined *it, int32_t y)
{
	if (point_confined_claim(it) == 0)
		point_confined_get(it)->y = y;
}

BENCH_BODY(read_atomic, struct numbers, bench_keep(afield_i32_load(&it->x)));
BENCH_BODY(read_seqlock, point_seq, bench_keep(point_seq_load(it).x));
BENCH_BODY(read_cell, point_cell, bench_keep(cell_x(it)));
BENCH_BODY(read_locked, point_locked, bench_keep(locked_x(it)));
BENCH_BODY(read_plain, struct point, bench_keep_memory(it); bench_keep(it->x));
BENCH_BODY(write_atomic, struct numbers, afield_i32_store(&it->y, (int32_t)i));
BENCH_BODY(write_seqlock, point_seq, seq_y(it, (int32_t)i));
BENCH_BODY(write_cell, point_cell, cell_y(it, (int32_t)i));
BENCH_BODY(write_locked, point_locked, locked_y(it, (int32_t)i));
BENCH_BODY(write_plain, struct point, it->y = (int32_t)i; bench_keep_memory(it));

static void read_confined(void *state, long iterations, int thread)
{
	point_confined *it = own_of((struct own *)state, thread);

	for (long i = 0; i < iterations; i++)
		bench_keep(confined_x(it));
}

static void write_confined(void *state, long iterations, int thread)
{
	point_confined *it = own_of((struct own *)state, thread);

	for (long i = 0; i < iterations; i++)
		confined_y(it, (int32_t)i);
}

static const struct bench_group groups[] = {
	{.name = "read x",
	 .bound = {.loads = 1},
	 .contenders = {{.name = "atomic", .body = read_atomic, .state = &numbers.it},
			{.name = "seqlock", .body = read_seqlock, .state = &seq.it},
			{.name = "cell", .body = read_cell, .state = &cell.it},
			{.name = "locked", .body = read_locked, .state = &locked.it},
			{.name = "confined", .body = read_confined, .state = own},
			{.name = "unprotected", .body = read_plain, .state = &plain.it}}},
	{.name = "write y",
	 .bound = {.rmws = 1},
	 .contenders = {{.name = "atomic", .body = write_atomic, .state = &numbers.it},
			{.name = "seqlock", .body = write_seqlock, .state = &seq.it},
			{.name = "cell", .body = write_cell, .state = &cell.it},
			{.name = "locked", .body = write_locked, .state = &locked.it},
			{.name = "confined", .body = write_confined, .state = own},
			{.name = "unprotected", .body = write_plain, .state = &plain.it}}},
};
BENCH_MAIN("porting", groups)
