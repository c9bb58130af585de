// The kernels with AVX2: 32 bytes at a time.

#if defined(__x86_64__)

#include <immintrin.h>

#include "simple_line.h"

#define TARGET __attribute__((target("avx2,popcnt,bmi,bmi2")))

TARGET static inline __m256i load(const uint8_t *at) { return _mm256_loadu_si256((const __m256i *)at); }
TARGET static inline uint32_t mask_of(__m256i bytes) {
  uint32_t mask = (uint32_t)_mm256_movemask_epi8(bytes);
  // Keeps LLVM from taking the mask apart again, bit by bit, to join it with another.
  __asm__("" : "+r"(mask));
  return mask;
}

TARGET static size_t count_newlines(const uint8_t *text, size_t count) {
  const __m256i newline = _mm256_set1_epi8('\n');
  size_t newlines = 0, at = 0;
  for (; at + 32 <= count; at += 32) newlines += (size_t)__builtin_popcount(mask_of(_mm256_cmpeq_epi8(load(text + at), newline)));
  for (; at < count; at++) newlines += text[at] == '\n';
  return newlines;
}

TARGET static inline __m256i is_special(__m256i bytes) {
  __m256i control = _mm256_or_si256(
      _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x1B)), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\r')));
  __m256i other = _mm256_or_si256(
      _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\b')), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)0xC2)));
  return _mm256_or_si256(control, other);
}

TARGET static inline block_marks classify(const uint8_t *block) {
  const __m256i newline = _mm256_set1_epi8('\n'), low = load(block), high = load(block + 32);
  return (block_marks){
      mask_of(_mm256_cmpeq_epi8(low, newline)) | (uint64_t)mask_of(_mm256_cmpeq_epi8(high, newline)) << 32,
      mask_of(is_special(low)) | (uint64_t)mask_of(is_special(high)) << 32};
}

#include "clean_lines.inc.h"

// Which of eight words have both the bits set that the hashes choose.
TARGET static inline uint32_t have_bits(__m256i words, __m256i hashes, __m128i first, __m128i second) {
  const __m256i one = _mm256_set1_epi32(1), low = _mm256_set1_epi32(31);
  __m256i bits = _mm256_or_si256(
      _mm256_sllv_epi32(one, _mm256_and_si256(_mm256_srl_epi32(hashes, first), low)),
      _mm256_sllv_epi32(one, _mm256_and_si256(_mm256_srl_epi32(hashes, second), low)));
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(words, bits), bits)));
}

TARGET static size_t find_sampled(
    const culprit_sampled *grams, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  const __m256i fold = _mm256_set1_epi32(0x20202020);
  const __m256i low = _mm256_set1_epi32((int)0x9E3779B1u), high = _mm256_set1_epi32((int)0x85EBCA77u);
  const __m128i shift = _mm_cvtsi32_si128(grams->shift);
  const __m128i first = _mm_cvtsi32_si128(grams->shift - 5), second = _mm_cvtsi32_si128(grams->shift - 10);
  const int has_eights = grams->has_eights;
  const int *const map = (const int *)grams->map;
  size_t count = 0;
  for (size_t at = from; at < to; at += 32) {
    __m256i hashes = _mm256_mullo_epi32(_mm256_or_si256(load(text + at), fold), low);
    // What is left of a hash is less than the map has words.
    __m256i words = _mm256_i32gather_epi32(map, _mm256_srl_epi32(hashes, shift), 4);
    uint32_t fours = have_bits(words, hashes, first, second), eights = 0;
    if (has_eights) {
      __m256i behind = _mm256_mullo_epi32(_mm256_or_si256(load(text + at + 4), fold), high);
      eights = have_bits(words, _mm256_add_epi32(hashes, behind), first, second);
    }
    count = culprit_add_sampled(hits, count, at, fours, eights);
  }
  return count;
}

// The buckets that have the low half of the byte in one table and its high half in the other: more than have the byte, never fewer.
TARGET static inline __m256i buckets(const uint8_t low[16], const uint8_t high[16], __m256i bytes) {
  const __m256i half = _mm256_set1_epi8(0x0F);
  __m256i by_low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)low));
  __m256i by_high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)high));
  return _mm256_and_si256(
      _mm256_shuffle_epi8(by_low, _mm256_and_si256(bytes, half)),
      _mm256_shuffle_epi8(by_high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half)));
}

TARGET static size_t find_shorts(
    const culprit_shorts *shorts, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  size_t count = 0;
  for (size_t at = from; at < to; at += 32) {
    __m256i found = _mm256_setzero_si256();
    for (int group = 0; group < shorts->groups; group++) {
      __m256i all = _mm256_set1_epi8(-1);
      for (int byte = 0; byte < CULPRIT_SHORT_BYTES; byte++)
        all = _mm256_and_si256(all, buckets(shorts->low[group][byte], shorts->high[group][byte], load(text + at + byte)));
      found = _mm256_or_si256(found, all);
    }
    uint32_t positions = ~mask_of(_mm256_cmpeq_epi8(found, _mm256_setzero_si256()));
    for (; __builtin_expect(positions != 0, 0); positions &= positions - 1)
      hits[count++] = (uint32_t)(at + (size_t)__builtin_ctz(positions));
  }
  return count;
}

TARGET static int holds(const culprit_text *text, const uint8_t *bytes, size_t count) {
  const __m256i first = _mm256_set1_epi8((char)culprit_byte(text->words, text->probes[0]));
  const __m256i second = _mm256_set1_epi8((char)culprit_byte(text->words, text->probes[1]));
  const __m256i first_fold = _mm256_set1_epi8((char)culprit_byte(text->folds, text->probes[0]));
  const __m256i second_fold = _mm256_set1_epi8((char)culprit_byte(text->folds, text->probes[1]));
  if (count < text->count) return 0;
  const size_t starts = count - text->count + 1;
  for (size_t from = 0; from < starts; from += 32) {
    __m256i is_first = _mm256_cmpeq_epi8(_mm256_or_si256(load(bytes + from + text->probes[0]), first_fold), first);
    __m256i is_second = _mm256_cmpeq_epi8(_mm256_or_si256(load(bytes + from + text->probes[1]), second_fold), second);
    uint32_t found = mask_of(_mm256_and_si256(is_first, is_second));
    if (starts - from < 32) found &= ((uint32_t)1 << (starts - from)) - 1;
    for (; found; found &= found - 1)
      if (culprit_lies(text, bytes + from + (size_t)__builtin_ctz(found))) return 1;
  }
  return 0;
}

const culprit_kernels culprit_kernels_avx2 = {"avx2", count_newlines, clean_lines, find_sampled, find_shorts, holds};

#endif
