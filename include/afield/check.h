/* SPDX-License-Identifier: MIT */
/*
 * afield/check.h: a linearizability checker.
 *
 * A history is a list of operations that threads performed on one object, each with the time it was
 * called and the time it returned. It is linearizable when every operation can be given one instant
 * between its call and its return so that the operations, taken in the order of their instants,
 * are what the object does when one thread uses it alone. A model states that sequential meaning.
 *This header records histories with little disturbance, reads and writes them as text, checks them
 * against a model, and shows a small counterexample when there is no such order.
 *
 * Use it to test a concurrent object whose operations promise to linearize in real time (a
 * sequentially consistent store, a lock-free queue). Do not use it for operations that promise only
 * happens-before (a release store, a relaxed counter): they are not linearizable by the clock, and
 * the checker says so.
 *
 * Synchronization: a log belongs to one thread while it records. A history is made after
 * the recording threads are joined, and is read or checked by one thread at a time (a check may add
 * words to its table). Distinct histories are independent. Models are constant.
 *
 *	static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
 *	{
 *		afield_record_call1(log, write_verb, thread + 1);
 *		my_store(subject, thread + 1);
 *		afield_record_return(log);
 *	}
 *
 *	struct afield_rounds rounds = {
 *		.threads = 2, .rounds = 100, .operations = 20, .work = work, .subject = &object,
 *	};
 *	struct afield_history *history = afield_rounds_run(&rounds, afield_model_find("register"));
 *	int failed = afield_check_print("register", history, NULL, stdout);
 *	afield_history_free(history);
 */
#ifndef AFIELD_CHECK_H
#define AFIELD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AFIELD_CHECK_API __attribute__((visibility("default")))

/* Values ------------------------------------------------------------------------------------- */

/*
 * What an operation takes and returns. A number is itself, down to AFIELD_LOWEST. The values below
 * it are handles: the fixed ones named here, and the words of one history.
 */
typedef int64_t afield_value;

#define AFIELD_NIL (INT64_MIN)       /* nil: no value */
#define AFIELD_EMPTY (INT64_MIN + 1) /* empty: there was nothing to take */
#define AFIELD_ANY (INT64_MIN + 2)   /* ? or *: not known, says nothing */
#define AFIELD_OK (INT64_MIN + 3)    /* ok */
#define AFIELD_FAIL (INT64_MIN + 4)  /* fail */
#define AFIELD_BLANK (INT64_MIN + 5) /* "": text of no characters */
#define AFIELD_LOWEST (INT64_MIN + ((int64_t)1 << 32))

/* Histories ---------------------------------------------------------------------------------- */

struct afield_history;
struct afield_model;

/*
 * One operation. Intervals are closed: when one operation returns at the very stamp at which
 * another is called, the two are concurrent. A pending operation never returned. It may have taken
 * effect at any time after its call, or not at all, and its result is not known.
 */
struct afield_operation {
	int64_t call;
	int64_t ret;                /* meaningless when pending */
	const afield_value *values; /* arguments, then results */
	uint32_t process;           /* a column of the picture; carries no order */
	uint16_t argument_count;
	uint16_t result_count;
	uint16_t verb; /* index into the verbs of the model */
	bool pending;
};

static inline afield_value afield_argument(const struct afield_operation *operation, unsigned index)
{
	return index < operation->argument_count ? operation->values[index] : AFIELD_NIL;
}

/* AFIELD_ANY when the result is not known: the model then allows every result. */
static inline afield_value afield_result(const struct afield_operation *operation, unsigned index)
{
	if (operation->pending || index >= operation->result_count)
		return AFIELD_ANY;
	return operation->values[operation->argument_count + index];
}

/* An empty history of one object. NULL when there is no memory. */
AFIELD_CHECK_API struct afield_history *afield_history_create(const struct afield_model *model);
AFIELD_CHECK_API void afield_history_free(struct afield_history *history);

/*
 * Adds a copy of the operation. False when there is no memory; the history is then unchanged.
 */
AFIELD_CHECK_API bool afield_history_add(struct afield_history *history,
					 const struct afield_operation *operation);

AFIELD_CHECK_API size_t afield_history_count(const struct afield_history *history);
AFIELD_CHECK_API const struct afield_operation *
afield_history_operation(const struct afield_history *history, size_t index);
AFIELD_CHECK_API const struct afield_model *
afield_history_model(const struct afield_history *history);

/* What the object held at the start: the `# init` line, and false when there is none. */
AFIELD_CHECK_API bool afield_history_initial(const struct afield_history *history,
					     afield_value *value);
AFIELD_CHECK_API void afield_history_set_initial(struct afield_history *history,
						 afield_value value);

/* Says that operations are missing; every check of the history is then AFIELD_UNKNOWN. */
AFIELD_CHECK_API void afield_history_set_incomplete(struct afield_history *history);

/* The handle of a word, made when new. AFIELD_NIL when there is no memory. */
AFIELD_CHECK_API afield_value afield_value_word(const struct afield_history *history,
						const char *text, size_t length);
/* The value of a number of any size; a word only below AFIELD_LOWEST. */
AFIELD_CHECK_API afield_value afield_value_of(const struct afield_history *history, int64_t number);
/* The number that a value is. False when it is a word that is not a number. */
AFIELD_CHECK_API bool afield_value_number(const struct afield_history *history, afield_value value,
					  int64_t *number);
/* The value's text: its length, and the text itself at *text. `scratch` holds a number's digits. */
AFIELD_CHECK_API size_t afield_value_text(const struct afield_history *history, afield_value value,
					  char scratch[24], const char **text);
/* Negative, zero or positive: numbers by size, before words by their bytes. */
AFIELD_CHECK_API int afield_value_compare(const struct afield_history *history, afield_value a,
					  afield_value b);
/* The text of `a` with that of `b` behind it. */
AFIELD_CHECK_API afield_value afield_value_join(const struct afield_history *history,
						afield_value a, afield_value b);

/* Models ------------------------------------------------------------------------------------- */

/* A state of the object: a row of 64-bit cells whose meaning is the model's. */
struct afield_state {
	const int64_t *cells;
	size_t count;
};

/* Where a model puts the states an operation may lead to. */
struct afield_outcome;
/* A further next state of `count` cells, for the model to fill at once. NULL when out of memory. */
AFIELD_CHECK_API int64_t *afield_outcome_add(struct afield_outcome *outcome, size_t count);
/* The operation may leave the state as it is. */
AFIELD_CHECK_API void afield_outcome_same(struct afield_outcome *outcome,
					  const struct afield_state *state);
AFIELD_CHECK_API const struct afield_history *
afield_outcome_history(const struct afield_outcome *outcome);

/* A growing text. */
struct afield_text;
AFIELD_CHECK_API void afield_text_add(struct afield_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
AFIELD_CHECK_API void afield_text_value(struct afield_text *text,
					const struct afield_history *history, afield_value value);

enum {
	AFIELD_VERB_OBSERVES = 1,       /* never changes the state, whatever it returns */
	AFIELD_VERB_MORE_ARGUMENTS = 2, /* takes any number of arguments from `arguments` up */
	AFIELD_VERB_RESETS = 8,         /* makes states possible that `hopeless` gave up */
	AFIELD_VERB_TRIPLES = 4 /* an argument is written kind/name/value and is three values */
};

struct afield_check_verb {
	const char *name;
	unsigned arguments;
	unsigned results_least; /* a returned operation must tell at least so many */
	unsigned results_most;
	unsigned flags;
};

/*
 * The sequential meaning of an object. `name`, `verbs`, `init` and `step` are required; every other
 * member may be NULL. Each function gets the model itself, so that one function can serve several
 * models that differ in `parameter`.
 */
struct afield_model {
	const char *name;
	const struct afield_check_verb *verbs;
	size_t verb_count;
	int64_t parameter; /* the model's own */

	/* Adds the state, or the possible states, of the object before the first operation. */
	void (*init)(const struct afield_model *model, const struct afield_history *history,
		     struct afield_outcome *outcome);
	/*
	 * Adds every state in which the object may be after the operation linearized on `state`
	 * and returned what it did. Adds none when it cannot have returned that. A result that is
	 * not known (afield_result gives AFIELD_ANY) allows every result. Must not depend on
	 * anything else.
	 */
	void (*step)(const struct afield_model *model, const struct afield_state *state,
		     const struct afield_operation *operation, struct afield_outcome *outcome);
	/* Equal states hash alike. Without these two, states are equal when their cells are. */
	uint64_t (*hash)(const struct afield_model *model, const struct afield_state *state);
	bool (*equal)(const struct afield_model *model, const struct afield_state *a,
		      const struct afield_state *b);
	/* Writes the state for people. Without it, its cells are written as values. */
	void (*describe)(const struct afield_model *model, const struct afield_history *history,
			 const struct afield_state *state, struct afield_text *text);
	/*
	 * True when the operation, with the result it has, never changes any state. Without it, the
	 * verb's AFIELD_VERB_OBSERVES decides.
	 */
	bool (*observes)(const struct afield_model *model,
			 const struct afield_operation *operation);
	/*
	 * Which independent parts of the object the operation touches: stores up to `limit` keys
	 * and returns their number, or SIZE_MAX when it touches the whole object. Parts are checked
	 * alone, so they must not influence one another. Without it, there is one part.
	 */
	size_t (*keys)(const struct afield_model *model, const struct afield_operation *operation,
		       afield_value *keys, size_t limit);
	/*
	 * The group of operations that can be left out together: when a sequence of operations is
	 * possible, it stays possible without those of one group. False when there is no such
	 * group, which forbids leaving out groups in this history. Used to shorten counterexamples.
	 */
	bool (*group)(const struct afield_model *model, const struct afield_operation *operation,
		      afield_value *group);
	/*
	 * True when an operation that observes can never become possible again from the state, as
	 * long as no verb with AFIELD_VERB_RESETS linearizes: a text that only grows never gets
	 * back to a shorter one. It spares engine A hopeless ways and may be wrong in one
	 * direction only: false is always right.
	 */
	bool (*hopeless)(const struct afield_model *model, const struct afield_history *history,
			 const struct afield_state *state,
			 const struct afield_operation *operation);
	/* Why the operation (or the initial value, when NULL) makes no sense here, or NULL. */
	const char *(*refuse)(const struct afield_model *model,
			      const struct afield_history *history,
			      const struct afield_operation *operation);
	/* Private to the ready models: which fast monitor knows this model. */
	int monitor;
};

/*
 * A ready model: register, kv, counter, mutex, semaphore, queue, ring, stack, set, priorityqueue,
 * multireg, map, integer, integer32, unsigned, unsigned32. NULL when there is none of that name.
 */
AFIELD_CHECK_API const struct afield_model *afield_model_find(const char *name);
/* The ready models one after the other; NULL at the end. */
AFIELD_CHECK_API const struct afield_model *afield_model_ready(size_t index);
/* The verb's index, or -1. */
AFIELD_CHECK_API int afield_model_verb(const struct afield_model *model, const char *name);

/* Files -------------------------------------------------------------------------------------- */

struct afield_complaint {
	size_t line;
	size_t column; /* in bytes, from 1 */
	char message[160];
};

/*
 * Reads a history from text. `model` overrides the header's and may be NULL. NULL with the
 * complaint filled when the text is not a history. The format is described in lib/check/format.md.
 */
AFIELD_CHECK_API struct afield_history *afield_history_parse(const char *text, size_t length,
							     const struct afield_model *model,
							     struct afield_complaint *complaint);
/* Writes a history that afield_history_parse reads back. False on a write error. */
AFIELD_CHECK_API bool afield_history_write(const struct afield_history *history, FILE *stream);

/* Checking ----------------------------------------------------------------------------------- */

enum afield_verdict {
	AFIELD_LIN = 0,
	AFIELD_NONLIN = 1,
	AFIELD_UNKNOWN = 2 /* a budget ran out, or the history is incomplete */
};

enum afield_engine {
	AFIELD_ENGINE_AUTO = 0, /* a monitor where one applies, otherwise A */
	AFIELD_ENGINE_A = 1,    /* depth first, with memory of what was tried */
	AFIELD_ENGINE_B = 2,    /* breadth first, return by return */
	AFIELD_ENGINE_C = 3,    /* a monitor; A for the parts where none applies */
	AFIELD_ENGINE_ALL = 4   /* each of them; they must agree */
};

struct afield_progress {
	uint64_t steps;
	uint64_t states;
	uint64_t parts_done;
	uint64_t parts;
};

/* All zero is a good choice. Verdicts depend on nothing but the history and these. */
struct afield_check_options {
	enum afield_engine engine;
	uint64_t steps;         /* model steps before UNKNOWN; 0: 4 000 000 000 */
	uint64_t bytes;         /* memory before UNKNOWN; 0: 3 GiB */
	bool plain;             /* engines use no reduction: slow, for testing them */
	bool no_counterexample; /* the verdict is all that is wanted */
	bool certificate;       /* of LIN, an order of the operations that shows it */
	void (*progress)(void *context, const struct afield_progress *progress);
	void *context;
};

struct afield_witness;

struct afield_report {
	enum afield_verdict verdict;
	const char *engine; /* which engine decided: "A", "B", "C", "C+A", "all" ... */
	const char *reason; /* why UNKNOWN, otherwise NULL */
	bool disagreement;  /* engines gave opposite verdicts: a bug of the checker */
	uint64_t operations;
	uint64_t parts;
	uint64_t states;     /* configurations remembered */
	uint64_t steps;      /* model steps taken */
	double milliseconds; /* until there was a verdict */
	double counterexample_milliseconds;
	struct afield_witness *witness; /* the counterexample of NONLIN, if wanted */
	uint32_t *order;                /* see afield_report_order */
	size_t order_count;
};

/* Checks the history against its model. Never fails: trouble is AFIELD_UNKNOWN with a reason. */
AFIELD_CHECK_API void afield_check(const struct afield_history *history,
				   const struct afield_check_options *options,
				   struct afield_report *report);
AFIELD_CHECK_API void afield_report_fini(struct afield_report *report);

/* One line: verdict, operations, states, milliseconds. */
AFIELD_CHECK_API void afield_report_line(const struct afield_report *report, FILE *stream);
/* The counterexample, one column a process. Prints nothing when there is none. */
AFIELD_CHECK_API void afield_report_text(const struct afield_report *report, FILE *stream);
/* One page with a drawing that needs neither network nor script. */
AFIELD_CHECK_API void afield_report_html(const struct afield_report *report,
					 const struct afield_history *history, const char *title,
					 FILE *stream);
/* The operations of the counterexample: their indices in the history. NULL when there is none. */
AFIELD_CHECK_API const uint32_t *afield_report_operations(const struct afield_report *report,
							  size_t *count);
/*
 * Whether no more can be left out of the counterexample: nothing that could be left out of any
 * linearizable history, so that the rest is still not linearizable. False when that would take far
 * more steps than the verdict to find.
 */
AFIELD_CHECK_API bool afield_report_is_minimal(const struct afield_report *report);
/*
 * The certificate of LIN, if wanted: the indices in the history of every operation that returned, and
 * of pending ones that took effect, in an order that one thread could have performed them in and in
 * which nothing comes before what had returned when it was called. NULL when there is none.
 */
AFIELD_CHECK_API const uint32_t *afield_report_order(const struct afield_report *report,
						     size_t *count);
/* Writes the certificate as text, described in lib/check/format.md. False on a write error. */
AFIELD_CHECK_API bool afield_report_certificate(const struct afield_report *report, FILE *stream);

/*
 * What a test calls: checks, prints one line, and when the history is not linearizable prints the
 * counterexample and writes the history to `<name>.history` in the directory $AFIELD_HISTORY_DIR or
 * the current one. Returns 0 for LIN, 1 for NONLIN, 2 for UNKNOWN.
 */
AFIELD_CHECK_API int afield_check_print(const char *name, const struct afield_history *history,
					const struct afield_check_options *options, FILE *stream);

#ifdef __cplusplus
}
#endif

#include <afield/detail/check_record.h>

#endif
