/* SPDX-License-Identifier: MIT */
extern char relacy_last_data[], relacy_last_bss[];
char relacy_last_data[16] = {1}, relacy_last_bss[16]; /* after the program */
