#include "base/sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/require.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *h = malloc(sizeof(*h));

	if (!h)
		return NULL;
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx)
		goto err_after_h;
	if (EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1)
		goto err_after_ctx;
	return h;

err_after_ctx:
	EVP_MD_CTX_free(h->ctx);
err_after_h:
	free(h);
	return NULL;
}

/* A running hash allocates nothing more, so a failure from here on is a broken library. */
void sha256_update(struct sha256 *h, const void *p, size_t n)
{
	REQUIRE(EVP_DigestUpdate(h->ctx, p, n) == 1);
}

void sha256_final(struct sha256 *h, uint8_t ret[SHA256_LEN])
{
	unsigned n = 0;

	REQUIRE(EVP_DigestFinal_ex(h->ctx, ret, &n) == 1 && n == SHA256_LEN);
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void sha256(const void *p, size_t n, uint8_t ret[SHA256_LEN])
{
	unsigned len = 0;

	REQUIRE(EVP_Digest(p, n, ret, &len, EVP_sha256(), NULL) == 1 && len == SHA256_LEN);
}

void sha256_hex(const uint8_t hash[SHA256_LEN], char ret[SHA256_HEX_LEN])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_LEN; i++) {
		ret[2 * i] = digits[hash[i] >> 4];
		ret[2 * i + 1] = digits[hash[i] & 15];
	}
	ret[SHA256_HEX_LEN - 1] = '\0';
}
