#include "calc/quiet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int quiet_begin(struct quiet *q)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), r = 0;

	q->saved = -1;
	if (null < 0)
		return -errno;
	q->saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (q->saved < 0 || dup2(null, STDOUT_FILENO) < 0) {
		r = -errno;
		if (q->saved >= 0)
			(void)close(q->saved);
		q->saved = -1;
	}
	(void)close(null);
	return r;
}

void quiet_end(struct quiet *q)
{
	if (q->saved < 0)
		return;
	(void)fflush(stdout);
	(void)dup2(q->saved, STDOUT_FILENO);
	(void)close(q->saved);
	q->saved = -1;
}
