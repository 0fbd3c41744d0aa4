#include "engine/configure_item.h"

#include <stdio.h>
#include <string.h>

#include "config/word.h"

#define KNOWN_MAX_B 200

struct configure_item configure_item_of(struct configure_checker *c,
					const struct configure_part *part, const char *list,
					size_t i)
{
	struct configure_item it = {.c = c, .doc = part->doc};

	snprintf(it.prefix, sizeof(it.prefix), "%s[%zu]", list, i);
	return it;
}

void configure_report(void *arg, const char *path, const char *text)
{
	const struct configure_item *it = arg;
	char full[CONF_PATH_MAX_B];

	snprintf(full, sizeof(full), "%s%s%s", it->prefix, path[0] && it->prefix[0] ? "." : "",
		 path);
	fault_list_add(it->c->faults, conf_locate(conf_root(it->doc), full), "%s: %s", full, text);
}

bool configure_is_sound(const struct configure_item *it)
{
	const struct fault_list *l = it->c->faults;
	size_t n = strlen(it->prefix);

	if (l->n_dropped)
		return false;
	for (size_t i = 0; i < it->c->n_schema; i++) {
		const struct conf_fault *f = &l->at[i];

		if (strncmp(f->text, it->prefix, n) == 0 && strchr(".:[", f->text[n]) &&
		    strcmp(f->file, conf_name(it->doc)) == 0)
			return false;
	}
	return true;
}

const char *configure_claim(struct configure_names *n, const struct configure_item *it,
			    const char *path, const char *name)
{
	const char *known = map_get_str(&n->map, name);
	char full[CONF_PATH_MAX_B];
	struct conf_mark m;
	char *place;

	if (known)
		return known;
	snprintf(full, sizeof(full), "%s.%s", it->prefix, path);
	m = conf_locate(conf_root(it->doc), full);
	place = arena_printf(n->arena, "%s:%d:%d", m.file, m.line, m.col);
	if (!place || map_put_str(&n->map, name, place, NULL))
		n->no_memory = true;
	return NULL;
}

void configure_claim_id(struct configure_names *n, struct configure_item *it, const char *id)
{
	const char *known = id[0] ? configure_claim(n, it, "id", id) : NULL;
	char text[1400];

	if (!known)
		return;
	snprintf(text, sizeof(text), "\"%s\" is taken: %s", id, known);
	configure_report(it, "id", text);
}

static void list_known(const struct map *m, char *out, size_t n)
{
	const char *key;
	size_t at = 0, used = 0;

	snprintf(out, n, "none");
	while (used < n && map_next(m, &at, NULL, &key)) {
		int len = snprintf(out + used, n - used, "%s%s", used ? ", " : "", key);

		used += len > 0 ? (size_t)len : 0;
	}
}

static const char *nearest(const struct map *m, const char *id)
{
	int best = word_reach(id) + 1;
	const char *key, *ret = NULL;
	size_t at = 0;

	while (map_next(m, &at, NULL, &key)) {
		int distance = word_distance(id, key, best);

		if (distance < best) {
			best = distance;
			ret = key;
		}
	}
	return ret;
}

void configure_must_know(struct configure_item *it, const char *path, const char *what,
			 const char *id, const struct configure_names *names)
{
	char known[KNOWN_MAX_B], text[500];
	const char *near;

	if (it->c->parts->is_broken || map_get_str(&names->map, id))
		return;
	near = nearest(&names->map, id);
	list_known(&names->map, known, sizeof(known));
	snprintf(text, sizeof(text), "there is no %s \"%s\"%s%s%s; there are: %s", what, id,
		 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", known);
	configure_report(it, path, text);
}
