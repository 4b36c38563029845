/*
 * litmus_raised_limit: litmus_new_limit.c with a limit that goes up.
 */
#define FROM 0
#include "litmus_new_limit.c"
