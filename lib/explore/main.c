/* SPDX-License-Identifier: MIT */
/*
 * The main of a litmus program under exploration: the program's own is called
 * afield_explore_main by then.
 */
#include <afield/explore.h>

int afield_explore_main(int argc, char **argv);

int main(int argc, char **argv)
{
	return afield_explore_main_with(afield_explore_main, argc, argv);
}
