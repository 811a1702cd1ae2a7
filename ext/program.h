/* program.h - the programs that may have to verify a stored hash
**
** Which hash each of them can verify stands with the methods and schemes as
** a set of these. test/system/programs/ asks the programs themselves.
*/
#ifndef MF_PROGRAM_H
#define MF_PROGRAM_H

enum mf_program {
	MF_COURIER = 1,    /* courier-authlib 0.71 with crypt(3) */
	MF_DOVECOT = 2,    /* 2.3, a bare hash by its default scheme */
	MF_DOVECOT24 = 4,  /* 2.4 as it is shipped: no weak schemes */
	MF_PHP = 8,        /* password_verify() of 8.2 */
	MF_POSTGRESQL = 16 /* pgcrypto's crypt() of 15 */
};

#endif
