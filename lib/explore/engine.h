/* SPDX-License-Identifier: MIT */
/*
 * engine: what the files of the explorer share. One execution is one run of the program's main
 * under one sequence of choices; everything here except the options and the sites is forgotten
 * between executions.
 *
 * Synchronization: none. The explorer is one thread of the system; the program's threads are
 * fibers, and exactly one of them runs.
 */
#ifndef AFIELD_EXPLORE_ENGINE_H
#define AFIELD_EXPLORE_ENGINE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The program's calls of these go through the explorer, by the linker's --wrap; the explorer's own
 * calls must not.
 */
void *__real_memcpy(void *to, const void *from, size_t size);
void *__real_memmove(void *to, const void *from, size_t size);
void *__real_memset(void *to, int byte, size_t size);
#define memcpy __real_memcpy
#define memset __real_memset

enum {
	THREADS = 8,     /* of the program, main included */
	EVENTS = 256,    /* seq_cst accesses and fences in one execution */
	STORES = 4096,   /* in one execution */
	HISTORY = 128,   /* stores to one location */
	LOCATIONS = 512, /* atomic objects */
	CHOICES = 1 << 14,
	SITES = 1024,
	SITE_NAME = 200,
	SITES_KNOWN = 2000, /* after so many random executions, for those that list mutants too */
	OUTCOME = 384,      /* its text */
};

enum order { RELAXED, CONSUME, ACQUIRE, RELEASE, ACQ_REL, SEQ_CST };

/* A set of seq_cst events, by their number. */
struct set {
	uint64_t word[EVENTS / 64];
};

static inline void set_add(struct set *set, int event)
{
	set->word[event / 64] |= UINT64_C(1) << event % 64;
}
static inline bool set_has(const struct set *set, int event)
{
	return set->word[event / 64] >> event % 64 & 1;
}
static inline void set_join(struct set *set, const struct set *other)
{
	for (int i = 0; i < EVENTS / 64; i++)
		set->word[i] |= other->word[i];
}
static inline bool set_meets(const struct set *one, const struct set *other)
{
	uint64_t common = 0;

	for (int i = 0; i < EVENTS / 64; i++)
		common |= one->word[i] & other->word[i];
	return common != 0;
}
static inline void set_cut(struct set *set, const struct set *other)
{
	for (int i = 0; i < EVENTS / 64; i++)
		set->word[i] &= other->word[i];
}

/*
 * What happens before a point of the program: of each thread, its events up to clock[thread]; and
 * the seq_cst events that the point comes after in two ways the C standard tells apart. `departed`:
 * the event is sequenced before something that happens before the point, or is it. `fences`: the
 * seq_cst fences that happen before the point.
 */
struct view {
	uint32_t clock[THREADS];
	struct set departed;
	struct set fences;
};

void view_join(struct view *view, const struct view *other);

/* One place in the program, named by a macro of ordering.h. */
struct site {
	const char *function;
	int line;
	const char *kind;   /* load, store, compare_exchange ... */
	const char *object; /* as the source spells it */
	int order;          /* as the source has it, or -1 when it never ran */
	const char *file;   /* its last component */
	bool has_company;   /* it ran while there was another thread */
	bool has_news;      /* a load gave another store than the thread knew of there */
	bool has_next;      /* a store was followed by another access of the thread */
	uint64_t executed;
	char where[96]; /* function:line kind(object), to read */
};

/* One write to an atomic location. */
struct store {
	uint64_t value;
	int thread;
	uint32_t epoch;               /* the writer's clock; 0 for an initial value */
	bool has_successor;           /* a read-modify-write read this one and follows it at once */
	int event;                    /* its number among the seq_cst events, or -1 */
	struct view message;          /* what an acquire load of it learns */
	uint32_t first_read[THREADS]; /* each thread's clock when it first read it, or 0 */
	struct set left_write;        /* seq_cst events ordered before whatever follows the write */
	struct set left_read;         /* the same for its readers */
	struct set readers;           /* its seq_cst readers */
	uint32_t knowers;             /* threads that have written or read it */
};

/* An atomic object: its stores in modification order. */
struct location {
	uintptr_t address;
	int size;
	int count;
	struct location *next; /* in the same granule */
	struct location *all;  /* every location of the execution */
	struct store *history[HISTORY];
	uint32_t read_epoch[THREADS];  /* last atomic read and write of each thread, */
	uint32_t write_epoch[THREADS]; /* for races with plain accesses */
};

/* Eight bytes of the program's memory, for races between plain accesses. */
struct granule {
	uintptr_t key;
	uint32_t generation;
	bool is_saved;
	uint8_t write_thread[8];
	uint32_t write_epoch[8];
	uint32_t read_epoch[THREADS][8];
	uintptr_t write_site, read_site[THREADS];
	struct location *locations;
};

enum pending { RUN, READ, WRITE, FENCE, LOCK, JOIN, SPIN, WAIT, DONE };

struct thread {
	enum pending pending; /* what it does next */
	uintptr_t object;     /* to what */
	uint64_t mark;        /* writes done by all threads when it began to spin */
	int target;           /* whom it joins */
	const int *owner;     /* of the mutex that it locks: who has it, or -1 */
	bool is_fresh;        /* reads the last store only, so that every spin ends that can */
	bool is_woken;
	bool is_signaled;       /* the condition it waits on was */
	uintptr_t waits_on;     /* a condition, or 0 */
	struct thread *creator; /* goes on when this one has come to its first access */
	struct view view;
	struct view released; /* the view at its last release fence */
	struct view acquired; /* what an acquire fence will learn */
	int last_event;       /* its last seq_cst event while nothing follows it, or -1 */
	void *(*body)(void *);
	void *argument;
	void *result;
	bool is_joined;
	uint32_t repeats;     /* loads of one store, with nothing between */
	uint32_t known_reads; /* loads of stores it had read before, with no write between */
	const struct store *repeated;
	const struct site *stored_at; /* of its last access, if that was a store */
	struct {
		bool is_set;
		struct location *location;
		uint64_t value;
		int order;
	} late; /* a store that a mutant holds back */
};

/* The program, now. */
struct run {
	int threads;
	struct thread *self;
	struct thread thread[THREADS];
	uint64_t writes;
	uint32_t steps, preemptions, spurious;
	uint32_t rounds; /* times that only spinning threads were left, with no write between */
	uint64_t rounds_mark;
	uint32_t asleep; /* threads whose next step a sibling of this execution has explored */
	uint32_t generation;
	struct location *locations;
	int events;
	bool has_fences;
	const struct site *site; /* named by the macro whose access comes next */
	bool is_weak;
	bool is_inside; /* the explorer, between enter and leave */
	uintptr_t pc;
};

struct options {
	bool is_random, is_tracing, wants_leaks, wants_reuse;
	bool is_reducing; /* one order of steps that commute is enough */
	int preemptions;  /* -1: as many as there are */
	uint32_t steps;
	uint32_t spurious;
	uint64_t executions, seed;
	double seconds;
	const struct site *mutant_site;
	const char *mutant; /* the operator's name, or the name of a declared mutant */
};

extern struct run run;
extern struct options options;

/*
 * Around whatever the explorer does for the program. Inside, the copies that the compiler makes for
 * the explorer's own sake are not taken for the program's. False: there is nothing to enter.
 */
static inline bool enter(void)
{
	if (!run.self || run.is_inside)
		return false;
	return run.is_inside = true;
}
static inline void leave(void)
{
	run.is_inside = false;
}

/*
 * The files, the bottom first: each calls those that stand before it here, and none behind it.
 * search.c and command.c are above them all.
 */

static inline bool acquires(int order)
{
	return order == CONSUME || order == ACQUIRE || order == ACQ_REL || order == SEQ_CST;
}

static inline bool releases(int order)
{
	return order == RELEASE || order == ACQ_REL || order == SEQ_CST;
}

/* run.c */
enum verdict { PASSED, FAILED, BLOCKED, REDUNDANT };
extern jmp_buf run_start; /* where an execution returns to when it ends */
int self_index(void);
_Noreturn void run_end(enum verdict verdict);
enum verdict run_verdict(void);

/* report.c */
_Noreturn __attribute__((format(printf, 1, 2))) void fail(const char *format, ...);
__attribute__((format(printf, 1, 2))) void trace(const char *format, ...);
const char *place(uintptr_t pc);
const char *failure(void);
__attribute__((format(printf, 1, 2))) void failure_set(const char *format, ...);
const char *outcome(void);
void report_begin(void);

/* choice.c: the only source of non-determinism. choose returns 0 .. count - 1. */
int choose(int count, bool prefers_first);
void choice_begin(void);
bool choice_next(void);
void choice_reset(void);
void choice_print(char *text, size_t size);
bool choice_parse(const char *text);
int choice_random(int count);

/* site.c */
void site_run(int order);
void site_note_news(void);
void site_note_next(void);
bool site_mutates(const char *name);
int site_order(int order);
void site_list(void);
bool site_mutant(int nth, char *text, size_t size);
void site_name(const struct site *site, char *text, size_t size);
bool site_select(const char *text);

/* sequence.c: the single total order of the seq_cst events */
void sequence_begin(void);
int sequence_event(void);
bool sequence_allows(const struct location *location, int below, bool is_write, bool is_sc,
		     const struct view *view);
void sequence_add(const struct location *location, int below, bool is_write, int event,
		  const struct view *view, struct set *left);
void sequence_fence(void);

/* history.c: what a thread knows, and the stores to a location */
void history_begin(void);
struct thread *event_begin(void);
int location_floor(const struct location *location, const struct view *view);
void location_ensure(struct location *location);
struct view view_after(const struct thread *self, const struct store *store, int order);
void know_nothing(int thread); /* a new one has this number */
bool is_known_to_self(const struct store *store);
void read_commit(struct location *location, int at, int order);
void write_commit(struct location *location, int below, uint64_t value, int order, bool is_update);

/* private.c: thread-local variables */
bool address_is_private(uintptr_t address);
void private_begin(int thread);
void private_switch(int from, int to);

/* fiber.c */
bool address_is_ours(uintptr_t address); /* in the stack of a fiber */
void fiber_begin(struct thread *first, void (*end)(void *result));
void fiber_go_on(struct thread *next);

/* memory.c */
void memory_begin(void);
void memory_end(void);
void memory_read(uintptr_t address, size_t size, uintptr_t pc);
void memory_write(uintptr_t address, size_t size, uintptr_t pc);
void memory_check(uintptr_t address, size_t size);
struct location *location_of(uintptr_t address, int size);
void location_touch(struct location *location, bool is_write);
void location_flush(struct location *location);
void memory_check_leaks(void);

/* schedule.c */
void point(enum pending pending, uintptr_t object);
struct thread *thread_new(void *(*body)(void *), void *argument);
void thread_begin(struct thread *thread);

/* order.c: accesses under the memory model */
struct request {
	uintptr_t address;
	int size;
	int order, failure_order;
	enum { ADD, SUB, AND, OR, XOR, NAND, SET, COMPARE } verb;
	uint64_t operand, expected;
	bool is_weak;
};
uint64_t order_load(uintptr_t address, int size, int order);
void order_store(uintptr_t address, int size, uint64_t value, int order);
uint64_t order_update(struct request *request, bool *is_done);
void order_fence(int order);
void order_late(struct thread *thread);
void step(enum pending pending,
	  uintptr_t object); /* point, for a thread that may hold a store back */

/* threads.c: pthread_create and the like */
void threads_begin(void);

/* execution.c */
enum verdict run_once(void *(*body)(void *));

#endif
