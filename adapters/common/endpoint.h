/* Where a service is that speaks HTTP: a URL's parts, checked, and its address.
 *
 * A host given as an address (or "localhost", or a unix socket) needs no resolver, ever. A name is resolved by
 * endpoint_resolve(), which may take as long as the system's resolver does: at start, before the event loop runs, or
 * when a service has been lost and may have moved. libcurl's own resolver (a thread per question, which cannot be
 * cancelled) is never used. */
#pragma once

#include "base/err.h"

#define ENDPOINT_TEXT_B 512
#define ENDPOINT_HOST_B 254
#define ENDPOINT_ADDRESSES_B 256
#define ENDPOINT_UNIX_B 108 /* struct sockaddr_un */

struct endpoint {
	char base[ENDPOINT_TEXT_B]; /* "http://[::1]:9090/prom": no '/' at the end */
	char host[ENDPOINT_HOST_B]; /* without brackets */
	uint16_t port;
	bool is_name; /* `host` is no address */
	bool is_tls;
	char addresses
		[ENDPOINT_ADDRESSES_B]; /* of a name: "192.0.2.1,[2001:db8::1]"; "" = not resolved */
	char unix_path[ENDPOINT_UNIX_B]; /* not "": instead of host and port */
};

/* From "http://…" or "https://…": without user, query and fragment. unix_path may be NULL or "". Asks no resolver.
 * ERR_INVALID with the reason. */
int endpoint_parse(const char *url, const char *unix_path, struct endpoint *ret, struct fault *f);

/* Fills `addresses` of a name, else does nothing. Blocking. ERR_NOTFOUND with the resolver's words; what was known
 * before is kept then. */
int endpoint_resolve(struct endpoint *e, struct fault *f);
