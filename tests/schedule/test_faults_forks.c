/* SPDX-License-Identifier: MIT */
/*
 * A fork while a thread stands at an access, at each access of the operations of every kind. The
 * child has all fields as they are then, and only the thread that forked. It uses them all
 * (forked.h). Nothing of that may sleep, because nobody would wake it; and every value is whole.
 */
#include "forked.h"

/* The operations, each in the thread that stands somewhere in it at the fork. */
OPERATION(do_number, afield_f64_fetch_add(&fields->number, 1));
OPERATION(do_two_update, (void)pair_seq_update(&fields->two, grow, NULL));
OPERATION(do_one_update, (void)pair_seq_one_update(&fields->one, grow, NULL));
OPERATION(do_one_load, (void)pair_seq_one_load(&fields->one));
OPERATION(do_locked, (void)pair_locked_update(&fields->locked, grow, NULL));
OPERATION(do_rw_write, (void)pair_rwlocked_update(&fields->rw, grow, NULL));
OPERATION(
	do_rw_read, AFIELD_READING(pair_rwlocked, pair, &fields->rw) {
		AFIELD_PAUSE("reading");
		TEST_CHECK(is_whole(*pair));
	});
OPERATION(do_cell_mut, (void)pair_cell_update(&fields->cell, grow, NULL));
OPERATION(
	do_cell_shared, AFIELD_BORROWED(pair_cell, pair, &fields->cell) {
		AFIELD_PAUSE("borrowing");
		TEST_CHECK(is_whole(*pair));
	});
OPERATION(do_once, const struct pair *pair;
	  (void)pair_once_get_or_init(&fields->once, make, NULL, &pair));
OPERATION(do_confined, (void)pair_confined_store(&fields->confined, pair_of(1)));
OPERATION(do_rcu, (void)pair_rcu_update(&fields->rcu, grow, NULL));
OPERATION(do_tally, tally_add(&fields->tally, 1));
OPERATION(do_news, news_set(&fields->news); news_clear(&fields->news));
OPERATION(do_map_set, (void)!pair_map_set(&fields->map, next_key++, pair_of(2)));
OPERATION(do_map_replace, (void)!pair_map_set(&fields->map, 0, pair_of(3)));
OPERATION(do_map_remove, (void)pair_map_remove(&fields->map, 1, NULL));
OPERATION(do_map_clear, pair_map_clear(&fields->map));
OPERATION(do_map_reserve, (void)!pair_map_reserve(&fields->map, 200));
OPERATION(do_list, (void)!pair_list_append(&fields->list, pair_of(2)));

static const struct fault_operation operations[] = {
	{"f64 fetch_add", do_number, 0, forked_use_all},
	{"seqlock update", do_two_update, 0, forked_use_all},
	{"one slot update", do_one_update, 0, forked_use_all},
	{"one slot load", do_one_load, 0, forked_use_all},
	{"locked update", do_locked, 0, forked_use_all},
	{"rwlocked update", do_rw_write, 0, forked_use_all},
	{"rwlocked reading", do_rw_read, 0, forked_use_all},
	{"cell update", do_cell_mut, 0, forked_use_all},
	{"cell borrowed", do_cell_shared, 0, forked_use_all},
	{"once get_or_init", do_once, 0, forked_use_all},
	{"confined store", do_confined, 0, forked_use_all},
	{"rcu update", do_rcu, 0, forked_use_all},
	{"counter add", do_tally, 0, forked_use_all},
	{"event set, clear", do_news, 0, forked_use_all},
	{"map set", do_map_set, 0, forked_use_all},
	{"map set, replaces", do_map_replace, 0, forked_use_all},
	{"map remove", do_map_remove, 0, forked_use_all},
	{"map clear", do_map_clear, 0, forked_use_all},
	{"map reserve", do_map_reserve, 0, forked_use_all},
	{"list append", do_list, 0, forked_use_all},
	{"ring push", do_ring_push, 0, forked_use_all},
	{"ring pop", do_ring_pop, 0, forked_use_all},
	{"ring_spsc push", do_spsc_push, 0, forked_use_all},
	{"ring_spsc pop", do_spsc_pop, 0, forked_use_all},
	{"queue push", do_queue_push, 0, forked_use_all},
	{"queue pop", do_queue_pop, 0, forked_use_all},
	{"stack push", do_stack_push, 0, forked_use_all},
	{"stack pop", do_stack_pop, 0, forked_use_all},
};
static const struct faults faults = {operations, sizeof(operations) / sizeof(operations[0]),
				     forked_begin, forked_end};

static void a_child_goes_on_wherever_others_stood(void)
{
	faults_by_forks(&faults);
}

int main(void)
{
	alarm(300);
	TEST_RUN(a_child_goes_on_wherever_others_stood);
	return test_done();
}
