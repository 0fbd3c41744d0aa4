/* A real suandiand on a temporary directory, with the example site. Shared by integration tests: DEPS testdaemon,
 * included as "testdaemon/daemon.h". One thread. Everything fails the test (Check) when it does not work. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct daemon {
	pid_t pid; /* 0: not running */
	char *dir, *config, *control, *adapter, *log;
	int notify; /* datagram socket as the service manager's */
	char notify_path[108];
	bool driven;
	const char *watchdog_usec; /* NULL: none */
	bool activated;		   /* passes listening sockets as fd 3 and 4 */
	int passed[2];		   /* control, adapter; -1 */
};

/* Of the tests: where programs and sources are. */
const char *daemon_build_dir(void);
const char *daemon_source_dir(void);
/* Directories, configuration (store beside it; the daemon's own user may do everything), sockets' names. */
void daemon_prepare(struct daemon *d);
/* Starts it without waiting. */
void daemon_spawn(struct daemon *d);
/* Starts it and waits for READY=1. */
void daemon_start(struct daemon *d);
/* Waits for a notification that contains the text; false after timeout_ms. */
bool daemon_hears(struct daemon *d, const char *text, int64_t timeout_ms);
/* Waits for the end: exit status, or 128 + signal. Kills and fails after some seconds. */
int daemon_wait(struct daemon *d);
/* SIGTERM, and its exit status. */
int daemon_stop(struct daemon *d);
/* SIGKILL, reaped. */
void daemon_kill(struct daemon *d);
/* Resident memory. */
long daemon_rss_kb(const struct daemon *d);
/* Runs `suandiand args…` to its end with output into dir/out: exit status. */
int daemon_run(struct daemon *d, char *const *args);
/* All of a file of the directory, malloc'ed. */
char *daemon_read(const struct daemon *d, const char *name);
void daemon_fini(struct daemon *d);
