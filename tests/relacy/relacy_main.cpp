/* SPDX-License-Identifier: MIT */
/*
 * The main of a litmus program under relacy: no execution fails.
 */
#define RELACY_RUN
#include "relacy_litmus.h"

#include <iostream>

int main(int argc, char **argv)
{
	return relacy_run(argc > 1 ? (unsigned)atoi(argv[1]) : 20000, std::cout) ? 0 : 1;
}
