#include <stdio.h>
#include <acme/zcodec.h>

int main(void) { return zcodec_version() != 3; }
