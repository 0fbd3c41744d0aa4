/* SHA-256 (libcrypto), one-shot and in pieces. Any thread. */
#pragma once

#include "base/base.h"

#define SHA256_LEN 32
#define SHA256_HEX_LEN 65 /* with NUL */

struct sha256; /* a running hash */

struct sha256 *sha256_new(void); /* NULL: out of memory */
void sha256_update(struct sha256 *h, const void *p, size_t n);
/* Finishes and frees h. */
void sha256_final(struct sha256 *h, uint8_t ret[SHA256_LEN]);

void sha256(const void *p, size_t n, uint8_t ret[SHA256_LEN]);
void sha256_hex(const uint8_t hash[SHA256_LEN], char ret[SHA256_HEX_LEN]);
