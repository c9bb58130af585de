#include <math.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    double height = argc > 1 ? 0.8123 : 0.5;
    double expected = argc > 1 && argv[1][2] == 'b' ? 0.8 : 0.5;
    if (fabs(height - expected) > 1e-3) {
        fprintf(stderr, "physics_test.c:10: bounce height: expected %.4f, got %.4f\n",
                expected, height);
        return 1;
    }
    puts("3 checks");
    return 0;
}
