#include <stdio.h>

struct level { int width, height; int *tiles; };

static struct level *load(const char *path)
{
    printf("loading %s\n", path);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    struct level *level = load(argv[argc - 1]);
    printf("%d tiles\n", level->width * level->height);
    return 0;
}
