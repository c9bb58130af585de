#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    printf("waiting for a peer on port %s\n", argv[argc - 1]);
    fflush(stdout);
    for (int i = 1;; i++) {
        sleep(1);
        printf("  no peer after %d s\n", i);
        fflush(stdout);
    }
}
