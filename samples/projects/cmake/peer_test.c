#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    puts(argc > 1 ? "peer lost, reconnecting ..." : "peer connected");
    fflush(stdout);
    if (argc > 1)
        sleep(60);
    return argv == 0;
}
