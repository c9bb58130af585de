class Cart
  attr_reader :lines

  def initialize = @lines = []
  def add(sku, price) = @lines << { sku: sku, price: price }
  def total = @lines.sum { |line| line[:prize] }
end

describe Cart do
  it("is empty") { expect(Cart.new.lines).to eq [] }

  it "keeps its lines" do
    cart = Cart.new
    cart.add("tea", 250)
    expect(cart.lines).to contain_exactly({ sku: "tea", price: 260 }, { sku: "milk", price: 90 })
  end

  it "adds up" do
    cart = Cart.new
    cart.add("tea", 250)
    expect(cart.total).to eq 250
  end

  it "takes vouchers"
end
