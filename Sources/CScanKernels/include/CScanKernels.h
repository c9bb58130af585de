// The loops that touch every byte of every log, in the widest form that the processor has.
//
// All of them only narrow down where something may be, or copy bytes; what matches is decided elsewhere. Each exists once in portable C
// ("scalar"), which the others are tested against.
#ifndef CULPRIT_SCAN_KERNELS_H
#define CULPRIT_SCAN_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Readable bytes that must follow a text that is searched, and writable ones that must follow the target of a copy. What they hold
// does not matter. At most 71 are read: 63 to the end of a block that begins in the text, and 8 of a word at its last place. At most 63 are
// written, by copy_run. The rest is to spare.
enum { CULPRIT_SLACK = 192 };

// Texts are searched in blocks of 64 bytes; positions behind the text may be reported for the last one.
enum { CULPRIT_BLOCK = 64 };

// Bits of the hashes of 3-grams: a map of 2^16 bits takes 8 KB.
enum { CULPRIT_SHORT_BITS = 16 };

// Every q-gram is folded by setting bit 5 of each byte before it is hashed: that maps the letters of both cases to one (and a few other
// bytes to each other, which costs false hits only).
static inline uint32_t culprit_hash4(uint32_t folded) { return folded * 0x9E3779B1u; }
static inline uint32_t culprit_hash8(uint64_t folded) { return culprit_hash4((uint32_t)folded) + (uint32_t)(folded >> 32) * 0x85EBCA77u; }

// q-grams that are looked for at every fourth byte. A literal of at least 4 + q - 1 bytes holds one at such a place wherever it lies,
// if the q-grams at four neighbouring offsets of it are in the map.
//
// The map is a Bloom filter that is looked up in one access, which takes most of the time. The hash of the first four bytes chooses a
// word by its highest bits; of that word the five bits below choose a bit and the five below these another, by the hash of 4 bytes for
// a 4-gram and by that of 8 for an 8-gram.
typedef struct {
  const uint32_t *map;  // 2^(32 - shift) words: 32 KB, which stay in the first-level cache, or more for a great many q-grams
  int shift;            // from 17 to 19
  int has_eights;       // whether there are 8-grams; there may always be 4-grams
} culprit_sampled;

static inline uint32_t culprit_sampled_bits(uint32_t hash, int shift) {
  return 1u << (hash >> (shift - 5) & 31) | 1u << (hash >> (shift - 10) & 31);
}

// What is found at a place, in the lowest two bits, which are free in a multiple of four.
enum { CULPRIT_MAY_BE_FOUR = 1, CULPRIT_MAY_BE_EIGHT = 2 };

// Adds what was found at the places from `at` on, four bytes apart, one bit for each. Returns the new number of hits.
static inline size_t culprit_add_sampled(uint32_t *hits, size_t count, size_t at, uint32_t fours, uint32_t eights) {
  for (uint32_t found = fours | eights; __builtin_expect(found != 0, 0); found &= found - 1) {
    unsigned place = (unsigned)__builtin_ctz(found);
    hits[count++] = (uint32_t)(at + 4 * (size_t)place) | (fours >> place & 1) | (eights >> place & 1) << 1;
  }
  return count;
}

// What lies where a literal's q-gram does, some bytes more than the kernels look at: most of what they find is refused by these. A map of
// bits: of each place in a literal it has the bit of one kind. A hit is dropped if all of the bits of what it may be are missing.
typedef enum {
  CULPRIT_FOUR_AND_NEXT,    // a sampled 4-gram and the byte behind it
  CULPRIT_FOUR_AND_BEFORE,  // a sampled 4-gram that ends its literal, and the byte before it
  CULPRIT_EIGHT,            // a sampled 8-gram
  CULPRIT_SHORT,            // the last four bytes of a short literal
  CULPRIT_SHORT_AND_NEXT,   // four bytes of a short literal and the byte behind them
} culprit_nearby;
enum { CULPRIT_NEARBY_BITS = 17 };  // 16 KB

// The bit for some folded bytes, the first lowest.
static inline uint32_t culprit_nearby_bit(culprit_nearby kind, uint64_t folded) {
  return (uint32_t)((folded + (uint64_t)kind * 0xC2B2AE3D27D4EB4Fu) * 0x9E3779B97F4A7C15u >> (64 - CULPRIT_NEARBY_BITS));
}

// Keep those of the hits of find_sampled and of find_shorts that the map doesn't refuse. Return how many there are.
size_t culprit_keep_sampled(const uint32_t *nearby, const uint8_t *text, uint32_t *hits, size_t count);
size_t culprit_keep_shorts(const uint32_t *nearby, const uint8_t *text, uint32_t *hits, size_t count);

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

// A text of 1 to 32 bytes as it is compared, eight at a time.
typedef struct {
  uint64_t words[4];  // its bytes, small letters where case is ignored; zero behind its end
  uint64_t folds[4];  // 0x20 for each letter whose case is ignored: setting that bit makes it small, and nothing else becomes that letter
  uint32_t count;
  uint8_t probes[2];  // two of its bytes, the rarest: they are looked for first
} culprit_text;

static inline uint8_t culprit_byte(const uint64_t words[4], size_t at) { return (uint8_t)(words[at / 8] >> 8 * (at % 8)); }

// Whether the text lies at `at`, where 32 bytes are readable.
static inline int culprit_lies(const culprit_text *text, const uint8_t *at) {
  uint64_t different = 0;
  for (uint32_t from = 0; from < text->count; from += 8) {
    uint64_t bytes, mask = text->count - from >= 8 ? UINT64_MAX : ((uint64_t)1 << 8 * (text->count - from)) - 1;
    memcpy(&bytes, at + from, 8);
    different |= ((bytes | text->folds[from / 8]) ^ text->words[from / 8]) & mask;
  }
  return different == 0;
}

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
  // Cleans whole lines from the start of the source on, as long as they are simple: bytes that stay, escape sequences, carriage returns
  // before the \n, a provider's time. Stops at the first line that is not, that is cut off, or that the room may be too small for: it is
  // large enough for a line that is shorter than it.
  // The source begins at the start of a line that is not the log's first.
  culprit_cleaned (*clean_lines)(const uint8_t *source, size_t count, uint8_t *target, size_t room);
  // The positions from `from` on (a multiple of 64), before `to`, at which a q-gram of the map may begin, each a multiple of 4, with
  // what it may be: CULPRIT_MAY_BE_FOUR, CULPRIT_MAY_BE_EIGHT.
  // `hits` holds (to - from) / 4 + 16. Returns how many there are.
  size_t (*find_sampled)(const culprit_sampled *, const uint8_t *text, size_t from, size_t to, uint32_t *hits);
  // Likewise the positions at which a short literal may begin; `hits` holds to - from + 64.
  size_t (*find_shorts)(const culprit_shorts *, const uint8_t *text, size_t from, size_t to, uint32_t *hits);
  // Whether a text lies within some bytes, behind which there is the slack.
  int (*holds)(const culprit_text *, const uint8_t *bytes, size_t count);
} culprit_kernels;

// Cleans a segment of a line that isn't the log's first: all bytes from `segment` to `end`, without a carriage return. `target` has room for
// them and the slack. `is_first` says whether the line begins with it, so that a provider's time may be taken off. Returns the end of what
// was written, or NULL if the segment isn't simple.
uint8_t *culprit_clean_segment(const uint8_t *segment, const uint8_t *end, uint8_t *target, int is_first, const uint8_t *source_end);

// The last \n of some bytes; NULL if there is none.
const uint8_t *culprit_last_newline(const uint8_t *text, size_t count);

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
