#include <iostream>
#include <regex>
int main(int, char **argv) { std::cout << std::regex_match(argv[0], std::regex(".*")); }
