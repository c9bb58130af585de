// The loops that touch every byte of every log, in the widest form that the processor has.
//
// All of them only narrow down where something may be, or copy bytes; what matches is decided elsewhere. Each exists once in portable C
// ("scalar"), which the others are tested against.
#ifndef CULPRIT_SCAN_KERNELS_H
#define CULPRIT_SCAN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Readable bytes that must follow a text that is searched, and writable ones that must follow the target of a copy. What they hold
// does not matter.
enum { CULPRIT_SLACK = 192 };

// Texts are searched in blocks of 64 bytes; positions behind the text may be reported for the last one.
enum { CULPRIT_BLOCK = 64 };

// Bits of the hashes of 3-grams: a map of 2^16 bits takes 8 KB.
enum { CULPRIT_SHORT_BITS = 16 };

// Words of a map of 4-grams or 8-grams: 32 KB, which stay in the first-level cache. A hash chooses a word by its 13 highest bits, and
// two bits of that word by the next five and the five after them: a Bloom filter that is looked up in one access.
enum { CULPRIT_SAMPLED_WORDS = 1 << 13 };

// Every q-gram is folded by setting bit 5 of each byte before it is hashed: that maps the letters of both cases to one (and a few other
// bytes to each other, which costs false hits only).
static inline uint32_t culprit_hash4(uint32_t folded) { return folded * 0x9E3779B1u; }
static inline uint32_t culprit_hash8(uint64_t folded) { return culprit_hash4((uint32_t)folded) + (uint32_t)(folded >> 32) * 0x85EBCA77u; }

// The word of a sampled map that a hash chooses, and the bits that it sets there.
static inline uint32_t culprit_sampled_word(uint32_t hash) { return hash >> 19; }
static inline uint32_t culprit_sampled_bits(uint32_t hash) { return 1u << (hash >> 14 & 31) | 1u << (hash >> 9 & 31); }

// q-grams that are looked for at every fourth byte. A literal of at least 4 + q - 1 bytes holds one at such a place wherever it lies,
// if the q-grams at four neighbouring offsets of it are in the map.
typedef struct {
  const uint32_t *four;   // map of the hashes of 4-grams; never NULL
  const uint32_t *eight;  // map of the hashes of 8-grams; NULL if there are none
} culprit_sampled;

// Literals of 4 to 6 bytes, in 16 buckets: two groups of eight. A position may begin a literal of bucket b if each of the six bytes from
// there on is in the bucket's class for it. Bit b of a table's entry says whether a byte is.
enum { CULPRIT_SHORT_BYTES = 6, CULPRIT_GROUPS = 2 };
typedef struct {
  uint8_t bytes[CULPRIT_GROUPS][CULPRIT_SHORT_BYTES][128];  // by the low seven bits of the byte
  uint8_t low[CULPRIT_GROUPS][CULPRIT_SHORT_BYTES][16];     // by the low half of the byte, for 16-entry shuffles
  uint8_t high[CULPRIT_GROUPS][CULPRIT_SHORT_BYTES][16];    // by the high half; both must hold
  const uint32_t *three;  // map of the hashes of the 3-grams at the first and the second byte; for processors without shuffles
  int groups;             // how many of the groups are in use: 1 or 2
} culprit_shorts;

// What culprit_kernels.clean_lines did.
typedef struct {
  size_t taken;    // bytes of the source, whole lines with their endings
  size_t written;  // bytes of the target, each line ended by \n
  size_t lines;
} culprit_cleaned;

typedef struct {
  const char *name;
  // Number of \n.
  size_t (*count_newlines)(const uint8_t *text, size_t count);
  // Cleans whole lines from the start of the source on, as long as they are simple: bytes that stay, CSI sequences, carriage returns
  // before the \n, a provider's time. Stops at the first line that is not, that is cut off, or that the room may be too small for: it is
  // large enough for a line that is shorter than it.
  // The source begins at the start of a line that is not the log's first.
  culprit_cleaned (*clean_lines)(const uint8_t *source, size_t count, uint8_t *target, size_t room);
  // The positions from `from` on (a multiple of 64), before `to`, at which a q-gram of the maps may begin, each a multiple of 4.
  // `hits` holds (to - from) / 4 + 16. Returns how many there are.
  size_t (*find_sampled)(const culprit_sampled *, const uint8_t *text, size_t from, size_t to, uint32_t *hits);
  // Likewise the positions at which a short literal may begin; `hits` holds to - from + 64. The byte before the text is readable.
  size_t (*find_shorts)(const culprit_shorts *, const uint8_t *text, size_t from, size_t to, uint32_t *hits);
} culprit_kernels;

// The kernels of that name, or NULL if this processor or this build lacks them: scalar, avx2, avx512, neon.
const culprit_kernels *culprit_kernels_named(const char *name);
// The fastest that this processor has.
const culprit_kernels *culprit_kernels_best(void);

extern const culprit_kernels culprit_kernels_scalar;
#if defined(__x86_64__)
extern const culprit_kernels culprit_kernels_avx2, culprit_kernels_avx512;
#elif defined(__aarch64__)
extern const culprit_kernels culprit_kernels_neon;
#endif

#endif
