// The kernels in portable C, eight bytes at a time.

#include "simple_line.h"

// 0x80 in each byte of the word that equals `byte`, exactly: no carry crosses from one byte into the next.
static inline uint64_t equal(uint64_t word, uint8_t byte) {
  const uint64_t lows = ~tops;
  uint64_t other = word ^ (ones * byte);
  return ~(((other & lows) + lows) | other | lows);
}

// One bit per byte from 0x80 or 0 per byte, the first byte lowest.
static inline uint64_t gather_bits(uint64_t word) { return (word >> 7) * 0x0102040810204080u >> 56; }

static size_t count_newlines(const uint8_t *text, size_t count) {
  size_t newlines = 0, at = 0;
  for (; at + 8 <= count; at += 8) newlines += (size_t)__builtin_popcountll(equal(load8(text + at), '\n'));
  for (; at < count; at++) newlines += text[at] == '\n';
  return newlines;
}

static inline block_marks classify(const uint8_t *block) {
  block_marks marks = {0, 0};
  for (int at = 0; at < CULPRIT_BLOCK; at += 8) {
    uint64_t word = load8(block + at);
    if (!may_be_special(word)) continue;  // most words
    marks.newlines |= gather_bits(equal(word, '\n')) << at;
    marks.special |= gather_bits(equal(word, '\b') | equal(word, '\r') | equal(word, 0x1B) | equal(word, 0xC2)) << at;
  }
  return marks;
}

#define TARGET
#include "clean_lines.inc.h"

// 1 if both bits of the hash are set in the word.
static inline uint32_t has_bits(uint32_t word, uint32_t hash, int shift) {
  return word >> (hash >> (shift - 5) & 31) & word >> (hash >> (shift - 10) & 31) & 1;
}

static size_t find_sampled(const culprit_sampled *grams, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  const uint32_t *const map = grams->map;
  const int shift = grams->shift;
  size_t count = 0;
  // The hit is written in any case and counted if it is one: a branch that is hard to foretell would cost more.
  if (!grams->has_eights) {
    for (size_t at = from; at < to; at += 4) {
      uint32_t hash = culprit_hash4(load4(text + at) | 0x20202020u);
      hits[count] = (uint32_t)at | CULPRIT_MAY_BE_FOUR;
      count += has_bits(map[hash >> shift], hash, shift);
    }
    return count;
  }
  for (size_t at = from; at < to; at += 4) {
    uint64_t folded = load8(text + at) | 0x2020202020202020u;
    uint32_t hash = culprit_hash4((uint32_t)folded), word = map[hash >> shift];
    uint32_t is_four = has_bits(word, hash, shift), is_eight = has_bits(word, culprit_hash8(folded), shift);
    hits[count] = (uint32_t)at | is_four * CULPRIT_MAY_BE_FOUR | is_eight * CULPRIT_MAY_BE_EIGHT;
    count += is_four | is_eight;
  }
  return count;
}

static size_t find_shorts(const culprit_shorts *shorts, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  const uint32_t *const three = shorts->three;
  size_t count = 0;
  // One of the two 3-grams of a literal lies at an even position: the literal begins there or one byte before.
  for (size_t at = from; at <= to; at += 2) {
    uint32_t hash = culprit_hash4((load4(text + at) | 0x202020u) & 0xFFFFFFu) >> (32 - CULPRIT_SHORT_BITS);
    if (__builtin_expect(!(three[hash >> 5] >> (hash & 31) & 1), 1)) continue;
    if (at > from) hits[count++] = (uint32_t)at - 1;
    if (at < to) hits[count++] = (uint32_t)at;
  }
  return count;
}

static int holds(const culprit_text *text, const uint8_t *bytes, size_t count) {
  if (count < text->count) return 0;
  const size_t probe = text->probes[0];
  const uint8_t byte = culprit_byte(text->words, probe), fold = culprit_byte(text->folds, probe);
  const uint8_t *const end = bytes + (count - text->count + 1) + probe;  // where the probe of the last place lies, and one more
  for (const uint8_t *at = bytes + probe; at < end; at++) {
    if (!fold && !(at = memchr(at, byte, (size_t)(end - at)))) return 0;
    if ((*at | fold) == byte && culprit_lies(text, at - probe)) return 1;
  }
  return 0;
}

const culprit_kernels culprit_kernels_scalar = {"scalar", count_newlines, clean_lines, find_sampled, find_shorts, holds};
