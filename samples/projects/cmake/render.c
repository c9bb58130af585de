#include <stdio.h>

struct vertex { float x, y, z; };

int main(void)
{
    struct vertex v = {0, 1, 2};
    printf("%f\n", v.w);
    return draw_all(&v;
}
