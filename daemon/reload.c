#include "reload.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

/* A top-level key of the canonical text and all that stands below it. */
struct section {
	const char *key;
	size_t key_len;
	const char *text;
	size_t len;
};

static bool begins_section(const char *line)
{
	return ascii_is_letter(line[0]);
}

static const char *next_line(const char *s)
{
	const char *end = strchr(s, '\n');

	return end ? end + 1 : s + strlen(s);
}

/* The section at or after s; false at the end. */
static bool next_section(const char *s, struct section *ret)
{
	const char *end;

	while (*s && !begins_section(s))
		s = next_line(s);
	if (!*s)
		return false;
	for (end = next_line(s); *end && !begins_section(end);)
		end = next_line(end);
	*ret = (struct section){
		.key = s,
		.key_len = strcspn(s, ":\n"),
		.text = s,
		.len = (size_t)(end - s),
	};
	return true;
}

static bool has_same(const char *text, const struct section *s)
{
	struct section other;

	for (; next_section(text, &other); text = other.text + other.len)
		if (other.len == s->len && memcmp(other.text, s->text, s->len) == 0)
			return true;
	return false;
}

static bool has_key(const char *text, const struct section *s)
{
	struct section other;

	for (; next_section(text, &other); text = other.text + other.len)
		if (other.key_len == s->key_len && memcmp(other.key, s->key, s->key_len) == 0)
			return true;
	return false;
}

static void name_section(struct buf *out, const struct section *s)
{
	(void)buf_printf(out, "%s%.*s", buf_avail(out) ? ", " : "", (int)s->key_len, s->key);
}

/* Sections of either text that are not the same in the other. */
static void name_differences(const char *from, const char *to, struct buf *out)
{
	struct section s;

	for (const char *at = to; next_section(at, &s); at = s.text + s.len)
		if (!has_same(from, &s))
			name_section(out, &s);
	for (const char *at = from; next_section(at, &s); at = s.text + s.len)
		if (!has_key(to, &s))
			name_section(out, &s);
}

static void tell(const struct configuration *now, const struct configuration *next)
{
	struct buf names;

	if (memcmp(now->hash, next->hash, sizeof(now->hash)) == 0) {
		log_notice("main", "the configuration is the same as before");
		return;
	}
	buf_init(&names, 4096);
	name_differences(now->canonical, next->canonical, &names);
	log_notice("main",
		   "the new configuration is valid; takes effect at the next start, this version "
		   "applies nothing of it before: %s",
		   buf_str(&names));
	buf_fini(&names);
}

void reload_check(const char *path, const struct configuration *now)
{
	struct configuration *next;
	struct fault_list faults;
	char line[512];

	fault_list_init(&faults);
	int rc = configure_load(path, &next, &faults);
	if (rc == 0) {
		tell(now, next);
		configuration_free(next);
	} else {
		for (size_t i = 0; i < faults.n; i++)
			log_warning("main", "%s",
				    conf_fault_format(&faults.at[i], line, sizeof(line)));
		log_error("main",
			  "the new configuration is wrong (%zu faults), keeping the one "
			  "in force",
			  faults.n + faults.n_dropped);
	}
	fault_list_fini(&faults);
}
