/* SPDX-License-Identifier: MIT */
/*
 * internal.h: what the files of the checker share and its users do not see.
 *
 * The way of a check: a history is split into parts by the model's keys (part.c); each part is
 * given to a monitor (monitor_*.c), or to engine A or B, which walk over configurations. A
 * configuration says which operations have taken effect and in which state the object is then.
 * Because every operation that returned before a given return must have taken effect, it is three
 * things: the number of returns passed, one bit for each operation open at that time (its slot),
 * and a state number. So it is small and exact whatever the length of the history.
 */
#ifndef AFIELD_CHECK_INTERNAL_H
#define AFIELD_CHECK_INTERNAL_H

#include <afield/check.h>

#define AFIELD__NONE UINT32_MAX
#define AFIELD__FIRST_WORD (INT64_MIN + 16)

/* Memory that is freed all at once. */
struct afield__arena {
	struct afield__chunk *chunks;
	size_t bytes;
};

void *afield__arena_get(struct afield__arena *arena, size_t bytes);
void afield__arena_fini(struct afield__arena *arena);
/* Makes room for one more of `size` bytes in an array that doubles. False when out of memory. */
bool afield__grow(void *array, size_t *capacity, size_t count, size_t size);
uint64_t afield__mix(uint64_t hash);

/* An open-addressed table of numbers from 0 up; AFIELD__NONE is a free place. */
struct afield__table {
	uint32_t *places;
	size_t size; /* a power of two, or 0 */
};

/*
 * Makes room for one more than the first `count` numbers, whose hashes the function tells. Half of
 * the places are free then. False when there is no memory.
 */
bool afield__table_grow(struct afield__table *table, size_t count,
			uint64_t (*hash)(const void *owner, size_t number), const void *owner);
void afield__table_fini(struct afield__table *table);

/* A number and what it belongs to. */
struct afield__keyed {
	int64_t key;
	uint32_t index;
};

/* Sorts by key; equal keys stay in the order of their indices, in which they must come. */
void afield__sort(struct afield__keyed *items, size_t count);

/* The numbers 0 up to a count, grouped: those of kind k are members[start[k]] to start[k + 1]. */
struct afield__buckets {
	uint32_t *start;
	uint32_t *members;
};

/* `of` gives each its kind, or AFIELD__NONE. False when there is no memory; to be freed anyway. */
bool afield__buckets_init(struct afield__buckets *buckets, const uint32_t *of, uint32_t count,
			  size_t kinds);
void afield__buckets_fini(struct afield__buckets *buckets);

struct afield__word {
	const char *text;
	size_t length;
	uint64_t hash;
	int64_t number;
	bool is_number;
};

struct afield__words {
	struct afield__arena arena;
	struct afield__word *words;
	size_t count;
	size_t capacity;
	struct afield__table table;
	char *scratch;
	size_t scratch_size;
};

struct afield_history {
	const struct afield_model *model;
	struct afield__words *words; /* grows while the history is checked */
	struct afield_operation *operations;
	size_t count;
	size_t capacity;
	struct afield__arena values;
	afield_value *processes; /* names of the columns, or NULL: their numbers */
	size_t process_count;
	size_t process_capacity;
	afield_value initial;
	bool has_initial;
	bool incomplete;
	const struct afield_history *whole; /* what this was cut out of, or NULL */
};

struct afield__words *afield__words_create(void);
void afield__words_free(struct afield__words *words);
/* The value of a bare token of a file: number, fixed word or word. */
afield_value afield__value_token(struct afield__words *words, const char *text, size_t length);
/* The value of quoted text, where nil, empty, ok and fail are plain words. */
afield_value afield__value_quoted(struct afield__words *words, const char *text, size_t length);
bool afield__is_word(const struct afield_history *history, afield_value value);
/* `# init ?`: what the object holds at the start is not known. The state has no cells then. */
static inline bool afield__starts_unknown(const struct afield_history *history)
{
	return history->has_initial && history->initial == AFIELD_ANY;
}
afield_value *afield__history_values(struct afield_history *history, size_t count);

struct afield_text {
	char *bytes;
	size_t length;
	size_t capacity;
};

void afield__text_fini(struct afield_text *text);
/* The value as a file has it: quoted when a bare token would mean something else. */
void afield__text_token(struct afield_text *text, const struct afield_history *history,
			afield_value value);
/* `name arguments : results` of one operation, as a file has it. */
void afield__text_operation(struct afield_text *text, const struct afield_history *history,
			    const struct afield_operation *operation);
void afield__text_process(struct afield_text *text, const struct afield_history *history,
			  uint32_t process);
void afield__text_state(struct afield_text *text, const struct afield_history *history,
			const struct afield_state *state);

struct afield_outcome {
	const struct afield_history *history;
	int64_t *cells;
	size_t used;
	size_t capacity;
	struct afield__span {
		size_t start;
		size_t count;
	} * spans;
	size_t count;
	size_t span_capacity;
	bool failed;
};

void afield__outcome_fini(struct afield_outcome *outcome);

/* The numbered distinct states of one part, and the model that leads from one to the next. */
struct afield__space {
	const struct afield_model *model;
	const struct afield_history *history;
	struct afield_outcome outcome;
	struct afield__arena arena;
	struct afield_state *states;
	uint64_t *hashes;
	size_t count;
	size_t capacity;
	size_t hash_capacity;
	struct afield__table table;
	uint32_t *next; /* states the last step led to, each once */
	size_t next_count;
	size_t next_capacity;
	uint64_t steps;
	bool failed; /* no memory */
};

void afield__space_init(struct afield__space *space, const struct afield_history *history);
void afield__space_fini(struct afield__space *space);
/* Fills `next` with the initial states, or with those the operation leads to. */
size_t afield__space_start(struct afield__space *space);
size_t afield__space_step(struct afield__space *space, uint32_t state,
			  const struct afield_operation *operation);
uint32_t afield__space_intern(struct afield__space *space, const struct afield_state *state);
uint64_t afield__space_bytes(const struct afield__space *space);

/* Operations that are checked together, in the order of their calls. */
struct afield__part {
	const struct afield_history *history;
	const uint32_t *operations; /* indices into the history */
	uint32_t count;
	const struct afield_state *starts; /* states to start from, or NULL: the model's own */
	uint32_t start_count;
};

/* What the engines need besides: the events of a part. */
struct afield__events {
	const struct afield_history *history;
	struct afield__arena arena;
	const struct afield_operation **operations;
	uint32_t *event; /* operation * 2, + 1 for its return; calls first on ties */
	uint32_t event_count;
	uint32_t *return_order;
	uint32_t returns;
	uint32_t *slot;
	uint32_t slots;
	uint32_t *before; /* an equal operation that may as well come first */
	bool *observer;
	uint32_t *resets; /* those whose verb has AFIELD_VERB_RESETS */
	uint32_t reset_count;
	uint32_t count;
};

/* `plain` leaves every reduction out. False when there is no memory. */
bool afield__events_init(struct afield__events *events, const struct afield__part *part,
			 bool plain);
void afield__events_fini(struct afield__events *events);
bool afield__observes(const struct afield_model *model, const struct afield_operation *operation);

struct afield__parts {
	struct afield__part *parts;
	uint32_t count;
	uint32_t *order;
	uint32_t *storage;
};

/* Splits by the model's keys. False when there is no memory. */
bool afield__parts_init(struct afield__parts *parts, const struct afield_history *history);
void afield__parts_fini(struct afield__parts *parts);

/* What one search may still use. */
struct afield__budget {
	uint64_t steps; /* stop when the search has made so many */
	uint64_t bytes;
};

enum afield__result {
	AFIELD__LIN = 0,
	AFIELD__NONLIN = 1,
	AFIELD__MORE = 2, /* the steps are used up; run again with more */
	AFIELD__NO_MEMORY = 3,
	AFIELD__NOT_APPLICABLE = 4
};

/*
 * An order of operations that explains what they returned, put together part after part. Each
 * operation gets the earliest time its part's order allows, and times order the parts among
 * themselves. So nothing is placed before what had returned when it was called.
 */
struct afield__order {
	const struct afield_history *history;
	struct afield__keyed *times; /* room for the whole history */
	uint32_t *operations;
	bool *placed;
	size_t count;
	int64_t now; /* the time of the part's last operation */
};

bool afield__order_init(struct afield__order *order, const struct afield_history *history);
void afield__order_fini(struct afield__order *order);
void afield__order_clear(struct afield__order *order);
void afield__order_begin(struct afield__order *order); /* the next part */
void afield__order_put(struct afield__order *order, uint32_t operation);
/* What returned and was not put may stand anywhere: it changes nothing and its result is unknown. */
void afield__order_put_rest(struct afield__order *order, const struct afield__part *part);
/* Hands all of it over in place of what was there. NULL is there when there is no memory. */
void afield__order_report(struct afield__order *order, struct afield_report *report);

struct afield__search;
/* Engine A or B over a part, which must outlive it. NULL when there is no memory. */
struct afield__search *afield__search_create(const struct afield__part *part, bool plain);
void afield__search_free(struct afield__search *search);
uint64_t afield__search_bytes(const struct afield__search *search);
enum afield__result afield__search_a(struct afield__search *search,
				     const struct afield__budget *budget);

/* A set of rows of 64-bit words; a row's first word is never zero. Engine memories are made of it.
 */
struct afield__rows {
	uint64_t *rows;
	size_t stride;
	size_t size;
	size_t count;
};

bool afield__rows_init(struct afield__rows *rows, size_t stride);
void afield__rows_fini(struct afield__rows *rows);
/* 1 when the row is new, 0 when it was there, -1 when there is no memory. */
int afield__rows_add(struct afield__rows *rows, const uint64_t *row);
void afield__rows_clear(struct afield__rows *rows);
uint64_t afield__rows_bytes(const struct afield__rows *rows);

struct afield__search {
	const struct afield__part *part;
	struct afield__events events;
	struct afield__space space;
	struct afield__rows rows; /* A: configurations seen */
	bool plain;
	/* where engine A stands */
	struct afield__frame *frames;
	size_t depth;
	size_t frame_capacity;
	uint32_t *starts;
	uint32_t start_count;
	uint32_t start_next;
	uint32_t *next; /* lists of open operations that did not take effect: */
	uint32_t *prev; /* heads are `count` (returning) and `count + 1` (pending) */
	bool *done;
	uint64_t *row; /* the configuration: returns and state, then slots */
	uint32_t returned;
	uint32_t cursor;
	uint32_t state;
	uint32_t candidate;
	uint32_t furthest; /* most returns ever passed */
	int mode;
	/* called where no operation can take effect next, if set */
	void (*dead_end)(void *context, const struct afield__search *search);
	void *context;
};

/* The operations that took effect, in order, by their indices in the history. */
void afield__search_order(const struct afield__search *search, uint32_t *order);

/* Puts the order of a part that engine A found linearizable. False when there is no memory. */
bool afield__order_put_search(struct afield__order *order, const struct afield__search *search);

struct afield__wave;
/* With `traced` it remembers how each configuration came about. */
struct afield__wave *afield__wave_create(const struct afield__part *part, bool plain, bool traced);
void afield__wave_free(struct afield__wave *wave);
enum afield__result afield__wave_run(struct afield__wave *wave,
				     const struct afield__budget *budget);
/* The states the object may be in after `count` operations, when nothing is open then. */
bool afield__wave_states(struct afield__wave *wave, uint32_t count,
			 const struct afield__budget *budget, struct afield__arena *arena,
			 struct afield_state **states, uint32_t *state_count);
/* When it is linearizable and was traced: puts its order. False when there is no memory. */
bool afield__wave_put_order(const struct afield__wave *wave, struct afield__order *order);
void afield__wave_count(const struct afield__wave *wave, uint64_t *steps, uint64_t *states,
			uint32_t *furthest);

/* Monitors: exact where they apply. */
enum {
	AFIELD__MONITOR_NONE,
	AFIELD__MONITOR_REGISTER,
	AFIELD__MONITOR_KV,
	AFIELD__MONITOR_COUNTER,
	AFIELD__MONITOR_QUEUE,
	AFIELD__MONITOR_STACK,
	AFIELD__MONITOR_SET,
	AFIELD__MONITOR_MAP
};

/* On NONLIN some operations may be named that show it. */
struct afield__blame {
	uint32_t *operations;
	size_t count;
	size_t capacity;
	bool whole; /* they alone are not linearizable; otherwise they with all of their groups */
};

void afield__blame_fini(struct afield__blame *blame);
/* On LIN puts the part's order at the end of `order`, unless that is NULL. */
enum afield__result afield__monitor(const struct afield__part *part, struct afield__blame *blame,
				    struct afield__order *order);

/* A counterexample: a small part of the history that is not linearizable by itself. */
struct afield_witness {
	struct afield_history history; /* copies of operations; what is cut off never returns */
	uint32_t *operations;          /* of it, in the order of calls */
	uint32_t *origin;              /* their indices in the history that was checked */
	uint32_t count;
	struct afield_state *starts; /* or NULL: from the start of the history */
	uint32_t start_count;
	uint32_t left_out; /* operations before the quiet point it starts at */
	uint32_t stuck;    /* index into operations of the one that cannot be placed */
	uint32_t *partial; /* longest partial linearizations, each `partial_length` */
	uint32_t partial_count;
	uint32_t partial_length;
	struct afield_state *states; /* the object after each of them */
	struct afield__arena arena;
	bool minimal; /* shown to be: nothing more can be left out */
};

/*
 * `furthest` is how many returns an engine could pass at most, or AFIELD__NONE when not known. It
 * takes not many times the `steps` that the verdict took.
 */
struct afield_witness *afield__witness_create(const struct afield__part *part,
					      const struct afield__blame *blame, uint32_t furthest,
					      uint64_t steps);
void afield__witness_free(struct afield_witness *witness);

enum { AFIELD__PARTIALS = 3 };

/* Finds what cannot be placed, and the longest orders without it. There must be room for them. */
void afield__find_partials(const struct afield__part *part, struct afield_witness *witness,
			   uint64_t steps);

extern const struct afield_model afield__model_register, afield__model_kv, afield__model_counter,
	afield__model_mutex, afield__model_semaphore, afield__model_queue, afield__model_ring,
	afield__model_stack, afield__model_set, afield__model_priorityqueue, afield__model_multireg,
	afield__model_map, afield__model_integer, afield__model_integer32, afield__model_unsigned,
	afield__model_unsigned32;

#endif
