#include "engine/standing.h"

#include "engine/state.h"

static const struct instruction *in_force(const struct engine *e, enum instruction_kind kind,
					  int site, int asset)
{
	list_foreach(it, &e->instruct.open)
	{
		const struct instruction_live *il = list_entry(it, struct instruction_live, node);

		if (il->in.kind == kind && il->in.state == INSTRUCTION_IN_FORCE &&
		    il->site == site && il->asset == asset)
			return &il->in;
	}
	return NULL;
}

const struct instruction *standing_override(const struct engine *e, int site, int asset)
{
	return in_force(e, INSTRUCTION_OVERRIDE, site, asset);
}

const struct instruction *standing_outage(const struct engine *e, int site, int asset)
{
	return in_force(e, INSTRUCTION_AVAILABILITY, site, asset);
}

/* The later of what was said for the site and what was said for all. */
enum site_mode standing_mode(const struct engine *e, int site, const struct instruction **ret_by)
{
	const struct instruction *one = in_force(e, INSTRUCTION_MODE, site, -1);
	const struct instruction *all = in_force(e, INSTRUCTION_MODE, -1, -1);
	const struct instruction *by = one && (!all || one->id > all->id) ? one : all;

	if (ret_by)
		*ret_by = by;
	return by ? by->mode : MODE_AUTO;
}
