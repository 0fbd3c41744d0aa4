/* What libcurl's results are in our codes. */
#include "common/http_priv.h"

static const struct {
	CURLcode result;
	int code;
} codes[] = {
	{CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT},
	{CURLE_PARTIAL_FILE, ERR_CLOSED},
	{CURLE_GOT_NOTHING, ERR_CLOSED},
	{CURLE_RECV_ERROR, ERR_CLOSED},
	{CURLE_SEND_ERROR, ERR_CLOSED},
	{CURLE_FILESIZE_EXCEEDED, ERR_FULL},
	{CURLE_OUT_OF_MEMORY, -ENOMEM},
	{CURLE_URL_MALFORMAT, ERR_INVALID},
	{CURLE_PEER_FAILED_VERIFICATION, ERR_DENIED},
	{CURLE_SSL_CONNECT_ERROR, ERR_DENIED},
	{CURLE_SSL_CERTPROBLEM, ERR_DENIED},
	{CURLE_SSL_CACERT_BADFILE, ERR_DENIED},
};

static int code_of(const struct http_call *c, CURLcode result)
{
	long os = 0;

	if (result == CURLE_COULDNT_CONNECT) {
		(void)curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os);
		return os > 0 ? -(int)os : ERR_CLOSED;
	}
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].result == result)
			return codes[i].code;
	return ERR_MALFORMED;
}

void http_translate(struct http_call *c, CURLcode result)
{
	if (c->code < 0 || result == CURLE_OK)
		return;
	c->code = code_of(c, result);
	(void)fault_set(&c->fault, c->code, "%s: %s", c->base,
			*c->error ? c->error : curl_easy_strerror(result));
}
