#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
    std::map<std::string, std::vector<int>> index;
    std::regex word("[a-z]+");
    for (int i = 0; i < argc; i++)
        if (std::regex_search(argv[i], word)) index[argv[i]].push_back(i);
    std::cout << index.size() << "\n";
}
