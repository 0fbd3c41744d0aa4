/* Says on a stream, every few seconds, that work is still going on; a short run says nothing. A thread of its own, for
 * the solver gives no turn. One at a time per owner. */
#pragma once

#include <pthread.h>
#include <stdio.h>

#include "base/base.h"

#define PROGRESS_FIRST_S 3
#define PROGRESS_PERIOD_S 5

struct progress {
	FILE *err;
	const char *who;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	const char *what; /* under lock */
	bool stopped;	  /* under lock */
	bool running;
};

/* Without a thread, if none can be had, it is silent. who and what must outlive the run. */
void progress_start(struct progress *p, FILE *err, const char *who);
void progress_stage(void *progress, const char *what);
void progress_stop(struct progress *p);
