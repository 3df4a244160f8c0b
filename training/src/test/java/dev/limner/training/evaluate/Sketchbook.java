package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Somebody's images, none of which is generated twice; which tests would ask for. */
public final class Sketchbook implements ImageSource {
    private final ImageSource imageSource;
    private final Map<String, Pixels> generated = new HashMap<>();

    public Sketchbook(ImageSource imageSource) {
        this.imageSource = imageSource;
    }

    @Override
    public List<Pixels> generate(List<Prompt> prompts) {
        List<Prompt> fresh =
                prompts.stream().filter(one -> !generated.containsKey(key(one))).toList();
        List<Pixels> images = imageSource.generate(fresh);
        for (int i = 0; i < fresh.size(); i++) {
            generated.put(key(fresh.get(i)), images.get(i));
        }
        return prompts.stream().map(one -> generated.get(key(one))).toList();
    }

    private static String key(Prompt prompt) {
        return prompt.seed() + " " + prompt.caption();
    }
}
