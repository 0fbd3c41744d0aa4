/* probe FILE: what the process that runs it may do, a line each: a name, and "ok" or the name of the error.
 * As the main process of a service it sees the sandbox from the inside. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int try_create(const char *path)
{
	int rc = try_open(path, O_CREAT | O_EXCL | O_WRONLY);

	if (rc == 0)
		(void)unlink(path);
	return rc;
}

static int try_socket(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int try_map(int prot)
{
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return errno;
	munmap(p, 4096);
	return 0;
}

static int write_etc(void)
{
	return try_create("/etc/probe");
}
static int write_config(void)
{
	return try_create("/etc/suandian/probe");
}
static int write_usr(void)
{
	return try_create("/usr/probe");
}
static int write_run(void)
{
	return try_create("/run/probe");
}
static int write_state(void)
{
	char path[256];
	const char *state = getenv("STATE_DIRECTORY");

	snprintf(path, sizeof(path), "%s/probe", state ? state : "/var/lib");
	return try_create(path);
}
static int read_home(void)
{
	return try_open("/root", O_RDONLY | O_DIRECTORY);
}
static int read_init(void)
{
	return try_open("/proc/1/status", O_RDONLY);
}
static int read_kmsg(void)
{
	return try_open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
}
static int read_meminfo(void)
{
	return try_open("/proc/meminfo", O_RDONLY);
}
static int socket_unix(void)
{
	return try_socket(AF_UNIX, SOCK_STREAM);
}
static int socket_inet(void)
{
	return try_socket(AF_INET, SOCK_STREAM);
}
static int socket_inet6(void)
{
	return try_socket(AF_INET6, SOCK_STREAM);
}
static int socket_netlink(void)
{
	return try_socket(AF_NETLINK, SOCK_RAW);
}
static int map_write_exec(void)
{
	return try_map(PROT_READ | PROT_WRITE | PROT_EXEC);
}
static int map_plain(void)
{
	return try_map(PROT_READ | PROT_WRITE);
}
static int new_mount_namespace(void)
{
	return result(unshare(CLONE_NEWNS));
}
static int mount_tmpfs(void)
{
	return result(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
}
static int trace(void)
{
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int set_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return result(clock_settime(CLOCK_REALTIME, &now));
}
static int set_personality(void)
{
	return result(personality(PER_LINUX32));
}
static int set_realtime(void)
{
	struct sched_param p = {.sched_priority = 1};

	return result(sched_setscheduler(0, SCHED_FIFO, &p));
}
static int set_nice(void)
{
	return result(setpriority(PRIO_PROCESS, 0, 5));
}
static int make_setuid(void)
{
	char path[256];
	const char *state = getenv("STATE_DIRECTORY");

	snprintf(path, sizeof(path), "%s/setuid", state ? state : "/var/lib");
	if (try_open(path, O_CREAT | O_WRONLY) != 0)
		return errno;
	int rc = result(chmod(path, 04700));
	(void)unlink(path);
	return rc;
}

static const struct {
	const char *name;
	int (*try)(void);
} probes[] = {
	{"write-etc", write_etc},
	{"write-config", write_config},
	{"write-usr", write_usr},
	{"write-run", write_run},
	{"write-state", write_state},
	{"read-home", read_home},
	{"read-init", read_init},
	{"read-kmsg", read_kmsg},
	{"read-meminfo", read_meminfo},
	{"socket-unix", socket_unix},
	{"socket-inet", socket_inet},
	{"socket-inet6", socket_inet6},
	{"socket-netlink", socket_netlink},
	{"map", map_plain},
	{"map-write-exec", map_write_exec},
	{"setuid-file", make_setuid},
	{"set-clock", set_clock},
	{"set-realtime", set_realtime},
	{"set-nice", set_nice},
	{"mount", mount_tmpfs},
	{"new-mount-namespace", new_mount_namespace},
	{"trace", trace},
	/* the last: a process of the other personality is another one */
	{"set-personality", set_personality},
};

int main(int argc, char **argv)
{
	FILE *out = argc == 2 ? fopen(argv[1], "we") : NULL;

	if (!out) {
		fprintf(stderr, "usage: probe FILE\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		int rc = probes[i].try();
		const char *name = rc == 0 ? "ok" : strerrorname_np(rc);

		fprintf(out, "%s %s\n", probes[i].name, name ? name : "?");
	}
	return fclose(out) == 0 ? 0 : 1;
}
