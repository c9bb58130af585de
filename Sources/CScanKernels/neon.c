// The kernels with NEON, 16 bytes at a time; every AArch64 has it. It has no gather, so the sampled q-grams take the portable loop.

#if defined(__aarch64__)

#include <arm_neon.h>

#include "simple_line.h"

static size_t count_newlines(const uint8_t *text, size_t count) {
  const uint8x16_t newline = vdupq_n_u8('\n');
  size_t newlines = 0, at = 0;
  for (; at + 16 <= count; at += 16) newlines += vaddvq_u8(vshrq_n_u8(vceqq_u8(vld1q_u8(text + at), newline), 7));
  for (; at < count; at++) newlines += text[at] == '\n';
  return newlines;
}

// One bit per byte from FF or 0 per byte, for four times sixteen bytes.
static inline uint64_t mask_of(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
  const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t ab = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits)), cd = vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits));
  uint8x16_t all = vpaddq_u8(ab, cd);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

// The four special bytes differ in their low halves: each byte is compared with the one that its low half stands for,
// which for the other halves is one that has another.
static inline uint8x16_t is_special(uint8x16_t bytes) {
  const uint8x16_t table = {1, 0, 0xC2, 0, 0, 0, 0, 0, '\b', 0, 0, 0x1B, 0, '\r', 0, 0};
  return vceqq_u8(bytes, vqtbl1q_u8(table, vandq_u8(bytes, vdupq_n_u8(0x0F))));
}

static inline block_marks classify(const uint8_t *block) {
  const uint8x16_t newline = vdupq_n_u8('\n');
  uint8x16_t a = vld1q_u8(block), b = vld1q_u8(block + 16), c = vld1q_u8(block + 32), d = vld1q_u8(block + 48);
  return (block_marks){
      mask_of(vceqq_u8(a, newline), vceqq_u8(b, newline), vceqq_u8(c, newline), vceqq_u8(d, newline)),
      mask_of(is_special(a), is_special(b), is_special(c), is_special(d))};
}

#define TARGET
#include "clean_lines.inc.h"

static size_t find_sampled(const culprit_sampled *grams, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  return culprit_kernels_scalar.find_sampled(grams, text, from, to, hits);
}

// The buckets that have the low half of the byte in one table and its high half in the other: more than have the byte, never fewer.
static inline uint8x16_t buckets(const uint8_t low[16], const uint8_t high[16], uint8x16_t bytes) {
  return vandq_u8(
      vqtbl1q_u8(vld1q_u8(low), vandq_u8(bytes, vdupq_n_u8(0x0F))), vqtbl1q_u8(vld1q_u8(high), vshrq_n_u8(bytes, 4)));
}

static size_t find_shorts(const culprit_shorts *shorts, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  const uint8x16_t zero = vdupq_n_u8(0);
  size_t count = 0;
  for (size_t at = from; at < to; at += 16) {
    uint8x16_t found = zero;
    for (int group = 0; group < shorts->groups; group++) {
      uint8x16_t all = vdupq_n_u8(255);
      for (int byte = 0; byte < CULPRIT_SHORT_BYTES; byte++)
        all = vandq_u8(all, buckets(shorts->low[group][byte], shorts->high[group][byte], vld1q_u8(text + at + byte)));
      found = vorrq_u8(found, all);
    }
    if (__builtin_expect(vmaxvq_u8(found) == 0, 1)) continue;
    for (uint64_t positions = mask_of(vtstq_u8(found, found), zero, zero, zero); positions; positions &= positions - 1)
      hits[count++] = (uint32_t)(at + (size_t)__builtin_ctzll(positions));
  }
  return count;
}

static int holds(const culprit_text *text, const uint8_t *bytes, size_t count) {
  return culprit_kernels_scalar.holds(text, bytes, count);
}

const culprit_kernels culprit_kernels_neon = {"neon", count_newlines, clean_lines, find_sampled, find_shorts, holds};

#endif
