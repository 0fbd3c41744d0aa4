/* Logging: one line to stderr, "<N>" priority prefix when journald reads it (JOURNAL_STREAM is set),
 * then  module: text key=value …  Floors F0–F3 log at LOG_DEBUG only; upper floors log a failure once,
 * with what happens next ("…, keeping the previous plan").  Any thread; a line is written whole. */
#pragma once

#include "base/base.h"

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6, LOG_DEBUG = 7 };

/* Lines above this level are dropped. Default LOG_INFO. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* Lines per second that pass (default 200); 0 = no limit. */
void log_set_rate_limit(uint32_t lines_per_s);

/* Where lines go (default stderr); a test can take them. NULL restores the default. The line has no prefix and
 * no newline. Calls of the sink are serialised; it must not log. */
void log_set_sink(void (*sink)(enum log_level level, const char *line, void *arg), void *arg);

/* Lines over the rate limit of the process are dropped; their number is said in the next line that passes.
 * Control characters and invalid UTF-8 in the text are shown as \xNN: a peer's string cannot forge a line.
 * Text over 1 KiB is cut and ends in "…". errno is kept. */
void log_write(enum log_level level, const char *module, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define log_error(module, ...) log_write(LOG_ERROR, module, __VA_ARGS__)
#define log_warning(module, ...) log_write(LOG_WARNING, module, __VA_ARGS__)
#define log_notice(module, ...) log_write(LOG_NOTICE, module, __VA_ARGS__)
#define log_info(module, ...) log_write(LOG_INFO, module, __VA_ARGS__)
#define log_debug(module, ...)                                                                     \
	do {                                                                                       \
		if (log_get_level() >= LOG_DEBUG)                                                  \
			log_write(LOG_DEBUG, module, __VA_ARGS__);                                 \
	} while (0)
