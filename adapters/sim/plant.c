#include "sim/plant.h"

#include <string.h>

struct plant_ref plant_find(const struct plant *p, const char *id)
{
	if (strcmp(p->load.id, id) == 0)
		return (struct plant_ref){KIND_LOAD, 0};
	for (int i = 0; i < p->n_gen; i++)
		if (strcmp(p->gen[i].id, id) == 0)
			return (struct plant_ref){KIND_GEN, i};
	for (int i = 0; i < p->n_storage; i++)
		if (strcmp(p->storage[i].id, id) == 0)
			return (struct plant_ref){KIND_STORAGE, i};
	for (int i = 0; i < p->n_queues; i++)
		if (strcmp(p->queues[i].id, id) == 0)
			return (struct plant_ref){KIND_QUEUE, i};
	for (int i = 0; i < p->n_cooling; i++)
		if (strcmp(p->cooling[i].id, id) == 0)
			return (struct plant_ref){KIND_COOLING, i};
	return (struct plant_ref){KIND_NONE, 0};
}

static const char *resolve_parent(const struct plant *p, int i)
{
	const struct plant_feeder *f = &p->feeders[i];
	int up = i;

	/* More steps up than there are feeders: it hangs on itself. */
	for (int steps = 0; steps <= p->n_feeders; steps++) {
		int next = -1;

		if (!*p->feeders[up].parent)
			return NULL;
		for (int k = 0; k < p->n_feeders; k++)
			if (strcmp(p->feeders[k].id, p->feeders[up].parent) == 0)
				next = k;
		if (next < 0)
			break;
		up = next;
	}
	return f->parent;
}

const char *plant_resolve(struct plant *p)
{
	for (int i = 0; i < p->n_feeders; i++) {
		struct plant_feeder *f = &p->feeders[i];
		const char *wrong = resolve_parent(p, i);

		if (wrong)
			return wrong;
		f->up = -1;
		for (int k = 0; k < p->n_feeders; k++)
			if (*f->parent && strcmp(p->feeders[k].id, f->parent) == 0)
				f->up = k;
		for (int k = 0; k < f->n_assets; k++) {
			f->ref[k] = plant_find(p, f->assets[k]);
			if (f->ref[k].kind == KIND_NONE)
				return f->assets[k];
		}
	}
	return NULL;
}

const char *plant_id(const struct plant *p, struct plant_ref at)
{
	switch (at.kind) {
	case KIND_LOAD:
		return at.index == 0 ? p->load.id : NULL;
	case KIND_GEN:
		return at.index < p->n_gen ? p->gen[at.index].id : NULL;
	case KIND_STORAGE:
		return at.index < p->n_storage ? p->storage[at.index].id : NULL;
	case KIND_QUEUE:
		return at.index < p->n_queues ? p->queues[at.index].id : NULL;
	case KIND_COOLING:
		return at.index < p->n_cooling ? p->cooling[at.index].id : NULL;
	case KIND_NONE:
		break;
	}
	return NULL;
}
