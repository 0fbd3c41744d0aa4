#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

#define TEXT_MAX 1024
#define LINE_MAX_LEN (TEXT_MAX * 4 + 128) /* every byte may become \xNN */

static const char ellipsis[] = "…";

static atomic_int max_level = LOG_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* all below */
static uint32_t rate_limit = 200;
static int64_t window_start_ms;
static uint32_t window_lines;
static uint64_t n_dropped;
static void (*sink)(enum log_level level, const char *line, void *arg);
static void *sink_arg;

void log_set_level(enum log_level level)
{
	atomic_store(&max_level, (int)level);
}

enum log_level log_get_level(void)
{
	return (enum log_level)atomic_load(&max_level);
}

void log_set_rate_limit(uint32_t lines_per_s)
{
	pthread_mutex_lock(&lock);
	rate_limit = lines_per_s;
	window_lines = 0;
	pthread_mutex_unlock(&lock);
}

void log_set_sink(void (*new_sink)(enum log_level level, const char *line, void *arg), void *arg)
{
	pthread_mutex_lock(&lock);
	sink = new_sink;
	sink_arg = arg;
	pthread_mutex_unlock(&lock);
}

/* Fixed windows of a second: at most twice the limit can pass within any second. */
static bool rate_passes(void)
{
	int64_t now_ms = clock_mono_ms();

	if (window_lines == 0 || now_ms - window_start_ms >= MS_PER_S) {
		window_start_ms = now_ms;
		window_lines = 0;
	}
	if (rate_limit && window_lines >= rate_limit) {
		n_dropped++;
		return false;
	}
	window_lines++;
	return true;
}

/* Appends s to line[at…], escaping what a terminal or a log reader could take for more than text. */
static size_t append_escaped(char line[LINE_MAX_LEN], size_t at, const char *s)
{
	static const char digits[] = "0123456789abcdef";

	while (*s) {
		size_t n = utf8_printable(s);

		if (n) {
			memcpy(line + at, s, n);
			at += n;
			s += n;
			continue;
		}
		line[at++] = '\\';
		line[at++] = 'x';
		line[at++] = digits[(unsigned char)*s >> 4];
		line[at++] = digits[(unsigned char)*s & 15];
		s++;
	}
	line[at] = '\0';
	return at;
}

/* journald names the stream it reads as device:inode; a stderr redirected elsewhere gets no prefix. */
static bool is_journald_reading(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	/* NOLINTNEXTLINE(cert-err34-c): a number that is too large only costs the prefix. */
	if (!stream || sscanf(stream, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static void write_all(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(STDERR_FILENO, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return; /* nowhere left to say so */
		p += done;
		n -= (size_t)done;
	}
}

static void write_stderr(enum log_level level, const char *line)
{
	char out[LINE_MAX_LEN + 8];
	int n = is_journald_reading() ? snprintf(out, sizeof(out), "<%d>%s\n", (int)level, line)
				      : snprintf(out, sizeof(out), "%s\n", line);

	if (n > 0)
		write_all(out, (size_t)n < sizeof(out) ? (size_t)n : sizeof(out) - 1);
}

static void write_locked(enum log_level level, const char *module, const char *text)
{
	char line[LINE_MAX_LEN];
	size_t at;

	if (!rate_passes())
		return;
	at = (size_t)snprintf(line, 48, "%.40s: ", module);
	at = append_escaped(line, at, text);
	if (n_dropped)
		snprintf(line + at, sizeof(line) - at, " dropped_lines=%llu",
			 (unsigned long long)n_dropped);
	n_dropped = 0;
	if (sink)
		sink(level, line, sink_arg);
	else
		write_stderr(level, line);
}

void log_write(enum log_level level, const char *module, const char *fmt, ...)
{
	char text[TEXT_MAX];
	int saved = errno;
	va_list ap;
	int n;

	if (level > log_get_level())
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, TEXT_MAX, fmt, ap);
	va_end(ap);
	if (n < 0)
		snprintf(text, sizeof(text), "(message cannot be formatted)");
	if (n >= TEXT_MAX)
		memcpy(text + utf8_cut(text, TEXT_MAX - sizeof(ellipsis)), ellipsis,
		       sizeof(ellipsis));
	pthread_mutex_lock(&lock);
	write_locked(level, module, text);
	pthread_mutex_unlock(&lock);
	errno = saved;
}
