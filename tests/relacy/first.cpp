/* SPDX-License-Identifier: MIT */
extern char relacy_first_data[], relacy_first_bss[];
char relacy_first_data[16] = {1}, relacy_first_bss[16]; /* before the program */
