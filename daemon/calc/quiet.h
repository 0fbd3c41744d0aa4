/* Keeps what a library prints on file descriptor 1 out of our output. */
#pragma once

struct quiet {
	int saved; /* −1: nothing was done */
};

/* Sends descriptor 1 to /dev/null; -errno if that cannot be. Flush what is yours first. */
int quiet_begin(struct quiet *q);
/* Undoes it. */
void quiet_end(struct quiet *q);
