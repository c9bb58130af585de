// The 8-bit PCRE2 library, with the types and constants that Swift can't import as they are.
#ifndef CULPRIT_CPCRE2_SHIM_H
#define CULPRIT_CPCRE2_SHIM_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <time.h>

// PCRE2's generic names are macros that paste the width on; Swift imports none of them.
typedef struct pcre2_real_code_8 culprit_pcre2_code;
typedef struct pcre2_real_match_data_8 culprit_pcre2_match_data;
typedef struct pcre2_real_match_context_8 culprit_pcre2_match_context;
typedef struct pcre2_real_jit_stack_8 culprit_pcre2_jit_stack;

static const uint32_t culprit_pcre2_utf = PCRE2_UTF;
static const uint32_t culprit_pcre2_match_invalid_utf = PCRE2_MATCH_INVALID_UTF;
static const uint32_t culprit_pcre2_no_utf_check = PCRE2_NO_UTF_CHECK;
static const uint32_t culprit_pcre2_caseless = PCRE2_CASELESS;
static const uint32_t culprit_pcre2_literal = PCRE2_LITERAL;
static const uint32_t culprit_pcre2_use_offset_limit = PCRE2_USE_OFFSET_LIMIT;
static const uint32_t culprit_pcre2_no_start_optimize = PCRE2_NO_START_OPTIMIZE;
static const uint32_t culprit_pcre2_auto_callout = PCRE2_AUTO_CALLOUT;
static const uint32_t culprit_pcre2_notbol = PCRE2_NOTBOL;
static const uint32_t culprit_pcre2_noteol = PCRE2_NOTEOL;
// As a function: Swift takes size_t for a signed Int, which the constant would overflow.
static inline size_t culprit_pcre2_unset(void) { return PCRE2_UNSET; }

static inline int culprit_pcre2_info_u32(const pcre2_code_8 *code, uint32_t what, uint32_t *out) {
  return pcre2_pattern_info_8(code, what, out);
}
/// Bytes of machine code; 0 if there is none. `pcre2_jit_compile` alone can't tell: it succeeds without any for `(*NO_JIT)`.
static inline size_t culprit_pcre2_jit_size(const pcre2_code_8 *code) {
  size_t size = 0;
  return pcre2_pattern_info_8(code, PCRE2_INFO_JITSIZE, &size) == 0 ? size : 0;
}
/// Bytes of the compiled expression without machine code.
static inline size_t culprit_pcre2_size(const pcre2_code_8 *code) {
  size_t size = 0;
  return pcre2_pattern_info_8(code, PCRE2_INFO_SIZE, &size) == 0 ? size : 0;
}
static inline int culprit_pcre2_name_table(const pcre2_code_8 *code, const uint8_t **out) {
  return pcre2_pattern_info_8(code, PCRE2_INFO_NAMETABLE, out);
}
/// Whether no byte is 80 or above.
static inline int culprit_is_ascii(const uint8_t *bytes, size_t count) {
  uint8_t all = 0;
  for (size_t at = 0; at < count; at++) all |= bytes[at];
  return all < 0x80;
}
/// CPU time of the calling thread in nanoseconds.
static inline uint64_t culprit_thread_nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
/// A monotonic clock that advances a few hundred times a second and costs a few nanoseconds to read.
static inline uint64_t culprit_coarse_nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/// When a match is to end, however far it has come: code with callouts looks at this before each item of its expression.
typedef struct {
  uint64_t thread_nanoseconds;  // as culprit_thread_nanoseconds has them
  uint64_t coarse;              // when the thread's clock was read last
  uint32_t callouts;
} culprit_deadline;

static int culprit_check_deadline(pcre2_callout_block_8 *block, void *data) {
  (void)block;
  culprit_deadline *deadline = (culprit_deadline *)data;
  // An item looks at no more than the rest of the subject, so a few of them may pass unseen. The thread's clock is slow to read.
  if (++deadline->callouts % 16) return 0;
  uint64_t coarse = culprit_coarse_nanoseconds();
  if (coarse == deadline->coarse) return 0;
  deadline->coarse = coarse;
  return culprit_thread_nanoseconds() > deadline->thread_nanoseconds ? PCRE2_ERROR_CALLOUT : 0;
}
/// Has matches with a context end at a deadline, which must live as long and may be moved between them.
static inline void culprit_pcre2_set_deadline(pcre2_match_context_8 *context, culprit_deadline *deadline) {
  pcre2_set_callout_8(context, culprit_check_deadline, deadline);
}
#endif
