#include <cstdio>
#include <thread>

static long frames;

static void draw() { for (int i = 0; i < 100000; i++) frames++; }

int main()
{
    std::thread one(draw), two(draw);
    one.join();
    two.join();
    std::printf("%ld frames\n", frames);
}
