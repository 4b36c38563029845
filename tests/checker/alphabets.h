/* SPDX-License-Identifier: MIT */
/*
 * alphabets.h: the operations from which the differential test spells histories.
 *
 * They are chosen so that operations meet: results that only some orders explain, values that
 * repeat, results that are not known, and objects found empty. A dash in the model's name tells
 * variants of one model apart.
 */
#ifndef AFIELD_TESTS_ALPHABETS_H
#define AFIELD_TESTS_ALPHABETS_H

/* Alphabets: `!` marks what adds a value, so that a history with unique values uses it once. */
static const struct alphabet {
	const char *model;
	const char *header;
	const char *few;  /* for every history of four */
	const char *more; /* besides, for every history of three and random ones */
} alphabets[] = {
	{"register", "",
	 "!write 1;!write 2;read : nil;read : 1;read : 2;cas 1 2 : ok;cas 1 2 : fail;cas 2 1 : ?",
	 "cas nil 1 : ok;rmw 1 2 : ok;rmw 2 1 : ok;read : *;!write 3;!write 4;read : 3;read : 4"},
	{"register-plain", "", "!write 1;!write 2;!write 3;read : nil;read : 1;read : 2;read : 3",
	 "!write 4;!write 5;read : 4;read : 5;read : ?"},
	{"kv", "", "!put a;!put b;get : \"\";get : a;get : b;append a;get : aa;get : ba",
	 "get : ab;append b;get : nil;get : ?;get : bab"},
	{"kv-pieces", "", "!put a;append b;append c;get : \"\";get : a;get : ab;get : b;get : abc",
	 "get : cb;get : ac;append b;get : abb;!put d;get : db;get : ?;get : bc;append d;get : "
	 "acb"},
	{"kv-pieces", "# init z\n",
	 "!put a;append b;append c;get : z;get : a;get : zb;get : zbc;get : ab",
	 "get : \"\";get : zbb;append b;get : acb;append z;get : zz"},
	{"counter", "",
	 "!add 1 : 0;!add 1 : 1;!add 1 : 2;read : 0;read : 1;read : 2;add 2 : 1;add 1 : ok",
	 "read : ?;add -1 : 1;add 0 : 1;add 2 : 0;read : 3;read : 4;add 1 : 3;add 3 : 0"},
	{"mutex", "", "acquire;release", "acquire : ?;release : ok"},
	{"semaphore", "", "incr : 1;decr : 1;decr : 0;decr : ?", "incr : ?"},
	{"queue", "",
	 "!add 1;!add 2;remove : 1;remove : 2;remove : empty;peek : 1;peek : 2;remove : ?",
	 "!add 3;remove : 3;peek : 3;peek : empty;peek : ?;!add 4;remove : 4;!add 5;remove : 5"},
	{"ring", "# init 1\n",
	 "add 1 : 1;add 2 : 1;add 2 : 0;remove : 1;remove : 2;remove : empty;peek : 2;add 1 : ?",
	 "add 3 : 0;add 3 : 1;remove : 3;peek : empty;peek : ?;remove : ?"},
	{"ring", "# init 2\n",
	 "!add 1 : 1;!add 2 : 1;add 3 : 0;!add 3 : 1;remove : 1;remove : 2;remove : 3;remove : "
	 "empty",
	 "peek : 1;peek : 3;!add 4 : 1;remove : 4;remove : ?;add 4 : ?"},
	{"stack", "",
	 "!add 1;!add 2;remove : 1;remove : 2;remove : empty;peek : 1;peek : 2;remove : ?",
	 "!add 3;remove : 3;peek : 3;peek : empty;peek : ?;!add 4;remove : 4;!add 5;remove : 5"},
	{"set", "",
	 "!insert 1 : 1;insert 1 : 0;!remove 1 : 1;remove 1 : 0;contains 1 : 1;contains 1 : 0;"
	 "insert 1 : ?",
	 "remove 1 : ?;insert 2 : 1;remove 2 : 1;contains 2 : 0;contains 2 : 1;contains 1 : *"},
	{"priorityqueue", "",
	 "!insert 1;!insert 2;poll : 1;poll : 2;poll : empty;peek : 1;peek : 2",
	 "poll : ?;!insert 3;poll : 3;peek : 3;peek : empty"},
	{"priorityqueue", "# init min\n",
	 "insert 1;insert 2;poll : 1;poll : 2;poll : empty;peek : 2",
	 "poll : ?;peek : 1;insert b;poll : b"},
	{"multireg", "# init x=0,y=0\n",
	 "txn write/x/1 : ok;txn write/x/1 write/y/1 : ok;txn read/x/0 read/y/1 : ok;"
	 "txn read/x/1 read/y/0 : ok;txn read/y/1 write/y/0 : ok;txn read/x/nil read/y/0 : ok",
	 "txn read/x/1 : ok;txn write/y/0 read/y/0 : ok;txn write/z/2 : ok;txn read/z/2 : ok"},
	{"map", "",
	 "set a 1;remove a : 1;remove a : 0;get a : nil;get a : 1;len : 0;len : 1;set b 2",
	 "len : 2;remove b : 1;get b : 2;get a : ?;remove a : ok;set a 1 : nil;set a 2 : 1"},
	{"map-keys", "",
	 "!set a 1;!set a 2;get a : nil;get a : 1;get a : 2;set b 2;get b : 2;remove b : 1",
	 "remove b : 0;get a : ?;set a 1 : nil"},
	{"map-old", "",
	 "set a 1;set a 2;remove a : nil;remove a : 1;remove a : 2;get a : 1;get a : nil",
	 "remove a : ?"},
	{"integer", "",
	 "store 1;load : 1;exchange 2 : 1;compare_exchange 1 2 : ok;compare_exchange 1 2 : fail 2;"
	 "fetch_add 1 : 0;compare_exchange_weak 0 1 : fail;compare_exchange 0 1 : ?",
	 "fetch_sub 1 : 1;fetch_and 1 : 2;fetch_or 1 : 2;fetch_xor 3 : 1;fetch_min 0 : 1;"
	 "fetch_max 2 : 1;load : 0;load : 2;load : ?"},
	{"unsigned32", "# init 4294967295\n",
	 "fetch_add 1 : 4294967295;load : 0;fetch_max 4294967295 : 0;fetch_min 1 : 4294967295;load "
	 ": 1",
	 "fetch_sub 1 : 0;load : 4294967295"},
	{"register-unknown", "# init ?\n",
	 "!write 1;!write 2;read : 3;read : 1;read : 2;cas 1 2 : ok;cas 1 2 : fail;rmw 3 1",
	 "cas 2 1 : ?;rmw 1 2;read : *;read : 4;cas 3 4 : ok"},
	{"counter-unknown", "# init ?\n",
	 "add 1 : ok;read : 5;read : 6;read : 7;add 2 : 5;add 1 : 6",
	 "read : ?;add -1 : ok;read : 8"},
	{"integer-unknown", "# init ?\n",
	 "store 1;load : 1;load : 2;exchange 2 : 1;compare_exchange 1 2 : ok;"
	 "compare_exchange 1 2 : fail 2;fetch_add 1 : 0;compare_exchange 0 1 : ?",
	 "compare_exchange_weak 0 1 : fail;fetch_sub 1 : ?;fetch_max 2 : 1;load : 0;load : ?"},
};

#endif
