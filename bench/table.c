/* SPDX-License-Identifier: MIT */
/*
 * bench_table: runs benches and shows their rows as one table.
 *
 *	bench_table 'build/bench/atomic.bench' 'python3 fields/python/bench.py'
 *
 * Each argument is a command for the shell; what it prints is described in bench.h. A line
 * `# key: value` is shown once for each key and value. Rows appear as they are measured. The status
 * is 1 when a command failed or printed a line that is neither.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* The last two of the columns may be missing, and the note before them. */
enum { COLUMNS = 11, REMARKS = 64, WIDTH = 512 };

struct table {
	char remarks[REMARKS][WIDTH]; /* the # lines shown so far; `steps` by its key alone */
	size_t remark_count;
	bool has_head;
	char group[WIDTH]; /* the kind and case of the last row */
};

/* The steps of the machine are measured by each bench anew and never agree to the last digit. */
static bool is_same_remark(const char *shown, const char *line)
{
	if (strncmp(line, "# steps:", 8) == 0)
		return strncmp(shown, line, 8) == 0;
	return strcmp(shown, line) == 0;
}

static void show_remark(struct table *table, const char *line)
{
	for (size_t i = 0; i < table->remark_count; i++)
		if (is_same_remark(table->remarks[i], line))
			return;
	if (table->remark_count < REMARKS)
		snprintf(table->remarks[table->remark_count++], WIDTH, "%s", line);
	printf("%s\n", line);
}

static void show_head(struct table *table)
{
	if (table->has_head)
		return;
	table->has_head = true;
	printf("\n%-34s %-26s %7s %9s %4s %8s %8s %9s %7s\n", "case", "who", "threads", "ns", "+-%",
	       "ours/it", "it/bound", "cpu", "others%");
}

static bool show_row(struct table *table, char *line)
{
	static char none[] = "-";
	char *columns[COLUMNS];
	char group[WIDTH];
	size_t count = 0;
	bool is_new;

	for (char *rest = line; rest && count < COLUMNS; count++)
		columns[count] = strsep(&rest, "\t");
	if (count < COLUMNS - 3)
		return false;
	for (; count < COLUMNS; count++)
		columns[count] = none;
	show_head(table);
	snprintf(group, sizeof(group), "%s: %s", columns[0], columns[1]);
	is_new = strcmp(group, table->group) != 0;
	printf("%-34s %-26s %7s %9s %4s %8s %8s %9s %7s %s\n", is_new ? group : "", columns[3],
	       columns[2], columns[4], columns[5], columns[6], columns[7], columns[9], columns[10],
	       strcmp(columns[8], "-") != 0 ? columns[8] : "");
	memcpy(table->group, group, sizeof(group));
	return true;
}

/* Shows what a command prints; false when it fails or prints something else. */
static bool show_command(struct table *table, const char *command)
{
	char line[WIDTH];
	bool is_good = true;
	FILE *output = popen(command, "r");
	int status;

	if (!output)
		return false;
	while (fgets(line, sizeof(line), output)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#') {
			show_remark(table, line);
		} else if (!show_row(table, line)) {
			printf("%s\n", line);
			is_good = false;
		}
		fflush(stdout);
	}
	status = pclose(output);
	if (status != 0)
		printf("failed with status %d: %s\n",
		       WIFEXITED(status) ? WEXITSTATUS(status) : status, command);
	return is_good && status == 0;
}

int main(int argc, char **argv)
{
	static struct table table;
	int status = 0;

	for (int i = 1; i < argc; i++)
		if (!show_command(&table, argv[i]))
			status = 1;
	return status;
}
