#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct frame {
    uint32_t size;
    uint8_t *bytes;
};

int encode(struct frame *frame, const char *text)
{
    uint32_t length = strlen(text);
    frame->length = length;
    memcpy(frame->bytes, text, length)
    return frame->size;
}

int decode(const struct frame *frame)
{
    int unused = 0;
    char *name = frame->size;
    printf("%s %d\n", frame->size, checksum(frame));
    return frmae->size;
}
