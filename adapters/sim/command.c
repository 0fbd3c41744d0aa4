#include "sim/command.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/require.h"

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void on_child(void *arg, int signo)
{
	struct command *c = arg;
	int status;

	(void)signo;
	if (c->pid == 0 || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	c->pid = 0;
	c->ended(c->arg, exit_status(status));
}

int command_init(struct command *c, struct loop *loop, void (*ended)(void *arg, int status),
		 void *arg)
{
	*c = (struct command){.loop = loop, .ended = ended, .arg = arg};
	return loop_on_signal(loop, SIGCHLD, on_child, c);
}

int command_start(struct command *c, const char *text)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)text, NULL};
	posix_spawnattr_t attr;
	sigset_t none;
	sigset_t dflt;
	pid_t pid;
	int r;

	REQUIRE(c->pid == 0);
	/* The loop ignores SIGPIPE; the command must not inherit that. */
	(void)sigemptyset(&none);
	(void)sigemptyset(&dflt);
	(void)sigaddset(&dflt, SIGPIPE);
	r = posix_spawnattr_init(&attr);
	if (r)
		return -r;
	(void)posix_spawnattr_setsigmask(&attr, &none);
	(void)posix_spawnattr_setsigdefault(&attr, &dflt);
	(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	r = posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ);
	(void)posix_spawnattr_destroy(&attr);
	if (r)
		return -r;
	c->pid = pid;
	return 0;
}

void command_stop(struct command *c)
{
	int status;

	if (c->pid == 0)
		return;
	(void)kill(c->pid, SIGTERM);
	(void)waitpid(c->pid, &status, 0);
	c->pid = 0;
}
