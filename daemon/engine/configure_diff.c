#include "engine/configure_diff.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "config/conf.h"
#include "engine/configure_priv.h"

#define DEPTH_MAX 16
#define INDENT 2
#define WORD_MAX_B 200

/* All other keys are asked for where they are used, so that another value holds from then on. */
static const struct {
	const char *section, *key, *why;
} restart_keys[] = {
	{"store", "path", "the store is opened at the start"},
	{"store", "retention", "the store is opened at the start"},
};

const char *configuration_needs_restart(const char *path)
{
	char text[CONF_PATH_MAX_B];

	for (size_t i = 0; i < ARRAY_SIZE(restart_keys); i++) {
		snprintf(text, sizeof(text), "%s.%s", restart_keys[i].section, restart_keys[i].key);
		if (strcmp(text, path) == 0)
			return restart_keys[i].why;
	}
	return NULL;
}

/* ---- the canonical text as a list of keys ---- */

struct entry {
	const char *path, *value;
};

struct flat {
	struct arena *arena;
	size_t n, size;
	struct entry *at;
	struct map by_path; /* path → value */
	struct map by_item; /* path of each item of a list → itself */
	char path[CONF_PATH_MAX_B];
	size_t len[DEPTH_MAX + 1]; /* of the path to what stands at this depth */
	int number[DEPTH_MAX + 1]; /* of the item under way there */
	int r;
};

static void fail(struct flat *f)
{
	f->r = -ENOMEM;
}

static void add_entry(struct flat *f, const char *value)
{
	struct entry *e;
	void *old = NULL;

	if (f->n == f->size) {
		size_t size = f->size ? 2 * f->size : 256;
		struct entry *at = ARENA_ARRAY(f->arena, size, struct entry);

		if (!at) {
			fail(f);
			return;
		}
		if (f->n)
			memcpy(at, f->at, f->n * sizeof(*at));
		f->at = at;
		f->size = size;
	}
	e = &f->at[f->n];
	e->path = arena_strdup(f->arena, f->path);
	e->value = arena_strdup(f->arena, value);
	if (!e->path || !e->value || map_put_str(&f->by_path, e->path, (void *)e->value, &old)) {
		fail(f);
		return;
	}
	f->n++;
}

/* "key: value" or "key:" at *line; false for the item of a list of scalars. */
static bool split(const char *line, size_t *ret_key, const char **ret_value)
{
	size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (n == 0 || line[n] != ':')
		return false;
	*ret_key = n;
	*ret_value = line[n + 1] == ' ' ? line + n + 2 : line + n + 1;
	return line[n + 1] == ' ' || line[n + 1] == '\0';
}

/* The item that begins here: by its id or role where it has one, else by its number. */
static void begin_item(struct flat *f, int depth, const char *line)
{
	size_t at = f->len[depth], n;
	const char *value, *path;
	char word[WORD_MAX_B];
	void *old = NULL;
	size_t len;

	f->number[depth]++;
	snprintf(word, sizeof(word), "%d", f->number[depth] - 1);
	if (split(line, &n, &value) &&
	    (strncmp(line, "id:", 3) == 0 || strncmp(line, "role:", 5) == 0)) {
		len = strlen(value);
		if (len >= 2 && value[0] == '"') {
			value++;
			len -= 2;
		}
		snprintf(word, sizeof(word), "%.*s", (int)len, value);
	}
	snprintf(f->path + at, sizeof(f->path) - at, "[%s]", word);
	path = arena_strdup(f->arena, f->path);
	if (!path || map_put_str(&f->by_item, path, (void *)path, &old))
		fail(f);
}

static void take_line(struct flat *f, char *line)
{
	size_t spaces = strspn(line, " ");
	int depth = (int)(spaces / INDENT);
	const char *value;
	size_t key, at;

	line += spaces;
	if (depth + 2 > DEPTH_MAX || !*line)
		return;
	if (strncmp(line, "- ", 2) == 0) {
		line += 2;
		begin_item(f, depth, line);
		depth++;
		f->len[depth] = strlen(f->path);
		if (!split(line, &key, &value)) {
			add_entry(f, line);
			return;
		}
	}
	at = f->len[depth];
	if (!split(line, &key, &value))
		return;
	snprintf(f->path + at, sizeof(f->path) - at, "%s%.*s", at ? "." : "", (int)key, line);
	f->len[depth + 1] = strlen(f->path);
	f->number[depth + 1] = 0;
	if (*value && strcmp(value, "[]") != 0)
		add_entry(f, value);
}

static int flatten(struct flat *f, struct arena *a, const char *canonical)
{
	char *text = arena_strdup(a, canonical ? canonical : "");

	*f = (struct flat){.arena = a};
	map_init_str(&f->by_path);
	map_init_str(&f->by_item);
	if (!text)
		return -ENOMEM;
	for (char *line = text, *end; f->r == 0 && *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		take_line(f, line);
	}
	return f->r;
}

static void flat_fini(struct flat *f)
{
	map_fini(&f->by_path);
	map_fini(&f->by_item);
}

/* ---- differences ---- */

struct differ {
	struct arena *arena;
	struct configuration_change *at;
	size_t n;
	struct map told; /* items that were told as a whole */
	int r;
};

static void tell(struct differ *d, const char *path, const char *before, const char *after)
{
	d->at[d->n++] = (struct configuration_change){.path = path,
						      .before = before,
						      .after = after,
						      .restart = configuration_needs_restart(path)};
}

/* The outermost item of `one` that the path lies in and that the other text does not have, or NULL. */
static const char *missing_item(struct differ *d, const char *path, const struct flat *one,
				const struct flat *other)
{
	char item[CONF_PATH_MAX_B];

	for (const char *end = strchr(path, ']'); end; end = strchr(end + 1, ']')) {
		snprintf(item, sizeof(item), "%.*s", (int)(end + 1 - path), path);
		if (map_get_str(&one->by_item, item) && !map_get_str(&other->by_item, item))
			return arena_strdup(d->arena, item);
	}
	return NULL;
}

static void tell_one(struct differ *d, const char *path, const char *value, bool is_new)
{
	tell(d, path, is_new ? "" : value, is_new ? value : "");
}

/* An item that the other text does not have is told once, whatever it is made of. */
static void tell_item(struct differ *d, const char *item, const struct entry *e, bool is_new)
{
	void *old = NULL;

	if (map_get_str(&d->told, item))
		return;
	if (map_put_str(&d->told, item, (void *)item, &old))
		d->r = -ENOMEM;
	else
		tell_one(d, item, e->path[strlen(item)] ? "(all of it)" : e->value, is_new);
}

/* What `one` says and `other` does not, or says otherwise; is_new: `one` is the new text. */
static void compare(struct differ *d, const struct flat *one, const struct flat *other, bool is_new)
{
	for (size_t i = 0; d->r == 0 && i < one->n; i++) {
		const struct entry *e = &one->at[i];
		const char *there = map_get_str(&other->by_path, e->path), *item;

		if (there) {
			if (is_new && strcmp(there, e->value) != 0)
				tell(d, e->path, there, e->value);
			continue;
		}
		item = missing_item(d, e->path, one, other);
		if (item)
			tell_item(d, item, e, is_new);
		else
			tell_one(d, e->path, e->value, is_new);
	}
}

int configuration_diff(const struct configuration *from, const struct configuration *to,
		       struct arena *a, const struct configuration_change **ret, size_t *ret_n)
{
	struct differ d = {.arena = a};
	struct flat f, t;
	int r = flatten(&f, a, from->canonical), r2 = flatten(&t, a, to->canonical);

	map_init_str(&d.told);
	if (r == 0 && r2 == 0)
		d.at = ARENA_ARRAY(a, f.n + t.n, struct configuration_change);
	if (d.at) {
		compare(&d, &t, &f, true);
		compare(&d, &f, &t, false);
	} else {
		d.r = -ENOMEM;
	}
	map_fini(&d.told);
	flat_fini(&f);
	flat_fini(&t);
	if (d.r == 0) {
		*ret = d.at;
		*ret_n = d.n;
	}
	return d.r;
}

int configuration_diff_print(const struct configuration_change *changes, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct configuration_change *c = &changes[i];
		const char *why = configuration_needs_restart(c->path);
		char effect[WORD_MAX_B] = "at once";

		if (c->restart && why)
			snprintf(effect, sizeof(effect), "at the next start: %s", why);
		if (*c->before)
			buf_printf(out, "-%s: %s\n", c->path, c->before);
		if (*c->after)
			buf_printf(out, "+%s: %s\n", c->path, c->after);
		buf_printf(out, " %*s# %s\n", 2, "", effect);
	}
	return out->err;
}

/* ---- what a restart takes ---- */

/* The line "  key: …" with its end, inside of the top-level section. */
static bool find_line(const char *text, const char *section, const char *key, const char **ret,
		      size_t *ret_n)
{
	char head[64];
	bool inside = false;
	size_t n;

	for (const char *line = text; *line; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (line[0] != ' ') {
			snprintf(head, sizeof(head), "%s:", section);
			inside = strncmp(line, head, strlen(head)) == 0;
			continue;
		}
		snprintf(head, sizeof(head), "  %s:", key);
		if (inside && strncmp(line, head, strlen(head)) == 0) {
			*ret = line;
			*ret_n = n;
			return true;
		}
	}
	return false;
}

static int keep_line(struct configure_owned *o, const char *now, const char *section,
		     const char *key)
{
	const char *text = o->c.canonical, *was, *is;
	size_t was_n, is_n;
	char *made;

	if (!find_line(now, section, key, &was, &was_n) ||
	    !find_line(text, section, key, &is, &is_n))
		return 0;
	made = arena_printf(&o->arena, "%.*s%.*s%s", (int)(is - text), text, (int)was_n, was,
			    is + is_n);
	if (!made)
		return -ENOMEM;
	o->c.canonical = made;
	return 0;
}

int configuration_keep(struct configuration *next, const struct configuration *now)
{
	struct configure_owned *o = container_of(next, struct configure_owned, c);

	if (!next->canonical || !now->canonical)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(restart_keys); i++) {
		int r = keep_line(o, now->canonical, restart_keys[i].section, restart_keys[i].key);

		if (r)
			return r;
	}
	next->settings.store = now->settings.store;
	sha256(next->canonical, strlen(next->canonical), next->hash);
	return 0;
}
