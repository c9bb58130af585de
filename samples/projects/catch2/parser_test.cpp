#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <string>
#include <vector>

static std::vector<std::string> split(const std::string &text)
{
    std::vector<std::string> words;
    std::string::size_type at = 0, next;
    while ((next = text.find(' ', at)) != std::string::npos) {
        words.push_back(text.substr(at, next - at));
        at = next + 1;
    }
    return words;
}

TEST_CASE("split keeps the last word", "[parser]")
{
    REQUIRE(split("").empty());
    SECTION("two words") { CHECK(split("load level").size() == 2); }
    SECTION("trailing blank") { REQUIRE(split("load level ").back() == "level"); }
}

TEST_CASE("numbers", "[parser]") { REQUIRE(std::stoi("12 tiles") == 12); REQUIRE(std::stoi("tiles") == 0); }
