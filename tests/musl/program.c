/* SPDX-License-Identifier: MIT */
/*
 * program: opens the module and works in it: with threads, and in a child of a fork beside them.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4 };
static int (*work)(void);

static void *run(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)work();
}

int main(int argc, char **argv)
{
	void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
	void *symbol = module ? dlsym(module, "module_work") : NULL;
	pthread_t threads[THREADS];
	int status = -1, failed = 0;
	pid_t child;

	if (!symbol) {
		puts(dlerror());
		return 1;
	}
	memcpy(&work, &symbol, sizeof(work));
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, NULL))
			return 1;
	usleep(2000);
	child = fork();
	if (child == 0) {
		alarm(20);
		_exit(work());
	}
	for (int i = 0; i < THREADS; i++) {
		void *result;

		pthread_join(threads[i], &result);
		failed |= (int)(intptr_t)result;
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		failed |= 64;
	printf("a module with musl: %s (%d)\n", failed ? "failed" : "works", failed);
	return failed != 0;
}
