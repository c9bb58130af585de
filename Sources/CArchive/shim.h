// libarchive, which reads and writes gzip, zstd and zip, whole or as streams.
#ifndef CULPRIT_CARCHIVE_SHIM_H
#define CULPRIT_CARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>

#endif
