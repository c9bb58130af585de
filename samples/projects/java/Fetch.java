import java.io.InputStream;
import java.net.URL;

public class Fetch {
    static byte[] fetch(String url) throws Exception {
        try (InputStream in = new URL(url).openStream()) { return in.readAllBytes(); }
    }

    public static void main(String[] args) throws Exception {
        System.out.println("device farm: reserving one phone at " + args[0]);
        System.out.println(fetch(args[0]).length);
    }
}
