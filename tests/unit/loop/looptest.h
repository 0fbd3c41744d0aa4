/* What the loop's tests share: turning a loop until something holds, and dying as expected. */
#pragma once

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/loop.h"

/* Turns the loop until *flag. A loop that has nothing left to do will never set it. */
static inline void turn_until(struct loop *loop, const bool *flag)
{
	while (!*flag)
		ck_assert_msg(loop_step(loop, true) || *flag, "the loop has nothing left to do");
}

/* n ticks that do not wait. */
static inline void turn_ticks(struct loop *loop, int n)
{
	for (int i = 0; i < n; i++)
		(void)loop_step(loop, false);
}

/* A closed_cb. */
static inline void set_flag(void *flag)
{
	*(bool *)flag = true;
}

/* Runs fn in a child, which must be aborted and say `text` on stderr. */
static inline void dies_saying(void (*fn)(void), const char *text)
{
	char said[4096];
	size_t n = 0;
	ssize_t r;
	int fds[2], status;

	ck_assert_int_eq(pipe(fds), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		fn();
		_exit(0);
	}
	close(fds[1]);
	while ((r = read(fds[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)r;
	said[n] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "was not aborted: %s",
		      said);
	ck_assert_msg(strstr(said, text) != NULL, "said \"%s\", not \"%s\"", said, text);
}
