#include "base/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

#define LISTEN_FD_FIRST 3
#define LISTEN_FDS_MAX 1024
#define MESSAGE_MAX 4096

static int address_of(const char *name, struct sockaddr_un *ret, socklen_t *ret_len)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	size_t len = strlen(name);

	if (name[0] != '/' && name[0] != '@')
		return -EAFNOSUPPORT;
	if (len < 2)
		return -EINVAL;
	if (len >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	memcpy(sa.sun_path, name, len);
	/* an abstract name starts with a NUL and has no end but its length */
	if (name[0] == '@')
		sa.sun_path[0] = '\0';
	*ret = sa;
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (name[0] == '/'));
	return 0;
}

static int send_datagram(const char *name, const char *text, size_t n)
{
	struct sockaddr_un sa;
	socklen_t sa_len;
	int fd, r;

	r = address_of(name, &sa, &sa_len);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	r = sendto(fd, text, n, MSG_NOSIGNAL, (const struct sockaddr *)&sa, sa_len) < 0 ? -errno
											: 1;
	close(fd);
	return r;
}

int notify_send(const char *fmt, ...)
{
	const char *name = getenv("NOTIFY_SOCKET");
	char text[MESSAGE_MAX];
	va_list ap;
	int n;

	if (!name || !*name)
		return 0;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		return -EMSGSIZE;
	return send_datagram(name, text, (size_t)n);
}

/* True if the variable is unset (and that is allowed) or names this process. */
static bool is_for_us(const char *variable, bool may_be_unset)
{
	const char *s = getenv(variable);
	int64_t pid;

	if (!s)
		return may_be_unset;
	return num_parse_i64(s, 1, INT32_MAX, &pid) == 0 && pid == getpid();
}

int64_t notify_watchdog_ms(void)
{
	const char *s = getenv("WATCHDOG_USEC");
	int64_t usec;

	if (!s || num_parse_i64(s, 1, INT64_MAX, &usec) < 0 || !is_for_us("WATCHDOG_PID", true))
		return 0;
	return max_i64(1, usec / 2000);
}

int notify_listen_count(void)
{
	const char *s = getenv("LISTEN_FDS");
	int64_t n;

	if (!s || !is_for_us("LISTEN_PID", false))
		return 0;
	return num_parse_i64(s, 0, LISTEN_FDS_MAX, &n) == 0 ? (int)n : 0;
}

static int prepare(int fd)
{
	int fd_flags = fcntl(fd, F_GETFD);
	int flags = fcntl(fd, F_GETFL);

	if (fd_flags < 0 || flags < 0)
		return -errno;
	if (fcntl(fd, F_SETFD, fd_flags | FD_CLOEXEC) < 0 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return fd;
}

int notify_listen_fd(const char *name)
{
	const char *at = getenv("LISTEN_FDNAMES");
	int n = notify_listen_count();
	size_t want = strlen(name);

	for (int i = 0; i < n && at; i++) {
		size_t len = strcspn(at, ":");

		if (len == want && memcmp(at, name, len) == 0)
			return prepare(LISTEN_FD_FIRST + i);
		at = at[len] == ':' ? at + len + 1 : NULL;
	}
	return -ENOENT;
}

void notify_unset(void)
{
	static const char *const names[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
					    "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}
