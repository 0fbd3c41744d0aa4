/* The service manager's protocol (sd_notify(3), sd_listen_fds(3)) without libsystemd. Main thread. */
#pragma once

#include "base/base.h"

/* Sends newline-separated assignments ("READY=1\nSTATUS=…") to $NOTIFY_SOCKET; '/' paths and '@' abstract
 * names. 1 sent, 0 no socket configured, -errno. */
int notify_send(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Half of WATCHDOG_USEC in ms if the watchdog is meant for this process, else 0. At least 1 ms. */
int64_t notify_watchdog_ms(void);

/* Passed sockets: fd of the one called `name` in LISTEN_FDNAMES (LISTEN_PID must be this process), or
 * -ENOENT. Sets O_CLOEXEC and O_NONBLOCK on it. */
int notify_listen_fd(const char *name);
/* How many sockets were passed (0 if none). */
int notify_listen_count(void);
/* Removes the variables of both protocols from the environment, after the last use. */
void notify_unset(void);
