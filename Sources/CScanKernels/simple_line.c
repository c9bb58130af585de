// Cleaning by the piece, which is the same with every kernel.

#include "simple_line.h"

uint8_t *culprit_clean_segment(
    const uint8_t *segment, const uint8_t *end, uint8_t *target, int is_first, const uint8_t *source_end) {
  uint8_t *to = without_controls(segment, end, target, source_end);
  return to && is_first ? without_time(target, to) : to;
}
