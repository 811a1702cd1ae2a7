/* address.h - mailbox addresses: split, checked, folded; pure functions.
** And what else a mail database holds of the kind: maildirs, forwardings.
**
** A mailbox address is a dot-atom, @ and a host name (RFC 5321, 4.1.2,
** without quoted local parts and address literals), less whatever Postfix,
** a look-up table or the mail store would take for something else. ASCII
** letters are folded to lower case, as Postfix folds its look-up keys.
**
** Nothing is allocated; any thread may call.
*/
#ifndef MF_ADDRESS_H
#define MF_ADDRESS_H

#include "text.h"

enum {
	MF_LOCAL_PART_MAX = 64,  /* bytes, RFC 5321 4.5.3.1.1 */
	MF_DOMAIN_MAX = 253,     /* bytes, RFC 1035 2.3.4 as text */
	MF_LABEL_BYTES_MAX = 63, /* bytes, RFC 1035 2.3.4 */
	/* domain/local-part/, not NUL-terminated */
	MF_MAILDIR_MAX = MF_DOMAIN_MAX + 1 + MF_LOCAL_PART_MAX + 1,
};

struct mf_address {
	size_t local_part_len, domain_len;
	char local_part[MF_LOCAL_PART_MAX];
	char domain[MF_DOMAIN_MAX];
};

/* Split, check and fold. Answers NULL and fills *address, or a short sentence
** why this can't be a mailbox address; then *address holds nothing of use. */
const char *mf_address_read(struct mf_text email, struct mf_address *address);

/* Write the maildir's path, relative to the mail store: domain/local-part/.
** Answers its bytes, at most MF_MAILDIR_MAX. */
size_t mf_address_maildir(const struct mf_address *address,
			  char path[MF_MAILDIR_MAX]);

/* NULL, or why this can't be the maildir of a user: a path relative to the
** mail store, of printable ASCII, that stays in it and ends with the slash by
** which Postfix knows a maildir. */
const char *mf_maildir_problem(struct mf_text path);

/* Are they one to the mail store, or does one lie inside the other? ASCII
** letters compared without case. */
bool mf_maildirs_meet(struct mf_text one, struct mf_text other);

/* NULL, or why Postfix would look up or read something else than is meant. A
** source is an address, a bare account name or @domain (virtual(5)); a
** destination is one of these or several, with commas between them. */
const char *mf_forwarding_source_problem(struct mf_text source);
const char *mf_forwarding_destination_problem(struct mf_text destination);

#endif
