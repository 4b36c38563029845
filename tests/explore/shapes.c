/* SPDX-License-Identifier: MIT */
/*
 * The classic shapes, each with the outcomes that are forbidden; all others must be seen.
 *
 * Sources, by the letter in the table:
 *   A  Alglave, Maranget, Tautschnig: Herding Cats, TOPLAS 2014 (the names and shapes)
 *   B  Batty, Owens, Sarkar, Sewell, Weber: Mathematizing C++ Concurrency, POPL 2011
 *   L  Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing Sequential Consistency in C/C++11, PLDI 2017
 *      (RC11: no cycle of program order and reads-from; fences and mixed orders; Z6.U)
 *   P  P0668R5 and P0982R1, by which C++20 has RC11's rules and shorter release sequences
 *   C  C11 7.17.3 and 5.1.2.4: coherence, atomicity of read-modify-write operations
 */
#include <afield/ordering.h>

#include "shapes.h"

#include <pthread.h>

static AFIELD_ATOMIC(int) x, y, z;
static int r[SHAPE_REGISTERS];

#define THREAD(name, ...)               \
	static void *name(void *unused) \
	{                               \
		__VA_ARGS__;            \
		return unused;          \
	}
#define LOAD(to, from, order) r[to] = AFIELD_LOAD(&from, order)
#define STORE(to, value, order) AFIELD_STORE(&to, value, order)
#define ADD(to, object, order) r[to] = AFIELD_FETCH_ADD(&object, 1, order)
#define FENCE(order) AFIELD_FENCE(order, &x)
#define FORBID(name, condition)        \
	static bool name(const int *r) \
	{                              \
		return condition;      \
	}

/* clang-format off: one line a thread, so that a shape can be seen at once */

/* One thread writes x, then y. */
THREAD(xy_rlx, STORE(x, 1, relaxed); STORE(y, 1, relaxed))
THREAD(xy_rel, STORE(x, 1, relaxed); STORE(y, 1, release))
THREAD(xy_fence, STORE(x, 1, relaxed); FENCE(release); STORE(y, 1, relaxed))
THREAD(xy_sc_rlx, STORE(x, 1, seq_cst); STORE(y, 1, relaxed))
/* Another reads y, then x. */
THREAD(read_yx_rlx, LOAD(0, y, relaxed); LOAD(1, x, relaxed))
THREAD(read_yx_acq, LOAD(0, y, acquire); LOAD(1, x, relaxed))
THREAD(read_yx_fence, LOAD(0, y, relaxed); FENCE(acquire); LOAD(1, x, relaxed))
THREAD(read_yx_rlx_sc, LOAD(0, y, relaxed); LOAD(1, x, seq_cst))
FORBID(nothing, r[0] < 0)
FORBID(stale, r[0] == 1 && r[1] == 0)

/* Store buffering: each writes one and reads the other. */
THREAD(sb1_rlx, STORE(x, 1, relaxed); LOAD(0, y, relaxed))
THREAD(sb2_rlx, STORE(y, 1, relaxed); LOAD(1, x, relaxed))
THREAD(sb1_ra, STORE(x, 1, release); LOAD(0, y, acquire))
THREAD(sb2_ra, STORE(y, 1, release); LOAD(1, x, acquire))
THREAD(sb1_sc, STORE(x, 1, seq_cst); LOAD(0, y, seq_cst))
THREAD(sb2_sc, STORE(y, 1, seq_cst); LOAD(1, x, seq_cst))
THREAD(sb1_sc_acq, STORE(x, 1, seq_cst); LOAD(0, y, acquire))
THREAD(sb2_sc_acq, STORE(y, 1, seq_cst); LOAD(1, x, acquire))
THREAD(sb1_fence, STORE(x, 1, relaxed); FENCE(seq_cst); LOAD(0, y, relaxed))
THREAD(sb2_fence, STORE(y, 1, relaxed); FENCE(seq_cst); LOAD(1, x, relaxed))
THREAD(sb1_fence_ar, STORE(x, 1, relaxed); FENCE(acq_rel); LOAD(0, y, relaxed))
THREAD(sb1_rmw, (void)AFIELD_EXCHANGE(&x, 1, acq_rel); LOAD(0, y, acquire))
THREAD(sb2_rmw, (void)AFIELD_EXCHANGE(&y, 1, acq_rel); LOAD(1, x, acquire))
FORBID(both_zero, r[0] == 0 && r[1] == 0)

/* Load buffering: each reads one and writes the other. */
THREAD(lb1_rlx, LOAD(0, x, relaxed); STORE(y, 1, relaxed))
THREAD(lb2_rlx, LOAD(1, y, relaxed); STORE(x, 1, relaxed))
FORBID(both_one, r[0] == 1 && r[1] == 1)

/* 2+2W: both write both, crosswise; the outcome is what stays. */
THREAD(w1_rlx, STORE(x, 1, relaxed); STORE(y, 2, relaxed))
THREAD(w2_rlx, STORE(y, 1, relaxed); STORE(x, 2, relaxed))
THREAD(w1_rel, STORE(x, 1, release); STORE(y, 2, release))
THREAD(w2_rel, STORE(y, 1, release); STORE(x, 2, release))
THREAD(w1_sc, STORE(x, 1, seq_cst); STORE(y, 2, seq_cst))
THREAD(w2_sc, STORE(y, 1, seq_cst); STORE(x, 2, seq_cst))
THREAD(w1_fence, STORE(x, 1, relaxed); FENCE(seq_cst); STORE(y, 2, relaxed))
THREAD(w2_fence, STORE(y, 1, relaxed); FENCE(seq_cst); STORE(x, 2, relaxed))
FORBID(unwritten, r[0] == 0 || r[1] == 0)
FORBID(unwritten_or_crossed, r[0] == 0 || r[1] == 0 || (r[0] == 1 && r[1] == 1))

/* IRIW: two write, two read both in opposite orders. */
THREAD(write_x_rlx, STORE(x, 1, relaxed))
THREAD(write_y_rlx, STORE(y, 1, relaxed))
THREAD(write_x_rel, STORE(x, 1, release))
THREAD(write_y_rel, STORE(y, 1, release))
THREAD(write_x_sc, STORE(x, 1, seq_cst))
THREAD(write_y_sc, STORE(y, 1, seq_cst))
THREAD(iriw3_rlx, LOAD(0, x, relaxed); LOAD(1, y, relaxed))
THREAD(iriw4_rlx, LOAD(2, y, relaxed); LOAD(3, x, relaxed))
THREAD(iriw3_acq, LOAD(0, x, acquire); LOAD(1, y, acquire))
THREAD(iriw4_acq, LOAD(2, y, acquire); LOAD(3, x, acquire))
THREAD(iriw3_sc, LOAD(0, x, seq_cst); LOAD(1, y, seq_cst))
THREAD(iriw4_sc, LOAD(2, y, seq_cst); LOAD(3, x, seq_cst))
THREAD(iriw3_fence, LOAD(0, x, relaxed); FENCE(seq_cst); LOAD(1, y, relaxed))
THREAD(iriw4_fence, LOAD(2, y, relaxed); FENCE(seq_cst); LOAD(3, x, relaxed))
FORBID(disagree, r[0] == 1 && r[1] == 0 && r[2] == 1 && r[3] == 0)

/* WRC and ISA2: what the second thread saw, the third sees. */
THREAD(wrc2_rlx, LOAD(0, x, relaxed); STORE(y, 1, relaxed))
THREAD(wrc2_rel, LOAD(0, x, relaxed); STORE(y, 1, release))
THREAD(wrc3_rlx, LOAD(1, y, relaxed); LOAD(2, x, relaxed))
THREAD(wrc3_acq, LOAD(1, y, acquire); LOAD(2, x, relaxed))
THREAD(isa2_ra, LOAD(0, y, acquire); STORE(z, 1, release))
THREAD(isa2_rlx, LOAD(0, y, relaxed); STORE(z, 1, release))
THREAD(isa3_acq, LOAD(1, z, acquire); LOAD(2, x, relaxed))
FORBID(not_passed_on, r[0] == 1 && r[1] == 1 && r[2] == 0)

/* RWC: a write, a reader of both, and a store buffer. */
THREAD(rwc2_fence, LOAD(0, x, relaxed); FENCE(seq_cst); LOAD(1, y, relaxed))
THREAD(rwc3_fence, STORE(y, 1, relaxed); FENCE(seq_cst); LOAD(2, x, relaxed))
THREAD(rwc2_sc, LOAD(0, x, seq_cst); LOAD(1, y, seq_cst))
THREAD(rwc3_sc, STORE(y, 1, seq_cst); LOAD(2, x, seq_cst))
THREAD(rwc2_acq, LOAD(0, x, acquire); LOAD(1, y, acquire))
THREAD(rwc3_ra, STORE(y, 1, release); LOAD(2, x, acquire))
FORBID(rwc, r[0] == 1 && r[1] == 0 && r[2] == 0)

/* R: a write after another, against a store buffer. r1 is x at the end (always 1), r2 is y. */
THREAD(r2_rel, STORE(y, 2, release); LOAD(0, x, acquire))
THREAD(r2_sc, STORE(y, 2, seq_cst); LOAD(0, x, seq_cst))
THREAD(r2_fence, STORE(y, 2, relaxed); FENCE(seq_cst); LOAD(0, x, relaxed))
THREAD(xy_fence_sc, STORE(x, 1, relaxed); FENCE(seq_cst); STORE(y, 1, relaxed))
THREAD(xy_rel_rel, STORE(x, 1, release); STORE(y, 1, release))
THREAD(xy_sc, STORE(x, 1, seq_cst); STORE(y, 1, seq_cst))
FORBID(r_weak, r[0] > 1 || r[1] != 1 || r[2] == 0)
FORBID(r_strong, r[0] > 1 || r[1] != 1 || r[2] == 0 || (r[0] == 0 && r[2] == 2))

/* S: a write must not fall behind one that knows of it. r1 is x at the end, r2 is y (always 1). */
THREAD(s1_rlx, STORE(x, 2, relaxed); STORE(y, 1, relaxed))
THREAD(s1_rel, STORE(x, 2, relaxed); STORE(y, 1, release))
THREAD(s2_rlx, LOAD(0, y, relaxed); STORE(x, 1, relaxed))
THREAD(s2_acq, LOAD(0, y, acquire); STORE(x, 1, relaxed))
FORBID(s_weak, r[0] > 1 || r[1] == 0 || r[2] != 1)
FORBID(s_strong, r[0] > 1 || r[1] == 0 || r[2] != 1 || (r[0] == 1 && r[1] == 2))

/* Coherence of one object. */
THREAD(x1, STORE(x, 1, relaxed))
THREAD(x2, STORE(x, 2, relaxed))
THREAD(x12, STORE(x, 1, relaxed); STORE(x, 2, relaxed))
THREAD(read_xx, LOAD(0, x, relaxed); LOAD(1, x, relaxed))
THREAD(read_xx2, LOAD(2, x, relaxed); LOAD(3, x, relaxed))
THREAD(write_read_x, STORE(x, 1, relaxed); LOAD(0, x, relaxed))
THREAD(read_write_x, LOAD(0, x, relaxed); STORE(x, 1, relaxed))
FORBID(corr, r[0] > r[1])
FORBID(corr2,
       (r[0] && !r[1]) || (r[2] && !r[3]) ||
	       (r[0] && r[1] && r[0] != r[1] && r[2] && r[3] && r[2] != r[3] && r[0] != r[2]))
FORBID(coww, r[0] != 2 || r[1] != 0)
FORBID(cowr, r[0] == 0 || r[1] == 0 || r[2] != 0 || (r[0] == 2 && r[1] == 1))
FORBID(corw, r[0] == 1 || r[1] == 0 || r[2] != 0 || (r[0] == 2 && r[1] == 2))

/* Release sequences. */
THREAD(y_rel_rlx, STORE(x, 1, relaxed); STORE(y, 1, release); STORE(y, 2, relaxed))
THREAD(y_add_rlx, ADD(2, y, relaxed))
FORBID(rs_add,
       (r[2] == 2) || (r[2] == 0 && r[0] == 2) || (r[2] == 1 && r[0] > 0 && r[1] == 0) || r[1] == 2)
FORBID(rs_other, (r[0] == 1 && r[1] == 0) || r[1] == 2)

/* Read-modify-write operations are atomic. */
THREAD(add0, ADD(0, x, relaxed))
THREAD(add1, ADD(1, x, relaxed))
THREAD(add2, ADD(2, x, relaxed))
FORBID(not_distinct, r[0] == r[1] || r[0] > 1 || r[1] > 1)
FORBID(not_distinct3, r[0] == r[1] || r[1] == r[2] || r[0] == r[2])
static void *swap(int to)
{
	int expected = 0;

	r[to] = AFIELD_COMPARE_EXCHANGE(&x, &expected, 1, relaxed);
	return 0;
}
THREAD(swap0, swap(0))
THREAD(swap1, swap(1))
FORBID(not_one, r[0] == r[1])

/* Mixed orders: RC11 lets these happen. */
THREAD(z6_1, STORE(x, 1, seq_cst); STORE(y, 1, release))
THREAD(z6_2, ADD(0, y, seq_cst); LOAD(1, y, relaxed))
THREAD(z6_3, STORE(y, 3, seq_cst); LOAD(2, x, seq_cst))
/* r0: 0, 1 or 3 (what the addition found); r1: its own 1, 2 or 4, or a later store; r2: x. */
FORBID(z6, r[2] > 1 || r[0] == 2 || r[0] == 4 || r[1] == 0 ||
		   (r[0] == 0 && r[1] != 1 && r[1] != 3) || (r[0] == 1 && r[1] != 2 && r[1] != 3) ||
		   (r[0] == 3 && r[1] != 4 && r[1] != 1) || (r[0] == 0 && r[1] == 2))

const struct shape shapes[] = {
	{"MP+rlx", "A C", {xy_rlx, read_yx_rlx}, 2, false, 2, nothing},
	{"MP+rel+rlx", "B", {xy_rel, read_yx_rlx}, 2, false, 2, nothing},
	{"MP+rlx+acq", "B", {xy_rlx, read_yx_acq}, 2, false, 2, nothing},
	{"MP+rel+acq", "B", {xy_rel, read_yx_acq}, 2, false, 2, stale},
	{"MP+fence+fence", "B", {xy_fence, read_yx_fence}, 2, false, 2, stale},
	{"MP+fence+acq", "B", {xy_fence, read_yx_acq}, 2, false, 2, stale},
	{"MP+rel+fence", "B", {xy_rel, read_yx_fence}, 2, false, 2, stale},
	{"MP+fence+rlx", "B", {xy_fence, read_yx_rlx}, 2, false, 2, nothing},
	{"MP+rlx+fence", "B", {xy_rlx, read_yx_fence}, 2, false, 2, nothing},
	{"MP+sc-data+rlx-flag", "L", {xy_sc_rlx, read_yx_rlx_sc}, 2, false, 2, nothing},
	{"SB+rlx", "A C", {sb1_rlx, sb2_rlx}, 2, false, 2, nothing},
	{"SB+ra", "B", {sb1_ra, sb2_ra}, 2, false, 2, nothing},
	{"SB+sc", "B", {sb1_sc, sb2_sc}, 2, false, 2, both_zero},
	{"SB+sc-store+acq", "L", {sb1_sc_acq, sb2_sc_acq}, 2, false, 2, nothing},
	{"SB+sc+ra", "L", {sb1_sc, sb2_ra}, 2, false, 2, nothing},
	{"SB+fence", "B", {sb1_fence, sb2_fence}, 2, false, 2, both_zero},
	{"SB+fence+sc", "L", {sb1_fence, sb2_sc}, 2, false, 2, both_zero},
	{"SB+fence+rlx", "B", {sb1_fence, sb2_rlx}, 2, false, 2, nothing},
	{"SB+fence-ar", "B", {sb1_fence_ar, sb2_fence}, 2, false, 2, nothing},
	{"SB+exchange", "B", {sb1_rmw, sb2_rmw}, 2, false, 2, nothing},
	{"LB+rlx", "L", {lb1_rlx, lb2_rlx}, 2, false, 2, both_one},
	{"2+2W+rlx", "A C", {w1_rlx, w2_rlx}, 2, true, 3, unwritten},
	{"2+2W+rel", "B", {w1_rel, w2_rel}, 2, true, 3, unwritten},
	{"2+2W+sc", "B", {w1_sc, w2_sc}, 2, true, 3, unwritten_or_crossed},
	{"2+2W+fence", "L", {w1_fence, w2_fence}, 2, true, 3, unwritten_or_crossed},
	{"IRIW+rlx", "A", {write_x_rlx, write_y_rlx, iriw3_rlx, iriw4_rlx}, 4, false, 2, nothing},
	{"IRIW+ra", "B", {write_x_rel, write_y_rel, iriw3_acq, iriw4_acq}, 4, false, 2, nothing},
	{"IRIW+sc", "B", {write_x_sc, write_y_sc, iriw3_sc, iriw4_sc}, 4, false, 2, disagree},
	{"IRIW+rel+sc", "L", {write_x_rel, write_y_rel, iriw3_sc, iriw4_sc}, 4, false, 2, nothing},
	{"IRIW+sc+acq", "B", {write_x_sc, write_y_sc, iriw3_acq, iriw4_acq}, 4, false, 2, nothing},
	{"IRIW+fence",
	 "L",
	 {write_x_rlx, write_y_rlx, iriw3_fence, iriw4_fence},
	 4,
	 false,
	 2,
	 disagree},
	{"WRC+rlx", "A", {write_x_rlx, wrc2_rlx, wrc3_rlx}, 3, false, 2, nothing},
	{"WRC+rel+acq", "B", {write_x_rlx, wrc2_rel, wrc3_acq}, 3, false, 2, not_passed_on},
	{"WRC+rel+rlx", "B", {write_x_rlx, wrc2_rel, wrc3_rlx}, 3, false, 2, nothing},
	{"ISA2+ra", "B", {xy_rel, isa2_ra, isa3_acq}, 3, false, 2, not_passed_on},
	{"ISA2+rlx", "B", {xy_rel, isa2_rlx, isa3_acq}, 3, false, 2, nothing},
	{"RWC+ra", "A", {write_x_rel, rwc2_acq, rwc3_ra}, 3, false, 2, nothing},
	{"RWC+fence", "L", {write_x_rlx, rwc2_fence, rwc3_fence}, 3, false, 2, rwc},
	{"RWC+sc", "B", {write_x_sc, rwc2_sc, rwc3_sc}, 3, false, 2, rwc},
	{"R+ra", "A", {xy_rel_rel, r2_rel}, 3, true, 3, r_weak},
	{"R+sc", "B", {xy_sc, r2_sc}, 3, true, 3, r_strong},
	{"R+fence", "L", {xy_fence_sc, r2_fence}, 3, true, 3, r_strong},
	{"S+rlx", "A", {s1_rlx, s2_rlx}, 3, true, 3, s_weak},
	{"S+rel+acq", "B", {s1_rel, s2_acq}, 3, true, 3, s_strong},
	{"S+rel+rlx", "B", {s1_rel, s2_rlx}, 3, true, 3, s_weak},
	{"CoRR", "C", {x12, read_xx}, 2, false, 3, corr},
	{"CoRR2", "C", {x1, x2, read_xx, read_xx2}, 4, false, 3, corr2},
	{"CoWW", "C", {x12}, 2, true, 3, coww},
	{"CoWR", "C", {write_read_x, x2}, 3, true, 3, cowr},
	{"CoRW", "C", {read_write_x, x2}, 3, true, 3, corw},
	{"RS+add", "B P", {xy_rel, y_add_rlx, read_yx_acq}, 3, false, 3, rs_add},
	{"RS+own-store", "P", {y_rel_rlx, read_yx_acq}, 2, false, 3, rs_other},
	{"RMW+add", "C", {add0, add1}, 2, false, 3, not_distinct},
	{"RMW+add3", "C", {add0, add1, add2}, 3, false, 3, not_distinct3},
	{"RMW+swap", "C", {swap0, swap1}, 2, false, 2, not_one},
	{"Z6.U", "L", {z6_1, z6_2, z6_3}, 3, false, 5, z6},
	{0},
};
/* clang-format on */

const struct shape *shape_now;

int shape_main(int argc, char **argv)
{
	pthread_t threads[SHAPE_THREADS];
	int count = 0;

	(void)argc;
	(void)argv;
	for (; count < SHAPE_THREADS && shape_now->threads[count]; count++)
		pthread_create(&threads[count], 0, shape_now->threads[count], 0);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], 0);
	if (shape_now->has_finals) {
		r[shape_now->registers - 2] = AFIELD_LOAD(&x, relaxed);
		r[shape_now->registers - 1] = AFIELD_LOAD(&y, relaxed);
	}
	afield_explore_outcome("%d %d %d %d", r[0], r[1], r[2], r[3]);
	return 0;
}
