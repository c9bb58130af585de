import java.util.*;

public class Tiles {
    static List<int[]> decode(int zoom) {
        List<int[]> tiles = new ArrayList<>();
        for (int i = 0; i < 1 << (2 * zoom); i++) tiles.add(new int[65536]);
        return tiles;
    }

    public static void main(String[] args) {
        for (int zoom = 0; zoom < 8; zoom++)
            System.out.println("zoom " + zoom + ": " + decode(zoom).size() + " tiles");
    }
}
