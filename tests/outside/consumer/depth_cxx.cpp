/* The same program in C++. */
#include "depth.c"
