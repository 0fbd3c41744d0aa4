#include "plan/ipm_cache.h"

#include <stdlib.h>

#include "plan/ipm_cache_priv.h"

struct ipm_cache *ipm_cache_new(void)
{
	return calloc(1, sizeof(struct ipm_cache));
}

void ipm_cache_free(struct ipm_cache *c)
{
	if (!c)
		return;
	for (int i = 0; i < IPM_CACHE_SIZE; i++)
		ipm_structure_free(c->slot[i].structure);
	free(c);
}

int ipm_cache_take(struct ipm_cache *c, const struct ipm_key *key, struct ipm_cached **ret)
{
	struct ipm_cached *oldest = &c->slot[0];
	struct ipm_structure *s = NULL;
	int r;

	for (int i = 0; i < IPM_CACHE_SIZE; i++) {
		struct ipm_cached *p = &c->slot[i];

		if (p->structure && ipm_key_equals(&p->structure->key, key)) {
			p->used = ++c->now;
			*ret = p;
			return 0;
		}
		if (p->used < oldest->used)
			oldest = p;
	}
	r = ipm_structure_new(key, IPM_ARENA_CAP, &s);
	if (r)
		return r;
	ipm_structure_free(oldest->structure);
	*oldest = (struct ipm_cached){.structure = s, .used = ++c->now};
	*ret = oldest;
	return 0;
}

struct ipm_work *ipm_cache_work(struct ipm_cached *c, int lanes)
{
	struct ipm_work **w = &c->work[lanes - 1];

	if (!*w)
		*w = ipm_work_new(c->structure, lanes);
	return *w;
}
