/* job.c - see job.h */

#include "job.h"
#include "output.h"
#include "secret.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mu_kept {
	struct mu_kept *next;
	size_t size;
	max_align_t bytes[];
};

bool
mu_has(const struct mu_job *job, enum mu_option option)
{
	return (job->given & MU_BIT(option)) != 0;
}

bool
mu_fine(const struct mu_job *job)
{
	return job->status == MU_DONE;
}

static void
complain(const char *format, va_list values)
{
	char *text = sqlite3_vmprintf(format, values);

	(void)fputs("mailuser: ", stderr);
	mu_print_safely(stderr, text != NULL ? text : "out of memory");
	(void)fputc('\n', stderr);
	sqlite3_free(text);
}

void
mu_warn(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	complain(format, values);
	va_end(values);
}

void
mu_fail(struct mu_job *job, enum mu_status status, const char *format, ...)
{
	va_list values;

	if (!mu_fine(job))
		return;
	job->status = status;
	va_start(values, format);
	complain(format, values);
	va_end(values);
}

void *
mu_keep(struct mu_job *job, size_t size)
{
	struct mu_kept *kept = calloc(1, sizeof *kept + size);

	if (kept == NULL) {
		mu_fail(job, MU_REFUSED, "out of memory");
		return NULL;
	}
	kept->next = job->kept;
	kept->size = size;
	job->kept = kept;
	return kept->bytes;
}

char *
mu_copy(struct mu_job *job, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = mu_keep(job, size);

	return copy != NULL ? memcpy(copy, text, size) : NULL;
}

void
mu_forget(struct mu_job *job)
{
	while (job->kept != NULL) {
		struct mu_kept *kept = job->kept;

		job->kept = kept->next;
		mf_wipe(kept->bytes, kept->size);
		free(kept);
	}
}
