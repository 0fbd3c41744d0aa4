#include "engine/wake.h"

#include "engine/state.h"

void wake(struct engine *e)
{
	bool on_its_way = e->clock.kicked || e->clock.pumping;

	e->clock.kicked = true;
	if (!on_its_way)
		e->ops->arm_mono(e->world, 0);
}
