package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Somebody's images, none of which is generated twice; which tests would ask for. */
public final class Sketchbook implements ImageSource {
    private final ImageSource artist;
    private final Map<String, Pixels> drawn = new HashMap<>();

    public Sketchbook(ImageSource artist) {
        this.artist = artist;
    }

    @Override
    public List<Pixels> draw(List<Commission> commissions) {
        List<Commission> fresh =
                commissions.stream().filter(one -> !drawn.containsKey(key(one))).toList();
        List<Pixels> pictures = artist.draw(fresh);
        for (int i = 0; i < fresh.size(); i++) {
            drawn.put(key(fresh.get(i)), pictures.get(i));
        }
        return commissions.stream().map(one -> drawn.get(key(one))).toList();
    }

    private static String key(Commission commission) {
        return commission.seed() + " " + commission.caption();
    }
}
