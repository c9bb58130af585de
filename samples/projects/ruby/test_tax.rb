require "minitest/autorun"

class TestTax < Minitest::Test
  def tax(cents, rate) = cents * rate / 100

  def test_full_rate = assert_equal(25, tax(100, 25))
  def test_rounds_up = assert_equal(13, tax(50, 25), "half a cent goes up")
  def test_no_rate = assert_equal(0, tax(100, nil))
  def test_later = skip("not yet")
end
