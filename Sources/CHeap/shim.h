// How glibc keeps freed memory: mallopt(3), which Swift's module of it leaves out. Other C libraries have nothing to set.
#ifndef CULPRIT_CHEAP_SHIM_H
#define CULPRIT_CHEAP_SHIM_H

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

/// - heaps: most heaps that threads share.
/// - block: from this size on, in bytes, a block is mapped by itself and unmapped when it is freed.
/// - rest: so many free bytes at a heap's end are given back.
static inline void culprit_heap_limit(int heaps, int block, int rest) {
  mallopt(M_ARENA_MAX, heaps);
  mallopt(M_MMAP_THRESHOLD, block);
  mallopt(M_TRIM_THRESHOLD, rest);
}
#else
static inline void culprit_heap_limit(int heaps, int block, int rest) {}
#endif

#endif
