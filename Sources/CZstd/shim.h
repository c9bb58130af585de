// libzstd, which reads and writes zstd frames as streams.
#ifndef CULPRIT_CZSTD_SHIM_H
#define CULPRIT_CZSTD_SHIM_H

#include <zstd.h>
#include <zstd_errors.h>

#endif
