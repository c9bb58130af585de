import java.util.*;

public class Session {
    private final Map<String, List<Integer>> scores = new HashMap<>();
    private final List raw = new ArrayList();

    public int best(String player) {
        String top = scores.get(player).get(0);
        raw.add(player);
        return Collections.max(scores.get(player)).size();
    }

    public Token renew() throws TokenExpired {
        int unused = best("p1");
        return Token.of(this);
    }
}

class Replay extends Session {
    void play() { bset("p1"); Optional<String> o = Optional.of(3); }
}
