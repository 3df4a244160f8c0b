package dev.limner.training.evaluate.extractor;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Digests;
import dev.limner.training.data.CaptionedImage;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The images that judges learned from, by the digest of their pixels: a line for each, in order, so that a file of them is small. */
final class SeenImages {
    private static final int DIGITS = 12;

    private final Set<String> digests;

    private SeenImages(Set<String> digests) {
        this.digests = digests;
    }

    static SeenImages of(Collection<CaptionedImage> images) {
        return new SeenImages(
                images.stream().map(image -> digest(image.pixels())).collect(Collectors.toUnmodifiableSet()));
    }

    static SeenImages read(byte[] file) {
        return new SeenImages(new String(file, StandardCharsets.UTF_8).lines().collect(Collectors.toUnmodifiableSet()));
    }

    byte[] write() {
        return digests.stream()
                .sorted()
                .map(digest -> digest + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    boolean contains(Pixels image) {
        return digests.contains(digest(image));
    }

    private static String digest(Pixels image) {
        return Digests.sha256(image.rgb()).substring(0, DIGITS);
    }
}
