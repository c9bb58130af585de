// The kernels with AVX-512 (F, BW, VL, VBMI, VBMI2): 64 bytes at a time.

#if defined(__x86_64__)

#include <immintrin.h>

#include "simple_line.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,bmi,bmi2,lzcnt")))

TARGET static size_t count_newlines(const uint8_t *text, size_t count) {
  const __m512i newline = _mm512_set1_epi8('\n');
  size_t newlines = 0, at = 0;
  for (; at + 64 <= count; at += 64)
    newlines += (size_t)__builtin_popcountll(_mm512_cmpeq_epi8_mask(_mm512_loadu_si512(text + at), newline));
  for (; at < count; at++) newlines += text[at] == '\n';
  return newlines;
}

// BS, CR, ESC and C2 differ in their low halves: each byte is compared with the one of them that its low half stands for, and
// otherwise with one that has another.
TARGET static inline uint64_t special_mask(__m512i bytes) {
  const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(
      1, 0, (char)0xC2, 0, 0, 0, 0, 0, '\b', 0, 0, 0x1B, 0, '\r', 0, 0));
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_shuffle_epi8(table, _mm512_and_si512(bytes, _mm512_set1_epi8(0x0F))));
}

#include "clean_avx512.h"

// Which of eight words have both the bits set that the hashes choose.
TARGET static inline __mmask8 have_bits(__m256i words, __m256i hashes, __m128i first, __m128i second) {
  const __m256i one = _mm256_set1_epi32(1);
  // A rotation goes by the lowest five bits.
  __m256i bits = _mm256_or_si256(
      _mm256_rolv_epi32(one, _mm256_srl_epi32(hashes, first)), _mm256_rolv_epi32(one, _mm256_srl_epi32(hashes, second)));
  return _mm256_testn_epi32_mask(_mm256_andnot_si256(words, bits), bits);
}

// By 32 bytes: on Zen 5 a gather of sixteen words takes more than twice the time of two gathers of eight.
TARGET static size_t find_sampled(
    const culprit_sampled *grams, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  const __m256i fold = _mm256_set1_epi32(0x20202020);
  const __m256i low = _mm256_set1_epi32((int)0x9E3779B1u), high = _mm256_set1_epi32((int)0x85EBCA77u);
  const __m256i may_be_four = _mm256_set1_epi32(CULPRIT_MAY_BE_FOUR), may_be_eight = _mm256_set1_epi32(CULPRIT_MAY_BE_EIGHT);
  const __m256i steps = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
  const __m128i shift = _mm_cvtsi32_si128(grams->shift);
  const __m128i first = _mm_cvtsi32_si128(grams->shift - 5), second = _mm_cvtsi32_si128(grams->shift - 10);
  const int has_eights = grams->has_eights;
  const int *const map = (const int *)grams->map;
  size_t count = 0;
  for (size_t at = from; at < to; at += 32) {
    const __m256i *const here = (const __m256i *)(text + at), *const behind = (const __m256i *)(text + at + 4);
    __m256i hashes = _mm256_mullo_epi32(_mm256_or_si256(_mm256_loadu_si256(here), fold), low);
    // What is left of a hash is less than the map has words.
    __m256i words = _mm256_i32gather_epi32(map, _mm256_srl_epi32(hashes, shift), 4);
    __mmask8 fours = have_bits(words, hashes, first, second), eights = 0;
    __m256i places = _mm256_add_epi32(_mm256_set1_epi32((int)at), steps);
    places = _mm256_mask_or_epi32(places, fours, places, may_be_four);
    if (has_eights) {
      __m256i more = _mm256_mullo_epi32(_mm256_or_si256(_mm256_loadu_si256(behind), fold), high);
      eights = have_bits(words, _mm256_add_epi32(hashes, more), first, second);
      places = _mm256_mask_or_epi32(places, eights, places, may_be_eight);
    }
    // Eight are written in any case, and those counted that were found: a branch would often be foretold wrongly.
    __mmask8 found = (__mmask8)(fours | eights);
    _mm256_storeu_si256((__m256i *)(hits + count), _mm256_maskz_compress_epi32(found, places));
    count += (size_t)__builtin_popcount(found);
  }
  return count;
}

// The buckets of which a byte is in the class: a look-up of its low seven bits in 128 entries.
TARGET static inline __m512i buckets(const uint8_t table[128], __m512i bytes) {
  return _mm512_permutex2var_epi8(_mm512_loadu_si512(table), bytes, _mm512_loadu_si512(table + 64));
}

TARGET static inline __m512i group_buckets(const uint8_t tables[CULPRIT_SHORT_BYTES][128], const __m512i bytes[CULPRIT_SHORT_BYTES]) {
  __m512i front = _mm512_ternarylogic_epi64(buckets(tables[0], bytes[0]), buckets(tables[1], bytes[1]), buckets(tables[2], bytes[2]), 0x80);
  __m512i back = _mm512_ternarylogic_epi64(buckets(tables[3], bytes[3]), buckets(tables[4], bytes[4]), buckets(tables[5], bytes[5]), 0x80);
  return _mm512_and_si512(front, back);
}

// Adds the positions of a block's bits, without a branch that may be foretold wrongly: sixteen are written in any case, more are rare.
TARGET static inline size_t add_positions(uint32_t *hits, size_t count, size_t at, uint64_t bits) {
  __m512i set = byte_numbers(bits), base = _mm512_set1_epi32((int)at);
  size_t more = (size_t)__builtin_popcountll(bits);
  _mm512_storeu_si512(hits + count, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(set))));
  if (__builtin_expect(more > 16, 0)) {
    _mm512_storeu_si512(hits + count + 16, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 1))));
    _mm512_storeu_si512(hits + count + 32, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 2))));
    _mm512_storeu_si512(hits + count + 48, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 3))));
  }
  return count + more;
}

TARGET static inline size_t find_in_groups(
    const culprit_shorts *shorts, int groups, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  size_t count = 0;
  for (size_t at = from; at < to; at += 64) {
    __m512i bytes[CULPRIT_SHORT_BYTES];
    for (int byte = 0; byte < CULPRIT_SHORT_BYTES; byte++) bytes[byte] = _mm512_loadu_si512(text + at + byte);
    __m512i found = group_buckets(shorts->bytes[0], bytes);
    if (groups == 2) found = _mm512_or_si512(found, group_buckets(shorts->bytes[1], bytes));
    count = add_positions(hits, count, at, _mm512_test_epi8_mask(found, found));
  }
  return count;
}

TARGET static size_t find_shorts(
    const culprit_shorts *shorts, const uint8_t *text, size_t from, size_t to, uint32_t *hits) {
  return shorts->groups == 1 ? find_in_groups(shorts, 1, text, from, to, hits) : find_in_groups(shorts, 2, text, from, to, hits);
}

TARGET static int holds(const culprit_text *text, const uint8_t *bytes, size_t count) {
  const __m512i first = _mm512_set1_epi8((char)culprit_byte(text->words, text->probes[0]));
  const __m512i second = _mm512_set1_epi8((char)culprit_byte(text->words, text->probes[1]));
  const __m512i first_fold = _mm512_set1_epi8((char)culprit_byte(text->folds, text->probes[0]));
  const __m512i second_fold = _mm512_set1_epi8((char)culprit_byte(text->folds, text->probes[1]));
  if (count < text->count) return 0;
  const size_t starts = count - text->count + 1;
  for (size_t from = 0; from < starts; from += 64) {
    uint64_t found = _mm512_cmpeq_epi8_mask(_mm512_or_si512(_mm512_loadu_si512(bytes + from + text->probes[0]), first_fold), first);
    found &= _mm512_cmpeq_epi8_mask(_mm512_or_si512(_mm512_loadu_si512(bytes + from + text->probes[1]), second_fold), second);
    if (starts - from < 64) found &= low_bits((unsigned)(starts - from));
    for (; found; found &= found - 1)
      if (culprit_lies(text, bytes + from + (size_t)__builtin_ctzll(found))) return 1;
  }
  return 0;
}

const culprit_kernels culprit_kernels_avx512 = {"avx512", count_newlines, clean_lines, find_sampled, find_shorts, holds};

#endif
