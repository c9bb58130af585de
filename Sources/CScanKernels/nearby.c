// What is dropped of the hits that the kernels find, by some bytes more than they look at.

#include "simple_line.h"

static inline uint64_t load8_folded(const uint8_t *at) { return load8(at) | (ones * 0x20); }

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
