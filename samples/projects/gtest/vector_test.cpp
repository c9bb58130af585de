#include <gtest/gtest.h>
#include <cmath>
#include <stdexcept>

struct Vector { double x, y; };

static double length(Vector v) { return std::sqrt(v.x * v.x + v.y * v.y); }
static Vector normal(Vector v) { return {-v.y, v.x * 1.001}; }
static Vector divide(Vector v, double by)
{
    if (by == 0) throw std::domain_error("division by zero");
    return {v.x / by, v.y / by};
}

TEST(VectorTest, Length) { EXPECT_DOUBLE_EQ(length({3, 4}), 5); }
TEST(VectorTest, LengthOfZero) { EXPECT_EQ(length({0, 0}), 0); }
TEST(VectorTest, NormalKeepsLength) {
    Vector v{3, 4};
    EXPECT_NEAR(length(normal(v)), length(v), 1e-6) << "normal of (3, 4)";
    ASSERT_EQ(normal(v).y, 3);
}
TEST(VectorTest, DivideByZero) { EXPECT_NO_THROW(divide({1, 1}, 0)); }
TEST(VectorTest, Halve) { EXPECT_EQ(divide({4, 2}, 2).x, 2); }
