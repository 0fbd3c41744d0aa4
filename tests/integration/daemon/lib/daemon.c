#include "testdaemon/daemon.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "testlib/tmpdir.h"

/* Several times what it takes on a busy machine under a sanitizer. */
#define PATIENCE_MS 60000

extern char **environ;

const char *daemon_build_dir(void)
{
	const char *s = getenv("SUANDIAN_BUILD");

	return s ? s : TEST_BUILD_DEFAULT;
}

const char *daemon_source_dir(void)
{
	const char *s = getenv("SUANDIAN_SOURCE");

	return s ? s : TEST_SOURCE_DEFAULT;
}

static void write_config(const struct daemon *d)
{
	FILE *f = fopen(d->config, "we");

	ck_assert_ptr_nonnull(f);
	fprintf(f,
		"store:\n  path: store\n"
		"include:\n"
		"  - %s/config/sichuan/tariffs.d/sc-tou-2023.yaml\n"
		"  - %s/config/examples/sichuan-one/sites.d/hongyuan.yaml\n"
		"access:\n"
		"  - self: true\n"
		"    roles: [observe, operate, admin, adapter]\n"
		"    adapters: [any]\n",
		daemon_source_dir(), daemon_source_dir());
	ck_assert_int_eq(fclose(f), 0);
}

static void bind_notify(struct daemon *d)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	snprintf(d->notify_path, sizeof(d->notify_path), "%s/notify", d->dir);
	memcpy(sa.sun_path, d->notify_path, strlen(d->notify_path) + 1);
	d->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(d->notify, 0);
	ck_assert_int_eq(bind(d->notify, (struct sockaddr *)&sa, sizeof(sa)), 0);
}

void daemon_prepare(struct daemon *d)
{
	*d = (struct daemon){.passed = {-1, -1}};
	d->dir = strdup(tmpdir_new());
	d->config = tmpdir_path(d->dir, "suandian.yaml");
	d->control = tmpdir_path(d->dir, "control.sock");
	d->adapter = tmpdir_path(d->dir, "adapter.sock");
	d->log = tmpdir_path(d->dir, "log");
	write_config(d);
	bind_notify(d);
}

/* ---- In the child ------------------------------------------------------------------------------ */

static void pass_sockets(const struct daemon *d)
{
	int control = fcntl(d->passed[0], F_DUPFD, 100);
	int adapter = fcntl(d->passed[1], F_DUPFD, 100);
	char pid[16];

	if (control < 0 || adapter < 0 || dup2(control, 3) < 0 || dup2(adapter, 4) < 0)
		_exit(126);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "2", 1);
	setenv("LISTEN_FDNAMES", "control:adapter", 1);
}

static void become(const struct daemon *d, char *const *args, const char *output)
{
	char program[512];
	int out = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(program, sizeof(program), "%s/bin/suandiand", daemon_build_dir());
	if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	setenv("NOTIFY_SOCKET", d->notify_path, 1);
	unsetenv("WATCHDOG_PID");
	if (d->watchdog_usec)
		setenv("WATCHDOG_USEC", d->watchdog_usec, 1);
	else
		unsetenv("WATCHDOG_USEC");
	if (d->activated)
		pass_sockets(d);
	execv(program, args);
	_exit(127);
}

/* ---- Starting and ending ----------------------------------------------------------------------- */

static pid_t spawn(const struct daemon *d, char *const *args, const char *output)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		become(d, args, output);
	return pid;
}

void daemon_spawn(struct daemon *d)
{
	char *args[] = {"suandiand", "--config", d->config,
			"--control", d->control, "--adapter",
			d->adapter,  "--clock",	 d->driven ? "driven" : "wall",
			NULL};

	ck_assert_int_eq(d->pid, 0);
	d->pid = spawn(d, args, d->log);
}

bool daemon_hears(struct daemon *d, const char *text, int64_t timeout_ms)
{
	int64_t until_ms = clock_mono_ms() + timeout_ms;
	struct pollfd p = {.fd = d->notify, .events = POLLIN};
	char got[4096];

	for (;;) {
		int64_t left_ms = until_ms - clock_mono_ms();
		ssize_t n;

		if (left_ms <= 0 || poll(&p, 1, (int)left_ms) <= 0)
			return false;
		n = recv(d->notify, got, sizeof(got) - 1, 0);
		ck_assert_int_ge((int)n, 0);
		got[n] = '\0';
		if (strstr(got, text))
			return true;
	}
}

char *daemon_read(const struct daemon *d, const char *name)
{
	char *path = tmpdir_path(d->dir, name);
	FILE *f = fopen(path, "re");
	char *text = calloc(1, 1 << 20);

	ck_assert_ptr_nonnull(text);
	if (f) {
		(void)!fread(text, 1, (1 << 20) - 1, f);
		fclose(f);
	}
	free(path);
	return text;
}

static void show_log(const struct daemon *d)
{
	char *text = daemon_read(d, "log");

	fprintf(stderr, "%s\n", text);
	free(text);
}

void daemon_start(struct daemon *d)
{
	daemon_spawn(d);
	if (daemon_hears(d, "READY=1", PATIENCE_MS))
		return;
	show_log(d);
	ck_abort_msg("the daemon did not become ready");
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int reap(pid_t pid)
{
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
	int status;
	pid_t r;

	while ((r = waitpid(pid, &status, WNOHANG)) == 0 && clock_mono_ms() < until_ms)
		(void)poll(NULL, 0, 2);
	if (r == pid)
		return status_of(status);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	ck_abort_msg("suandiand did not end");
	return -1;
}

int daemon_wait(struct daemon *d)
{
	pid_t pid = d->pid;
	int status;

	d->pid = 0;
	status = reap(pid);
	if (status != 0)
		show_log(d);
	return status;
}

int daemon_stop(struct daemon *d)
{
	ck_assert_int_gt(d->pid, 0);
	ck_assert_int_eq(kill(d->pid, SIGTERM), 0);
	return daemon_wait(d);
}

void daemon_kill(struct daemon *d)
{
	int status;

	(void)kill(d->pid, SIGKILL);
	ck_assert_int_eq(waitpid(d->pid, &status, 0), d->pid);
	/* one that died before by itself is a finding */
	ck_assert_int_eq(status_of(status), 128 + SIGKILL);
	d->pid = 0;
}

int daemon_run(struct daemon *d, char *const *args)
{
	char *out = tmpdir_path(d->dir, "out");
	int status;

	(void)unlink(out);
	status = reap(spawn(d, args, out));
	free(out);
	return status;
}

long daemon_rss_kb(const struct daemon *d)
{
	char path[64];
	char line[256];
	long kb = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)d->pid);
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	fclose(f);
	ck_assert_int_gt((int)kb, 0);
	return kb;
}

void daemon_fini(struct daemon *d)
{
	if (d->pid > 0)
		daemon_kill(d);
	close(d->notify);
	for (int i = 0; i < 2; i++)
		if (d->passed[i] >= 0)
			close(d->passed[i]);
	free(d->dir);
	free(d->config);
	free(d->control);
	free(d->adapter);
	free(d->log);
}
