#include "api/source_name.h"

#include <stdio.h>
#include <string.h>

#include "api/map_in.h"

int source_name(struct request *r, const char *given, char ret[NAME_MAX_B])
{
	const struct session *s = r->session;
	int rc;

	/* The name of the Hello was allowed there. */
	if (!given[0] || strcmp(given, s->name) == 0) {
		snprintf(ret, NAME_MAX_B, "%s", s->name);
		return 0;
	}
	rc = map_in_name(&r->refusal, "source", given, ret);
	if (rc < 0)
		return rc;
	if (!session_may_speak_for(s, ret))
		return refuse(&r->refusal, ERR_DENIED, "source", "%s may not speak for %s",
			      s->peer.who, ret);
	return 0;
}
