#include "base/base.h"

#include <stdlib.h>

void free_ptr(void *pp)
{
	/* pp is a T ** of any T; every object pointer has the same representation here */
	free(*(void **)pp);
}
