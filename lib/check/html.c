#include "picture.h"
void afield_report_html(const struct afield_report *report, const struct afield_history *history,
			const char *title, FILE *stream)
{
	(void)report;
	(void)history;
	(void)title;
	(void)stream;
}
