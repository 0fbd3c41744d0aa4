#include "calc/progress.h"

#include <time.h>

static void *run(void *arg)
{
	struct progress *p = arg;
	struct timespec at;
	int seconds = PROGRESS_FIRST_S;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += PROGRESS_FIRST_S;
	(void)pthread_mutex_lock(&p->lock);
	while (!p->stopped) {
		if (pthread_cond_timedwait(&p->wake, &p->lock, &at) == 0 || p->stopped)
			continue;
		(void)fprintf(p->err, "suandian-calc: %s: %s, %d s so far\n", p->who, p->what,
			      seconds);
		at.tv_sec += PROGRESS_PERIOD_S;
		seconds += PROGRESS_PERIOD_S;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

void progress_start(struct progress *p, FILE *err, const char *who)
{
	pthread_condattr_t attr;

	*p = (struct progress){.err = err, .who = who, .what = "begun"};
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
	p->running = pthread_create(&p->thread, NULL, run, p) == 0;
}

void progress_stage(void *progress, const char *what)
{
	struct progress *p = progress;

	(void)pthread_mutex_lock(&p->lock);
	p->what = what;
	(void)pthread_mutex_unlock(&p->lock);
}

void progress_stop(struct progress *p)
{
	(void)pthread_mutex_lock(&p->lock);
	p->stopped = true;
	(void)pthread_cond_signal(&p->wake);
	(void)pthread_mutex_unlock(&p->lock);
	if (p->running)
		(void)pthread_join(p->thread, NULL);
	p->running = false;
	(void)pthread_cond_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->lock);
}
