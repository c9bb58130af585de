#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int, char **argv)
{
    long size = std::atol(argv[2]);
    std::vector<std::vector<unsigned char>> pages;
    for (int page = 0; page < 64; page++) {
        std::printf("page %d of 64 (%ld x %ld)\n", page + 1, size, size);
        std::fflush(stdout);
        pages.emplace_back(size * size * 4);
    }
}
