// Cleaning with AVX-512 (F, BW, VL, VBMI2). Of each 64 bytes of the source a mask says which are dropped, and one instruction moves the others
// together: text costs the same wherever its lines end, and only lines and sequences that begin in it cost more.
// The includer defines TARGET and special_mask().
#ifndef CULPRIT_CLEAN_AVX512_H
#define CULPRIT_CLEAN_AVX512_H

#include <immintrin.h>

#include "simple_line.h"

// Bytes that must follow a block in the source, for all that is looked at from one of its bytes on: at most 63 of an escape sequence, 64 of
// those behind it, and 5 of the text. Where a line begins, maybe right behind the block, it is less: 31 of a time, 64 of sequences, 4 of a
// marker.
enum { LOOK_AHEAD = 63 + 64 + 5 };
// Instead of a length: clean_simple_line must decide.
enum { LOOK_CLOSER = CULPRIT_BLOCK };

// Where the current line begins, and where its text is to begin; how many lines before it are cleaned.
typedef struct {
  const uint8_t *line;
  uint8_t *text;
  size_t lines;
} line_start;

// The lowest `count` bits; `count` is 63 at most.
static inline uint64_t low_bits(unsigned count) { return ((uint64_t)1 << count) - 1; }

TARGET static inline uint64_t equal_to(uint8_t byte, __m512i bytes) {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)byte));
}

TARGET static inline uint64_t within(uint8_t first, uint8_t last, __m512i bytes) {
  return _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8((char)first)), _mm512_set1_epi8((char)(last - first)));
}

// Whether an ESC is among the four bytes.
static inline int has_escape(uint32_t bytes) {
  uint32_t other = bytes ^ 0x1B1B1B1Bu;
  return ((other - 0x01010101u) & ~other & 0x80808080u) != 0;
}

// How many bytes of whole CSI sequences stand at `at`, one behind the other; 64 if what is behind them is not among the first 64 bytes. What
// it says of others doesn't matter: their line is looked at more closely in any case.
TARGET static inline unsigned sequences_length(const uint8_t *at) {
  __m512i bytes = _mm512_loadu_si512(at);
  // A sequence ends with its first final byte, 40 to 7E, that is not the `[` behind its ESC. So the text begins at the first byte that is no
  // ESC and stands behind a final byte, or at `at`.
  uint64_t escapes = equal_to(0x1B, bytes), finals = within(0x40, 0x7E, bytes) & ~(escapes << 1);
  return (unsigned)_tzcnt_u64((finals << 1 | 1) & ~escapes);
}

// The length of GitLab's stream marker at `text`, which is behind so many bytes of sequences, or of which a sequence may begin in its midst.
TARGET static __attribute__((noinline)) unsigned closer_marker_length(const uint8_t *text, unsigned sequences) {
  // Bit n says whether the byte fits the marker's byte n.
  static const uint8_t fits[256] = {
      ['0' ... '9'] = 3, ['a' ... 'f'] = 3, ['A' ... 'D'] = 3, ['E'] = 7, ['F'] = 3, ['O'] = 4, [' '] = 8, ['+'] = 8};
  for (unsigned place = 0; place < 4; place++) {
    if (text[place] == 0x1B) return LOOK_CLOSER;  // anything may follow it
    if (!(fits[text[place]] >> place & 1)) return sequences < 64 ? 0 : LOOK_CLOSER;
  }
  return sequences == 0 ? 4 : LOOK_CLOSER;
}

// The length of GitLab's stream marker at `text`, which is behind a time; 0 if there is none. It doesn't branch on whether a colour stands
// there: that would often be foretold wrongly.
TARGET static inline unsigned marker_length(const uint8_t *text) {
  unsigned sequences = sequences_length(text);
  text += sequences;
  // Nearly all texts: no other sequence begins where the marker would be, and its letter is missing.
  int may_be = (sequences == 64) | has_escape(load4(text)) | (text[2] == 'O') | (text[2] == 'E');
  return __builtin_expect(may_be, 0) ? closer_marker_length(text, sequences) : 0;
}

// A provider's time (see time_length) as it is looked for: `firsts` are its bytes, and a byte fits if it is one of the `others` behind that at most.
typedef struct {
  _Alignas(32) uint8_t firsts[32], others[32];
  unsigned length;
} time_shape;

// A time of which the digits of the fraction end before `end`: ten bytes from '0' on are digits. Behind it anything fits.
#define TIME_SHAPE(text, end) \
  {text, \
   {[0 ... 3] = 9, [5 ... 6] = 9, [8 ... 9] = 9, [11 ... 12] = 9, [14 ... 15] = 9, [17 ... 18] = 9, [20 ... end - 1] = 9, \
    [end + 2 ... 31] = 0xFF}, \
   end + 2}
static const time_shape time_shapes[] = {
    TIME_SHAPE("0000-00-00T00:00:00.0000000Z ", 27), TIME_SHAPE("0000-00-00T00:00:00.000000000Z ", 29),
    TIME_SHAPE("0000-00-00T00:00:00.000000Z ", 26), TIME_SHAPE("0000-00-00T00:00:00.00000000Z ", 28)};
enum { TIME_SHAPES = sizeof time_shapes / sizeof *time_shapes };
enum { SAME_IN_ALL_TIMES = 26 };  // the bytes up to the sixth digit of the fraction

// Which bytes of the line don't fit the time.
TARGET static inline uint32_t other_than(const time_shape *time, const uint8_t *line) {
  __m256i bytes = _mm256_loadu_si256((const __m256i *)line), firsts = _mm256_load_si256((const __m256i *)time->firsts);
  return _mm256_cmpgt_epu8_mask(_mm256_sub_epi8(bytes, firsts), _mm256_load_si256((const __m256i *)time->others));
}

// See prefix_length, for a line that may begin with another time than the usual one, or with sequences.
TARGET static __attribute__((noinline)) unsigned unusual_length(const uint8_t *line, const time_shape **usual) {
  if (*line == 0x1B) {
    // Lines that begin with a colour are common; a digit behind it is not.
    unsigned text = sequences_length(line);
    return text < 64 && !is_digit(line[text]) ? 0 : LOOK_CLOSER;
  }
  for (size_t shape = 0; shape < TIME_SHAPES; shape++) {
    uint32_t others = other_than(&time_shapes[shape], line);
    if (others == 0) {
      *usual = &time_shapes[shape];
      unsigned marker = marker_length(line + time_shapes[shape].length);
      return marker == LOOK_CLOSER ? LOOK_CLOSER : time_shapes[shape].length + marker;
    }
    if (line[__builtin_ctz(others)] == 0x1B) return LOOK_CLOSER;  // a sequence in its midst
  }
  return 0;
}

// What time_length says of the line once it is cleaned, if its bytes as they stand tell. The times of a log are of one length, and so is
// where the text begins: what is looked at there needn't wait for the time to be measured.
TARGET static inline __attribute__((always_inline)) unsigned prefix_length(const uint8_t *line, const time_shape **usual) {
  uint32_t others = other_than(*usual, line);
  if (others == 0) {
    unsigned length = (*usual)->length, marker = marker_length(line + length);
    return __builtin_expect(marker == LOOK_CLOSER, 0) ? LOOK_CLOSER : length + marker;
  }
  unsigned place = (unsigned)__builtin_ctz(others);
  return place < SAME_IN_ALL_TIMES && line[place] != 0x1B ? 0 : unusual_length(line, usual);
}

// The bits of the CSI sequence whose ESC is at `at`, the lowest; 0 if it is not one of 64 bytes at most without intermediate bytes.
TARGET static inline uint64_t control_bits(const uint8_t *at) {
  __m512i bytes = _mm512_loadu_si512(at);
  uint64_t behind = ~(within(0x30, 0x3F, bytes) | 3), last = behind & -behind;
  return last & within(0x40, 0x7E, bytes) ? last | (last - 1) : 0;
}

// A stretch of the source, which is cleaned at a time: all that must be looked at in it is listed first, so that the loops over it are
// long and the processor can foretell their branches. Two kilobytes, which stay in the first-level cache with what is noted of them.
enum { STRETCH_BLOCKS = 32, STRETCH_BYTES = STRETCH_BLOCKS * CULPRIT_BLOCK };
// How far ahead of a block the source is fetched from memory: while the loops behind the first one run, nothing else is.
enum { FETCH_AHEAD = 2 * STRETCH_BYTES };
typedef struct {
  // By block, which of its bytes are dropped, and which of the next block's: two arrays, as a mark that reaches into the next block would
  // else have to wait for the store of the mark before it. A line may begin right behind the last block.
  uint64_t dropped[STRETCH_BLOCKS + 1], dropped_of_next[STRETCH_BLOCKS + 1];
  // Where the bytes lie that are looked at. More than there are may be written, up to a block's. Most stretches have a hundred at most,
  // which so lie on one page: what is written across two takes many times as long.
  _Alignas(256) uint16_t newlines[STRETCH_BYTES + CULPRIT_BLOCK];
  _Alignas(256) uint16_t specials[STRETCH_BYTES + CULPRIT_BLOCK];
  size_t newline_count, special_count;
} stretch;

// The numbers of the bits that are set, as bytes, lowest first; zeros behind them.
TARGET static inline __m512i byte_numbers(uint64_t bits) {
  return _mm512_maskz_compress_epi8(bits, _mm512_set_epi8(
      63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
      31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

// Adds the places of a block's bits to a list that has `count`. Returns how many it has then. Sixteen are written in any case, as a branch
// on their number would often be foretold wrongly; more are rare.
TARGET static inline size_t list_places(uint16_t *places, size_t count, size_t block, uint64_t bits) {
  size_t more = (size_t)__builtin_popcountll(bits);
  __m512i set = byte_numbers(bits), base = _mm512_set1_epi16((short)block);
  __m256i sixteen = _mm256_add_epi16(_mm512_castsi512_si256(base), _mm256_cvtepu8_epi16(_mm512_castsi512_si128(set)));
  _mm256_storeu_si256((__m256i *)(places + count), sixteen);
  if (__builtin_expect(more > 16, 0)) {
    _mm512_storeu_si512(places + count, _mm512_add_epi16(base, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(set))));
    _mm512_storeu_si512(places + count + 32, _mm512_add_epi16(base, _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(set, 1))));
  }
  return count + more;
}

TARGET static void begin_stretch(stretch *stretch, const uint8_t *text, size_t blocks) {
  size_t newlines = 0, specials = 0;
  for (size_t block = 0; block < blocks; block++) {
    __m512i bytes = _mm512_loadu_si512(text + block * CULPRIT_BLOCK);
    __builtin_prefetch(text + block * CULPRIT_BLOCK + FETCH_AHEAD);
    newlines = list_places(stretch->newlines, newlines, block * CULPRIT_BLOCK, equal_to('\n', bytes));
    specials = list_places(stretch->specials, specials, block * CULPRIT_BLOCK, special_mask(bytes));
    stretch->dropped[block] = stretch->dropped_of_next[block] = 0;
  }
  stretch->dropped[blocks] = stretch->dropped_of_next[blocks] = 0;
  stretch->newline_count = newlines;
  stretch->special_count = specials;
}

// Drops those of 64 bytes from the stretch's byte `at` on whose bits are set.
static inline void drop(stretch *stretch, size_t at, uint64_t bits) {
  stretch->dropped[at / 64] |= bits << at % 64;
  // Even if there are none: a branch would often be foretold wrongly.
  stretch->dropped_of_next[at / 64] |= bits >> 1 >> (63 - at % 64);
}

// The length of the escape sequence at `at`, which is none of CSI: a string (Buildkite puts one with the time before each line), or a short
// one. 0 if it is none that is whole within this line and 63 bytes.
TARGET static unsigned other_escape_length(const uint8_t *at) {
  if (begins_string(at[1])) {
    __m512i bytes = _mm512_loadu_si512(at);
    uint64_t ends = (equal_to(0x07, bytes) | equal_to(0x1B, bytes) | equal_to('\n', bytes) | equal_to('\r', bytes)) & ~low_bits(2);
    unsigned end = (unsigned)_tzcnt_u64(ends);
    if (end > 61) return 0;
    return at[end] == 0x07 ? end + 1 : at[end] == 0x1B && at[end + 1] == '\\' ? end + 2 : 0;
  }
  unsigned last = (at[1] & 0xF0) == 0x20 ? 2 : 1;
  return at[last] >= 0x30 && at[last] <= 0x7E ? last + 1 : 0;
}

// Drops an escape sequence that is none of CSI. Returns 0 if its line must be looked at more closely, as it does where the line may begin
// with a time or GitLab's marker behind the sequence or around it: prefix_length knows sequences of CSI only.
TARGET static __attribute__((noinline)) int drop_other_escape(stretch *stretch, const uint8_t *text, size_t place) {
  unsigned length = other_escape_length(text + place);
  drop(stretch, place, low_bits(length));
  const uint8_t *behind = text + place + length;
  unsigned sequences = sequences_length(behind);
  behind += sequences;
  int may_be_time = behind[4] == '-' || behind[4] == 0x1B, may_be_marker = behind[2] == 'O' || behind[2] == 'E';
  return length != 0 && sequences < 64 && !has_escape(load4(behind)) && !may_be_time && !may_be_marker;
}

// Drops what is to be dropped from the special byte at `place` on. Returns 0 if its line must be looked at more closely.
TARGET static inline int drop_at(stretch *stretch, const uint8_t *text, size_t place) {
  const uint8_t *at = text + place;
  if (at[0] == 0x1B) {
    if (__builtin_expect(at[1] != '[', 0)) return drop_other_escape(stretch, text, place);
    uint64_t bits = control_bits(at);
    drop(stretch, place, bits);
    return bits != 0;
  }
  if (at[0] == '\r') {
    drop(stretch, place, 1);
    return at[1] == '\n' || at[1] == '\r';  // which is judged by itself
  }
  // A C2 is text, but for C1 controls: one that stands there, and one that it would be joined to unseen when a sequence is dropped.
  return at[0] == 0xC2 && !(at[1] >= 0x90 && at[1] <= 0x9F) && at[1] != 0x1B;
}

// Finds what is dropped. Returns the number of lines that end in the stretch, and sets `looks_closer` if these are only those before one
// that must be looked at more closely.
TARGET static size_t find_dropped(stretch *stretch, const uint8_t *text, const time_shape **usual, int *looks_closer) {
  size_t closer = SIZE_MAX;  // a byte of the first line that must be looked at more closely
  // None of a prefix's bytes is special. Where one behind it changes what the line begins with, such as a backspace, the line is looked at
  // more closely, and the mark that is made here isn't used.
  for (size_t at = 0; at < stretch->newline_count; at++) {
    size_t begin = (size_t)stretch->newlines[at] + 1;
    unsigned length = prefix_length(text + begin, usual);
    if (__builtin_expect(length == LOOK_CLOSER, 0)) {
      closer = begin;
      break;
    }
    drop(stretch, begin, low_bits(length));
  }
  for (size_t at = 0; at < stretch->special_count && stretch->specials[at] < closer; at++)
    if (__builtin_expect(!drop_at(stretch, text, stretch->specials[at]), 0)) closer = stretch->specials[at];
  size_t lines = stretch->newline_count;
  while (lines > 0 && stretch->newlines[lines - 1] >= closer) lines--;
  *looks_closer = closer != SIZE_MAX;
  return lines;
}

// Cleans the current line and those behind it, up to one that must be looked at more closely, or to where a block doesn't fit any more.
TARGET static void clean_stretches(line_start *start, const uint8_t *end, const uint8_t *room_end, const time_shape **usual) {
  const uint8_t *text = start->line;
  uint8_t *out = start->text;
  stretch stretch;
  if (end - text < LOOK_AHEAD) return;
  unsigned prefix = prefix_length(text, usual);
  if (prefix == LOOK_CLOSER) return;
  uint64_t carried = low_bits(prefix);  // what is dropped of the next block already
  // A line that must be looked at more closely costs the stretch that it is found in, and such lines may be many: short ones at first.
  for (ptrdiff_t most = 4;; most = most < STRETCH_BLOCKS ? 2 * most : most) {
    ptrdiff_t there = (end - text - LOOK_AHEAD) / CULPRIT_BLOCK, fitting = (room_end - out) / CULPRIT_BLOCK;
    ptrdiff_t least = there < fitting ? there : fitting;
    if (least <= 0) return;
    size_t blocks = (size_t)(least < most ? least : most);
    begin_stretch(&stretch, text, blocks);
    int looks_closer;
    size_t lines = find_dropped(&stretch, text, usual, &looks_closer);
    size_t last = lines ? stretch.newlines[lines - 1] : 0;
    for (size_t block = 0; block < blocks; block++) {
      uint64_t kept = ~(stretch.dropped[block] | carried);
      carried = stretch.dropped_of_next[block];
      _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(kept, _mm512_loadu_si512(text + block * CULPRIT_BLOCK)));
      if (lines && block == last / 64) {
        *start = (line_start){text + last + 1, out + __builtin_popcountll(kept << (63 - last % 64)), start->lines + lines};
        if (looks_closer) return;
      }
      out += __builtin_popcountll(kept);
    }
    if (looks_closer) return;
    text += blocks * CULPRIT_BLOCK;
    carried |= stretch.dropped[blocks];
  }
}

// Cleans the current line, be there sequences in its time or no block behind it. Returns 0 if it is cut off, not simple, or too long.
static int clean_closely(line_start *start, const uint8_t *end, const uint8_t *room_end) {
  const uint8_t *line_end = memchr(start->line, '\n', (size_t)(end - start->line));
  // What is written is never longer than the line, and a byte is left for the \n.
  if (!line_end || line_end - start->line >= room_end - start->text) return 0;
  uint8_t *text_end = clean_simple_line(start->line, line_end, start->text, end);
  if (!text_end) return 0;
  *text_end = '\n';
  *start = (line_start){line_end + 1, text_end + 1, start->lines + 1};
  return 1;
}

// See culprit_kernels.clean_lines.
TARGET static culprit_cleaned clean_lines(const uint8_t *source, size_t count, uint8_t *target, size_t room) {
  const uint8_t *const end = source + count;
  line_start start = {source, target, 0};
  const time_shape *usual = &time_shapes[0];
  do clean_stretches(&start, end, target + room, &usual);
  while (clean_closely(&start, end, target + room));
  return (culprit_cleaned){(size_t)(start.line - source), (size_t)(start.text - target), start.lines};
}

#endif
