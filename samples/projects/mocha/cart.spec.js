const assert = require("assert");

describe("Cart", () => {
  it("starts empty", () => assert.deepStrictEqual([], []));
  it("sorts its lines by price", () => {
    assert.deepStrictEqual([{ sku: "b", price: 4 }, { sku: "a", price: 9 }],
      [{ sku: "a", price: 9 }, { sku: "b", price: 4 }]);
  });
  it("is saved", function (done) { this.timeout(300); setTimeout(done, 900); });
  describe("vouchers", () => {
    it("takes one voucher", () => { const voucher = undefined; voucher.code.trim(); });
    it("refuses a second");
  });
});
