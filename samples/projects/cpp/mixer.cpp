#include <climits>
#include <cstdio>

static int gain(int sample, int factor) { return sample * factor; }

int main()
{
    int samples[] = {12, -7, INT_MAX / 2, 5};
    for (int sample : samples)
        std::printf("%d\n", gain(sample, 3)), std::fflush(stdout);
}
