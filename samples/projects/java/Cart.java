import java.util.*;

public class Cart {
    private final List<Integer> cents = new ArrayList<>();
    public void add(int price) { cents.add(price); }
    public int total() { return cents.stream().mapToInt(i -> i).sum(); }
    public int discounted(int percent) { return total() * (100 - percent) / 10; }
    public int last() { return cents.get(cents.size() - 1); }
}
