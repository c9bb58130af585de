import static org.junit.Assert.*;
import org.junit.*;

public class CartTest {
    private Cart cart;
    @Before public void fill() { cart = new Cart(); }
    @Test public void totalOfTwo() { cart.add(250); cart.add(50); assertEquals(300, cart.total()); }
    @Test public void tenPercentOff() {
        cart.add(1000);
        assertEquals("10 % off 10.00", 900, cart.discounted(10));
    }
    @Test public void lastOfEmpty() { assertEquals(0, cart.last()); }
    @Test(timeout = 500) public void settles() throws Exception { Thread.sleep(2000); }
}
