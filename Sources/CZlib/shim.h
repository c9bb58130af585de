// zlib, which reads gzip and checks its sums.
#ifndef CULPRIT_CZLIB_SHIM_H
#define CULPRIT_CZLIB_SHIM_H

#include <zlib.h>

/// Starts to inflate gzip (and only gzip) with windows of up to 32 KiB. `inflateInit2` is a macro, which Swift can't see.
static inline int culprit_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

#endif
