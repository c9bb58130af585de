// Which kernels this processor can run.

#include <string.h>

#include "CScanKernels.h"

const culprit_kernels *culprit_kernels_named(const char *name) {
  if (strcmp(name, "scalar") == 0) return &culprit_kernels_scalar;
#if defined(__x86_64__)
  // These ask cpuid, and whether the operating system keeps the wide registers: for all that the TARGETs name.
  __builtin_cpu_init();
  int has_bits = __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  if (strcmp(name, "avx2") == 0 && has_bits && __builtin_cpu_supports("avx2")) return &culprit_kernels_avx2;
  if (strcmp(name, "avx512") == 0 && has_bits && __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
      __builtin_cpu_supports("avx512vbmi2"))
    return &culprit_kernels_avx512;
#elif defined(__aarch64__)
  if (strcmp(name, "neon") == 0) return &culprit_kernels_neon;
#endif
  return NULL;
}

const culprit_kernels *culprit_kernels_best(void) {
  const char *const names[] = {"avx512", "avx2", "neon"};
  for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
    const culprit_kernels *kernels = culprit_kernels_named(names[at]);
    if (kernels) return kernels;
  }
  return &culprit_kernels_scalar;
}
