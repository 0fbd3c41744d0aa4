#include "engine/configure.h"

#include <stdlib.h>
#include <string.h>

#include "engine/configure_priv.h"

void configuration_free(struct configuration *c)
{
	struct configure_owned *o;

	if (!c)
		return;
	o = container_of(c, struct configure_owned, c);
	arena_fini(&o->arena);
	free(o);
}

const struct site *configuration_site(const struct configuration *c, const char *id)
{
	for (size_t i = 0; i < c->n_sites; i++) {
		if (strcmp(c->sites[i].id, id) == 0)
			return &c->sites[i];
	}
	return NULL;
}

const struct tariff *configuration_tariff(const struct configuration *c, const char *id)
{
	for (size_t i = 0; i < c->n_tariffs; i++) {
		if (strcmp(c->tariffs[i].id, id) == 0)
			return &c->tariffs[i];
	}
	return NULL;
}

const struct calendar *configuration_calendar(const struct configuration *c, const char *id)
{
	for (size_t i = 0; i < c->n_calendars; i++) {
		if (strcmp(c->calendars[i].id, id) == 0)
			return &c->calendars[i];
	}
	return NULL;
}

static bool knows_flag(const struct tariff *t, const char *flag)
{
	for (int i = 0; i < t->n_seasons; i++) {
		if (t->seasons[i].day_flag[0] && strcmp(t->seasons[i].day_flag, flag) == 0)
			return true;
	}
	return false;
}

bool configuration_has_day_flag(const struct configuration *c, const char *flag)
{
	for (size_t i = 0; i < c->n_tariffs; i++) {
		if (knows_flag(&c->tariffs[i], flag))
			return true;
	}
	return false;
}
