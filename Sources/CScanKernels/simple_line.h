// Cleaning of one line that is simple, what a line begins with, and words of its bytes. Portable; the wide kernels call it too.
#ifndef CULPRIT_SIMPLE_LINE_H
#define CULPRIT_SIMPLE_LINE_H

#include <stdint.h>
#include <string.h>

#include "CScanKernels.h"

static inline uint64_t load8(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}
static inline uint32_t load4(const uint8_t *at) {
  uint32_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

// 0x80 in the bytes of the word that are control characters or C2, the lowest of them exactly: above it, others may have it by a carry.
static inline uint64_t may_be_special(uint64_t word) {
  uint64_t is_c2 = word ^ (ones * 0xC2);
  return (((word - ones * 0x20) & ~word) | ((is_c2 - ones) & ~is_c2)) & tops;
}

// A bit for each of the 64 bytes of a block that is \n, and one for each that is BS, CR, ESC or C2.
typedef struct {
  uint64_t newlines, special;
} block_marks;

static inline int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

// Whether the bytes of `text` selected by 0xFF in `digits` are digits and the others are those of `shape`.
static inline int has_shape(uint64_t text, uint64_t shape, uint64_t digits) {
  uint64_t is_other = (text ^ shape) & ~digits;
  // A digit is 3x, and stays 3x when 6 is added. No sum carries beyond its byte, for the top bits are masked.
  uint64_t high = digits & 0xF0F0F0F0F0F0F0F0u, threes = digits & 0x3030303030303030u;
  uint64_t is_no_digit = ((text & high) ^ threes) | ((((text & digits & 0x7F7F7F7F7F7F7F7Fu) + (digits & 0x0606060606060606u)) & high) ^ threes);
  return (is_other | is_no_digit) == 0;
}

// Length of `YYYY-MM-DDThh:mm:ss.` + 6 to 9 digits + `Z `, and of GitLab's stream marker after it; 0 if the line begins otherwise. The same
// shape is in clean_avx512.h, and in Swift in LinePrefix; KernelTests holds them together.
static inline size_t time_length(const uint8_t *text, const uint8_t *end) {
  if (end - text < 28 || text[4] != '-') return 0;
  // "dddd-dd-", "ddTdd:dd", ":dd.dddd" and, overlapping, ".dddddd" with what comes before it: all within the first 26 bytes.
  const uint64_t first = 0x2D00002D00000000u, firstDigits = 0x00FFFF00FFFFFFFFu;
  const uint64_t second = 0x00003A0000540000u, secondDigits = 0xFFFF00FFFF00FFFFu;
  const uint64_t third = 0x000000002E00003Au, thirdDigits = 0xFFFFFFFF00FFFF00u;
  const uint64_t fourth = 0x0000000000002E00u, fourthDigits = 0xFFFFFFFFFFFF00FFu;
  if (!has_shape(load8(text), first, firstDigits) || !has_shape(load8(text + 8), second, secondDigits) ||
      !has_shape(load8(text + 16), third, thirdDigits) || !has_shape(load8(text + 18), fourth, fourthDigits))
    return 0;
  const uint8_t *at = text + 26;
  while (at < end && at < text + 29 && is_digit(*at)) at++;
  if (end - at < 2 || at[0] != 'Z' || at[1] != ' ') return 0;
  at += 2;
  if (end - at >= 4 && (is_digit(at[0]) || (uint8_t)((at[0] | 0x20) - 'a') < 6) &&
      (is_digit(at[1]) || (uint8_t)((at[1] | 0x20) - 'a') < 6) && (at[2] == 'O' || at[2] == 'E') && (at[3] == ' ' || at[3] == '+'))
    at += 4;
  return (size_t)(at - text);
}

// Copies and returns the end of the copy. Writes up to 63 bytes more, which CULPRIT_SLACK allows; reads none behind `source_end`.
static inline uint8_t *copy_run(uint8_t *out, const uint8_t *from, size_t count, const uint8_t *source_end) {
  if ((size_t)(source_end - from) >= count + 64) {
    for (size_t at = 0; at < count; at += 64) memcpy(out + at, from + at, 64);
  } else {
    memcpy(out, from, count);
  }
  return out + count;
}

// The end of the CSI sequence whose ESC is at `at`; NULL if it is not whole.
static inline const uint8_t *skip_control(const uint8_t *at, const uint8_t *end) {
  at += 2;
  while (at < end && *at >= 0x30 && *at <= 0x3F) at++;
  while (at < end && *at >= 0x20 && *at <= 0x2F) at++;
  return at < end && *at >= 0x40 && *at <= 0x7E ? at + 1 : NULL;
}

// The end of the string sequence (OSC, DCS, APC, PM, SOS) whose ESC is at `at`: hyperlinks, and the times that Buildkite puts before each
// line. NULL if it is not a whole one of 4,096 bytes at most.
static inline const uint8_t *skip_string(const uint8_t *at, const uint8_t *end) {
  if (end - at > 4096) end = at + 4096;
  for (at += 2; at < end; at++) {
    if (*at == 0x07) return at + 1;
    if (*at == 0x1B && end - at >= 2 && at[1] == '\\') return at + 2;
  }
  return NULL;
}

static inline int begins_string(uint8_t second) {
  return second == ']' || second == 'P' || second == '_' || second == '^' || second == 'X';
}

// The end of the escape sequence whose ESC is at `at`; NULL if it is not whole.
static inline const uint8_t *skip_escape(const uint8_t *at, const uint8_t *end) {
  if (end - at < 2) return NULL;
  if (at[1] == '[') return skip_control(at, end);
  if (begins_string(at[1])) return skip_string(at, end);
  for (at++; at < end && (*at & 0xF0) == 0x20;) at++;
  return at < end && *at >= 0x30 && *at <= 0x7E ? at + 1 : NULL;
}

// Takes the special byte at `at`: drops an escape sequence, keeps a C2. Returns where to go on; NULL if the line needs the state machine: for
// sequences that are not whole, backspaces, carriage returns inside, C1 controls. `out` is where the line's text begins, `*to` where it ends.
static inline const uint8_t *drop_special(const uint8_t *at, const uint8_t *end, const uint8_t *out, uint8_t **to) {
  switch (*at) {
  case 0x1B:
    // Bytes that the sequence keeps apart must not join to a C1 control unseen.
    if (*to > out && (*to)[-1] == 0xC2) return NULL;
    return skip_escape(at, end);
  case 0xC2:
    if (end - at >= 2 && at[1] >= 0x90 && at[1] <= 0x9F) return NULL;
    *(*to)++ = 0xC2;
    return at + 1;
  default:
    return NULL;
  }
}

// Takes a provider's time off the text; returns its new end.
static inline uint8_t *without_time(uint8_t *out, uint8_t *to) {
  size_t prefix = time_length(out, to);
  if (prefix) memmove(out, out + prefix, (size_t)(to - out) - prefix);
  return to - prefix;
}

// Copies [line, end) to `out`, which has room for all of it and the slack, without its control sequences. Returns the end of what was
// written, or NULL if the bytes need the state machine.
static inline uint8_t *without_controls(
    const uint8_t *line, const uint8_t *end, uint8_t *const out, const uint8_t *source_end) {
  uint8_t *to = out;
  for (const uint8_t *at = line; at < end;) {
    // Eight bytes at a time up to the next control character or C2. The bytes behind the line may be read, but not behind the source.
    if (source_end - at >= 8) {
      uint64_t word = load8(at), found = may_be_special(word);
      size_t run = found ? (size_t)__builtin_ctzll(found) / 8 : 8, left = (size_t)(end - at);
      memcpy(to, &word, 8);
      if (run >= left) {
        to += left;
        break;
      }
      at += run;
      to += run;
      if (run == 8) continue;
    }
    if (*at == 0x1B || *at == '\r' || *at == '\b' || *at == 0xC2) {
      at = drop_special(at, end, out, &to);
      if (!at) return NULL;
    } else {
      *to++ = *at++;
    }
  }
  return to;
}

// Cleans the line [line, end) without its \n likewise.
static inline uint8_t *clean_simple_line(
    const uint8_t *line, const uint8_t *end, uint8_t *const out, const uint8_t *source_end) {
  while (end > line && end[-1] == '\r') end--;
  uint8_t *to = without_controls(line, end, out, source_end);
  return to ? without_time(out, to) : NULL;
}

#endif
