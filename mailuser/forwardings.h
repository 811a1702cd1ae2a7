/* forwardings.h - the lists in forwardings.destination
**
** A list is one text, with commas between its elements. It is taken apart and
** put together by elements, so that joe@example.com isn't found in
** bigjoe@example.com.
*/
#ifndef MU_FORWARDINGS_H
#define MU_FORWARDINGS_H

#include "job.h"

/* SQL: a table of a list's elements, key and value. In JSON no comma is ever
** part of an escape. */
#define MU_ELEMENTS(list) \
	"json_each('[' || replace(json_quote(CAST(" list " AS TEXT)), " \
	"',', '\",\"') || ']')"

/* SQL: is that address one of them? */
#define MU_IS_IN(list, address) \
	"EXISTS (SELECT 1 FROM " MU_ELEMENTS( \
		list) " WHERE trim(value) = " address " COLLATE NOCASE)"

/* Within a transaction: add an address to the list of source, and make the
** list if there is none; take it out of one list, and of all; and write it
** otherwise in all. Each change is reported. */
void mu_add_target(struct mu_job *job, const char *source, const char *target);
void mu_remove_target(struct mu_job *job, const char *source,
		      const char *target);
void mu_leave_lists(struct mu_job *job, const char *target);
void mu_move_lists(struct mu_job *job, const char *old, const char *new);

#endif
