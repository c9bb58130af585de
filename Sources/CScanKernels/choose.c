// Which kernels this processor can run, and what the C library does for all of them.

#define _GNU_SOURCE  // memrchr
#include <string.h>

#include "CScanKernels.h"

const culprit_kernels *culprit_kernels_named(const char *name) {
  if (strcmp(name, "scalar") == 0) return &culprit_kernels_scalar;
#if defined(__x86_64__)
  // These ask cpuid, and whether the operating system keeps the wide registers.
  __builtin_cpu_init();
  if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
    return &culprit_kernels_avx2;
  if (strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("lzcnt"))
    return &culprit_kernels_avx512;
#elif defined(__aarch64__)
  if (strcmp(name, "neon") == 0) return &culprit_kernels_neon;
#endif
  return NULL;
}

const culprit_kernels *culprit_kernels_best(void) {
  const char *const names[] = {"avx512", "avx2", "neon"};
  for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
    const culprit_kernels *kernels = culprit_kernels_named(names[at]);
    if (kernels) return kernels;
  }
  return &culprit_kernels_scalar;
}

static inline uint64_t load8_folded(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word | 0x2020202020202020u;
}

static inline uint32_t has_nearby(const uint32_t *nearby, culprit_nearby kind, uint64_t folded) {
  uint32_t bit = culprit_nearby_bit(kind, folded);
  return nearby[bit >> 5] >> (bit & 31) & 1;
}

enum { FOUR_BYTES = 32, FIVE_BYTES = 40 };
static inline uint64_t first_bits(uint64_t word, int bits) { return word & (((uint64_t)1 << bits) - 1); }

// Without branches on what is found: that can't be foretold.
size_t culprit_keep_sampled(const uint32_t *nearby, const uint8_t *text, uint32_t *hits, size_t count) {
  size_t kept = 0;
  for (size_t index = 0; index < count; index++) {
    uint32_t hit = hits[index], at = hit & ~3u;
    // Before the text's first byte there is no literal's: whatever is taken for it does no harm.
    uint64_t here = load8_folded(text + at), before = load8_folded(text + at - (at > 0));
    uint32_t is_four = has_nearby(nearby, CULPRIT_FOUR_AND_NEXT, first_bits(here, FIVE_BYTES)) |
                       has_nearby(nearby, CULPRIT_FOUR_AND_BEFORE, first_bits(before, FIVE_BYTES));
    uint32_t is_eight = has_nearby(nearby, CULPRIT_EIGHT, here);
    uint32_t kinds = hit & (is_four * CULPRIT_MAY_BE_FOUR | is_eight * CULPRIT_MAY_BE_EIGHT);
    hits[kept] = at | kinds;
    kept += kinds != 0;
  }
  return kept;
}

size_t culprit_keep_shorts(const uint32_t *nearby, const uint8_t *text, uint32_t *hits, size_t count) {
  size_t kept = 0;
  for (size_t index = 0; index < count; index++) {
    uint64_t here = load8_folded(text + hits[index]);
    uint32_t is_short = has_nearby(nearby, CULPRIT_SHORT, first_bits(here, FOUR_BYTES)) |
                        has_nearby(nearby, CULPRIT_SHORT_AND_NEXT, first_bits(here, FIVE_BYTES));
    hits[kept] = hits[index];
    kept += is_short;
  }
  return kept;
}

const uint8_t *culprit_last_newline(const uint8_t *text, size_t count) { return memrchr(text, '\n', count); }
