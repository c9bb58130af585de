#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    for (int megabytes = 16; megabytes <= 4096; megabytes += 16) {
        memset(malloc(16 << 20), 1, 16 << 20);
        printf("shard %d: %d MB resident\n", megabytes / 16, megabytes);
        fflush(stdout);
        usleep(100000);
    }
    return 0;
}
