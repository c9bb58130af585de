#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    int *ring = malloc(8 * sizeof *ring);
    for (int i = 0; i < 8; i++)
        ring[i] = i * i;
    int next = ring[7] > 40 ? 8 : 7;
    printf("next %s\n", ring[next] == 0 ? "empty" : "taken");
    return 0;
}
