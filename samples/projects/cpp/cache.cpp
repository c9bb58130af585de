#include <cstdio>
#include <string>

struct Entry { std::string key; int hits; };

static void evict(Entry *entry) { delete entry; }

static int touch(Entry *entry) { return ++entry->hits; }

int main()
{
    Entry *entry = new Entry{"textures/grass.png", 3};
    std::printf("hits %d\n", touch(entry));
    std::fflush(stdout);
    evict(entry);
    return touch(entry);
}
