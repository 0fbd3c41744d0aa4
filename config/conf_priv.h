/* Inside of conf: the document that conf_parse.c builds. */
#pragma once

#include "base/arena.h"
#include "config/conf.h"

struct conf_doc {
	struct arena arena; /* nodes and texts */
	char *name;	    /* in the arena */
	struct conf_node *root;
};
