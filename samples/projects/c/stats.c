#include <stdio.h>

static int unused_helper(int value) { return value * 2; }

int mean(const int *values, unsigned count)
{
    int sum;
    for (int i = 0; i < count; i++)
        sum += values[i];
    if (sum = 0)
        printf("empty: %s\n", count);
    return sum / (int)count;
}
